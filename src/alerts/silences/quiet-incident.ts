import { decideUntilAppended } from '../../journal/decide.ts';
import type { Batch } from '../../journal/port.ts';
import { decideIncident, type IncidentCommand } from '../incident.ts';
import { batchOfChange, mergeParts } from '../incident-batch.ts';
import type { IncidentState } from '../incident-state.ts';
import type { Muting } from './muting.ts';
import type { SilenceDeps } from './sources.ts';

type QuietDeps = Pick<SilenceDeps, 'journal' | 'config' | 'clock' | 'follow' | 'logger'>;

/** Flags an incident as silenced until `over` ends. Resolves with whether it is silenced now; a snoozed one stays snoozed. */
export async function quietIncident(deps: QuietDeps, id: string, seen: IncidentState, over: Muting): Promise<boolean> {
  if (seen.quiet?.kind === 'snoozed') return false;
  if (isAlready(seen, over)) return true;
  const { digest, text } = over.reason;
  const quiet = { kind: 'silenced', until: over.endsAt, by: over.by, silence: over.id } as const;
  const command: IncidentCommand = { verb: 'quiet', quiet, reason: digest };
  const part = { payloads: new Map([[digest, text]]) };
  const isQuiet = await change(deps, id, over.by, (state) => (isAlready(state, over) ? null : command), part);
  if (isQuiet) deps.logger.info({ incident: id, silence: over.id }, 'incident is silenced');
  return isQuiet;
}

/** Takes the flag away: pages go on. Resolves with whether the incident is silenced still. */
export async function hearIncident(deps: QuietDeps, id: string, seen: IncidentState): Promise<boolean> {
  if (seen.quiet?.kind !== 'silenced') return false;
  const wanted = (state: IncidentState) => (state.quiet?.kind === 'silenced' ? ({ verb: 'unquiet' } as const) : null);
  if (await change(deps, id, 'auto', wanted, {})) deps.logger.info({ incident: id }, 'incident is no longer silenced');
  return false;
}

function isAlready({ quiet }: IncidentState, over: Muting): boolean {
  return quiet?.kind === 'silenced' && quiet.until === over.endsAt && quiet.silence === over.id;
}

/** Resolves with whether something changed. */
async function change(
  deps: QuietDeps,
  id: string,
  actor: string,
  wanted: (state: IncidentState) => IncidentCommand | null,
  part: Partial<Batch>,
): Promise<boolean> {
  const appended = await decideUntilAppended(deps.journal, async () => {
    const row = await deps.journal.aggregate<IncidentState>('incident', id);
    const command = row === null ? null : wanted(row.state);
    if (row === null || command === null) return null;
    const at = deps.clock.now();
    const decision = decideIncident(row.state, command, { now: at, nameOf: (name) => name });
    if (decision.kind === 'refused' || decision.events.length === 0) return null;
    const { version, state: before } = row;
    const decided = { id, version, before, events: decision.events, at, actor };
    return mergeParts(await batchOfChange(decided, deps.config.current(), deps.follow), [part]);
  });
  return appended !== null;
}
