import type { Command } from '../../core/command.ts';
import { asText } from '../about.ts';
import type { CommandDeps, Named } from './decided.ts';
import { gatherCase } from './gather.ts';
import { severityConcerned } from './policy.ts';
import type { SilenceRefusal } from './request.ts';
import { silenceEvent } from './silence-events.ts';
import { evolveSilence } from './silence-evolve.ts';
import { SILENCE, type SilenceState } from './silence-state.ts';

/** A silence made elsewhere, as one of ours from here on; the one that we hold under that id already when there is one. */
export async function adoptHeld(deps: CommandDeps, held: string, command: Command): Promise<Named | SilenceRefusal> {
  const rows = await deps.journal.aggregates<SilenceState>(SILENCE, { open: true });
  const own = rows.find(({ state }) => state.held === held);
  if (own !== undefined) return { row: own, state: own.state, first: [], payloads: new Map() };
  const found = deps.held.active(deps.clock.now()).find(({ id }) => id === held);
  if (found === undefined) {
    const text = `Alertmanager was not seen to have a silence ${held} in force.`;
    return { field: 'matchers', code: 'SILENCE_UNKNOWN', text, remedy: 'List them: silence list' };
  }
  const id = `SIL-${await deps.journal.nextNumber(SILENCE)}`;
  const matchers = asText(JSON.stringify(found.matchers));
  const reason = asText(found.comment);
  const author = asText(found.createdBy);
  const request = { matchers: found.matchers, seconds: 0, reason: found.comment };
  const { given } = await gatherCase(deps, request, null);
  const first = silenceEvent('silence.adopted', {
    incident: null,
    service: null,
    severity: severityConcerned(given),
    matchers: matchers.digest,
    reason: reason.digest,
    author: author.digest,
    endsAt: found.endsAt,
    held,
    startsAt: found.startsAt,
  });
  const state = evolveSilence(null, { ...first, id, at: deps.clock.now(), actor: command.by });
  const payloads = new Map([matchers, reason, author].map(({ digest, text }) => [digest, text]));
  return { row: { id, version: 0, state: null }, state, first: [first], payloads };
}
