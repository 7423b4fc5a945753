import type { KnownBlock, ModalView } from '@slack/types';
import * as z from 'zod';
import type { RunView } from '../../../runbooks/views.ts';
import { foreign } from '../../mrkdwn.ts';
import { answerOf } from '../../render/answers/answer.ts';
import { planParagraphs } from '../../render/plan.ts';
import { textField } from '../form-fields.ts';
import type { WordSpec } from './word.ts';

/** What the form carries along (`private_metadata`): ids, and the hash of the plan that is shown. */
export const WordMeta = z.object({
  run: z.string().regex(/^RUN-\d{1,9}$/),
  version: z.number().int().nonnegative(),
  planHash: z.string().max(100),
  channel: z.string().max(30).nullable(),
  ts: z.string().max(30).nullable(),
});
export type WordMeta = z.infer<typeof WordMeta>;

const LONGEST_REASON = 300;

/** The form with the exact plan that was asked for. */
export function renderWord(word: WordSpec, meta: WordMeta, run: RunView, askedBy: string): ModalView {
  const why = run.reason === null ? '' : `: “${foreign(run.reason, 300)}”`;
  return {
    type: 'modal',
    callback_id: `gi.${word.verb}`,
    title: { type: 'plain_text', text: word.title },
    submit: { type: 'plain_text', text: word.submit },
    close: { type: 'plain_text', text: 'Cancel' },
    private_metadata: JSON.stringify(meta),
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: word.warning, verbatim: true } },
      ...answerOf([`Asked by ${foreign(askedBy, 60)}${why}`]).blocks,
      ...reasonField(word),
      ...planOf(run),
    ],
  };
}

/** The plan alone, to be read. */
export function renderPlanView(run: RunView): ModalView {
  return {
    type: 'modal',
    callback_id: 'gi.plan',
    title: { type: 'plain_text', text: `Plan of ${run.id}`.slice(0, 24) },
    close: { type: 'plain_text', text: 'Close' },
    blocks: planOf(run),
  };
}

function reasonField({ asksReason, verb }: WordSpec): KnownBlock[] {
  // Slack wants a field in every form that can be submitted
  const label = asksReason ? 'Reason' : 'Note (optional)';
  const hint = verb === 'break-glass' ? 'It is told to the admins and stays on record.' : undefined;
  const field = textField({
    name: 'reason',
    label,
    max: LONGEST_REASON,
    isOptional: !asksReason,
    ...(hint === undefined ? {} : { hint }),
  });
  return [field];
}

function planOf({ plan }: RunView): KnownBlock[] {
  if (plan === null) return answerOf(['Its plan is not stored any more.']).blocks;
  return answerOf(planParagraphs(plan)).blocks;
}
