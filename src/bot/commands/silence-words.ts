import type { Outcome } from '../../core/command.ts';
import type { Desk } from '../listen/deps.ts';
import { foreign } from '../mrkdwn.ts';
import { outcomeWords } from './outcome.ts';

/** What a silence, its extension or its end came to: decided here, then done by Alertmanager or not. */
export async function silenceWords(outcome: Outcome | null, deps: Desk): Promise<string> {
  const said = outcomeWords('Silence', outcome, deps.directory.nameOf);
  if (outcome?.kind !== 'done' || outcome.silence === undefined) return said;
  const settled = await deps.silences.settled(outcome.silence);
  if (settled === null || settled.failure === null) return said;
  const what = settled.status === 'failed' ? 'was not made' : 'stays as it was';
  return `✖ ${settled.id} ${what}: ${foreign(settled.failure, 300)} Look at it with \`/gianna silence list\`.`;
}
