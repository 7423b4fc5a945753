import type { Occurrence } from '../../journal/port.ts';
import type { ActiveAlert, SilenceMatcher } from '../alertmanager.ts';
import { NO_INCIDENT } from '../home.ts';
import type { MutedAlert } from './blast.ts';
import { mutedSince } from './history.ts';
import { compileMatchers } from './match.ts';
import type { SilenceDeps } from './sources.ts';

type MutesDeps = Pick<SilenceDeps, 'journal' | 'clock' | 'route'>;

/** Firing alerts of the store that matchers match. */
export async function mutedByMatchers(
  deps: MutesDeps,
  matchers: readonly SilenceMatcher[],
): Promise<readonly MutedAlert[]> {
  const { alerts } = await mutedSince(deps.journal, compileMatchers(matchers), deps.route(), deps.clock.now());
  return alerts.filter(({ firing }) => firing);
}

/** Alerts that Alertmanager says a silence of its own mutes, with the incident that each fires in when we know it. */
export async function mutedInAlertmanager(
  deps: MutesDeps,
  alerts: readonly ActiveAlert[],
  held: string,
): Promise<readonly MutedAlert[]> {
  const muted = alerts.filter(({ silencedBy }) => silencedBy.includes(held));
  const known = await deps.journal.latestOccurrences(muted.map(({ fingerprint }) => fingerprint));
  return muted.map(({ fingerprint, labels }) => {
    const { severity, service } = deps.route()(labels);
    return { fingerprint, incident: incidentOf(known.get(fingerprint)), severity, service, labels, firing: true };
  });
}

function incidentOf(occurrence: Occurrence | undefined): string | null {
  if (occurrence?.status !== 'firing' || occurrence.incident === NO_INCIDENT) return null;
  return occurrence.incident;
}
