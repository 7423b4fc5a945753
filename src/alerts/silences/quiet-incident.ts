import type { Actor } from '../../core/command.ts';
import { decideUntilAppended } from '../../journal/decide.ts';
import type { Batch } from '../../journal/port.ts';
import type { IncidentCommand } from '../incident.ts';
import { mergeParts } from '../incident-batch.ts';
import type { IncidentState } from '../incident-state.ts';
import type { Muting } from './muting.ts';
import type { SilenceDeps } from './sources.ts';

type QuietDeps = Pick<SilenceDeps, 'journal' | 'changeIncident' | 'logger'>;

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
  { journal, changeIncident }: QuietDeps,
  id: string,
  actor: Actor,
  wanted: (state: IncidentState) => IncidentCommand | null,
  part: Partial<Batch>,
): Promise<boolean> {
  const appended = await decideUntilAppended(journal, async () => {
    const row = await journal.aggregate<IncidentState>('incident', id);
    const command = row === null ? null : wanted(row.state);
    const batch = command === null ? null : await changeIncident(id, command, actor);
    return batch === null || (batch.aggregates ?? []).length === 0 ? null : mergeParts(batch, [part]);
  });
  return appended !== null;
}
