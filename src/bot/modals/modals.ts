import * as z from 'zod';
import type { Desk } from '../listen/deps.ts';
import type { Delivery } from '../listen/socket.ts';
import { FORMS } from './forms.ts';
import type { ModalHandler } from './modal.ts';
import { RUN_MODALS } from './run/submit-run.ts';
import { WORD_MODALS } from './run-word/submit-word.ts';
import { modalOfForm } from './submit-form.ts';

/** Every form that can be submitted. */
const MODALS: readonly ModalHandler[] = [...RUN_MODALS, ...WORD_MODALS, ...FORMS.map(modalOfForm)];

const Body = z.object({ view: z.object({ callback_id: z.string() }) });

/** Hands a submitted form to its handler; one that we do not know says so in its place. */
export async function onSubmit(body: unknown, ack: Delivery['ack'], deps: Desk): Promise<void> {
  const modal = modalOf(body);
  if (modal !== null) return modal.submit(body, ack, deps);
  deps.logger.warn('form of an unknown shape');
  await ack({ response_action: 'update', view: NOT_OURS });
}

/** Hands a pick in an open form to its handler. */
export async function onChanged(body: unknown, ack: Delivery['ack'], deps: Desk): Promise<void> {
  const changed = modalOf(body)?.changed;
  await (changed === undefined ? ack() : changed(body, ack, deps));
}

function modalOf(body: unknown): ModalHandler | null {
  const parsed = Body.safeParse(body);
  if (!parsed.success) return null;
  return MODALS.find(({ verb }) => parsed.data.view.callback_id === `gi.${verb}`) ?? null;
}

const NOT_OURS = {
  type: 'modal',
  title: { type: 'plain_text', text: 'Nothing was done' },
  close: { type: 'plain_text', text: 'Close' },
  blocks: [
    {
      type: 'section',
      text: { type: 'plain_text', text: 'This form comes from another version of Gianna Ops. Open it again.' },
    },
  ],
};
