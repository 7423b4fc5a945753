import type { IncidentState } from '../incident-state.ts';
import { printMatchers } from './matcher.ts';
import type { SilenceRefusal, SilenceRequest } from './request.ts';
import { isoMinute } from './silence-describe.ts';
import { isOver, SILENCE, type SilenceState } from './silence-state.ts';
import type { SilenceDeps } from './sources.ts';
import { textsOfSilence } from './texts.ts';

export type StandingDeps = Pick<SilenceDeps, 'journal' | 'alertmanager'>;

/** Why a request does not fit what stands already: no Alertmanager, no such incident, silenced by the same words. */
export async function refuseStanding(deps: StandingDeps, request: SilenceRequest): Promise<SilenceRefusal | null> {
  if (deps.alertmanager() === null) return noAlertmanager();
  return (await refuseIncident(deps, request.incident)) ?? (await refuseTwice(deps, request));
}

/** Silences live in Alertmanager; without it there is none. */
export function noAlertmanager(): SilenceRefusal {
  const text = 'No Alertmanager is configured, so that nothing can be silenced.';
  return {
    field: 'incident',
    code: 'NO_ALERTMANAGER',
    text,
    remedy: 'Name it in routes.yml: alertmanager: { url: … }.',
  };
}

async function refuseIncident({ journal }: StandingDeps, id: string | undefined): Promise<SilenceRefusal | null> {
  if (id === undefined) return null;
  const row = await journal.aggregate<IncidentState>('incident', id);
  const field = 'incident';
  if (row === null) {
    return {
      field,
      code: 'INCIDENT_UNKNOWN',
      text: `There is no incident ${id}.`,
      remedy: 'See which are open: status',
    };
  }
  if (row.state.status !== 'closed') return null;
  return { field, code: 'INCIDENT_CLOSED', text: `${id} is closed.`, remedy: 'Silence without an incident.' };
}

async function refuseTwice({ journal }: StandingDeps, request: SilenceRequest): Promise<SilenceRefusal | null> {
  const wanted = printMatchers(request.matchers);
  for (const { id, state } of await journal.aggregates<SilenceState>(SILENCE, { open: true })) {
    const { matchers } = await textsOfSilence(journal, state);
    if (isOver(state) || printMatchers(matchers) !== wanted) continue;
    const text = `${id} silences exactly this already, until ${isoMinute(state.endsAt)}.`;
    return { field: 'matchers', code: 'ALREADY_SILENCED', text, remedy: `Extend it: silence extend ${id}` };
  }
  return null;
}
