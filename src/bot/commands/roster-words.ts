import type { Outcome } from '../../core/command.ts';
import type { Desk } from '../listen/deps.ts';
import { foreign } from '../mrkdwn.ts';
import { overrideLines } from '../render/override-lines.ts';

/** What a change of who is on call came to, for who asked: names, and times in the reader's own zone. */
export async function rosterWords(outcome: Outcome | null, deps: Desk): Promise<string> {
  if (outcome === null) return '⏳ Stored, not decided yet. It will be: see `/gianna oncall overrides`.';
  if (outcome.kind === 'refused') {
    const mark = outcome.code === 'OVERRIDE_OVER' ? 'ℹ' : '✖';
    return `${mark} ${foreign(outcome.text, 500)} ${foreign(outcome.remedy, 300)}`.trim();
  }
  const made = (await deps.overrides()).find(({ id }) => id === outcome.override);
  // what was removed is not in the list any more
  if (made === undefined) return `✓ ${foreign(outcome.text, 900)}`;
  const lines = overrideLines(made, deps.config.current().oncall, deps.directory.nameOfPerson);
  return `✓ ${lines.join('\n')}`;
}
