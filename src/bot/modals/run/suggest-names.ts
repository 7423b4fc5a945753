import * as z from 'zod';
import type { Desk } from '../../listen/deps.ts';
import type { Delivery } from '../../listen/socket.ts';
import { optionOf } from '../form-fields.ts';
import { readRunMeta } from './run-meta.ts';
import { completions, namesFor } from './run-names.ts';

/** What is typed in a field whose names Slack asks for: `{"type":"block_suggestion","block_id":"service","value":"gi","view":{"private_metadata":"…"}}`. */
const Suggestion = z.object({
  block_id: z.string(),
  value: z.string().max(500).default(''),
  view: z.object({ private_metadata: z.string() }),
});

/** Answers with the names that complete what was typed, in the form of a run; with none anywhere else. */
export async function onSuggest(body: unknown, ack: Delivery['ack'], { config }: Pick<Desk, 'config'>): Promise<void> {
  const parsed = Suggestion.safeParse(body);
  const meta = parsed.success ? readRunMeta(parsed.data.view.private_metadata) : null;
  if (!parsed.success || meta === null) return ack({ options: [] });
  const current = config.current();
  const runbook = Object.hasOwn(current.runbooks, meta.runbook) ? current.runbooks[meta.runbook] : undefined;
  const field = parsed.data.block_id;
  const parameter =
    runbook !== undefined && Object.hasOwn(runbook.parameters, field) ? runbook.parameters[field] : null;
  const names = parameter == null ? [] : (namesFor(parameter, current) ?? []);
  await ack({ options: completions(parsed.data.value, names).map(optionOf) });
}
