import type { Occurrence } from '../../journal/port.ts';
import { incidentAbout } from '../about.ts';
import { isOver, refuseOver } from '../decision.ts';
import { incidentEvent } from '../events.ts';
import type { OccurrenceAbout } from '../incident-state.ts';
import { compileRoutes } from '../routing.ts';
import { isHigher } from '../severity.ts';
import { type Handle, type IncidentAct, isRefusal, type Refusal, readReason, refusal } from './act.ts';
import { readSeverity } from './severity.ts';

/**
 * `split { fingerprints, reason }`: firing alerts go into a new incident of their own; what they do later belongs to
 * that. `merge` puts the two together again.
 */
export const split: Handle = async (act) => {
  const { id, state, journal, set, command } = act;
  if (isOver(state)) {
    const { code, text, remedy } = overRefusal(act);
    return refusal(code, text, remedy);
  }
  const reason = readReason(act);
  if (isRefusal(reason)) return reason;
  const rows = await journal.occurrencesOf(id);
  const moved = chosen(id, rows, command.args.fingerprints);
  if (!Array.isArray(moved)) return moved;
  const opening = await openingOf(act, moved);
  const to = await set.open(opening.event);
  const left = { firing: state.firing - moved.length, ended: state.ended };
  set.apply(id, incidentEvent('incident.split-off', { to, alerts: moved.length, ...left, reason: reason.digest }));
  const payloads = new Map([...(reason.part.payloads ?? []), ...opening.payloads]);
  const part = { payloads, moved: moved.map(({ fingerprint }) => ({ fingerprint, from: id, to })) };
  const alerts = moved.length === 1 ? '1 alert' : `${moved.length} alerts`;
  return { text: `${alerts} of ${id} split off to ${to}. ${id} keeps ${left.firing} firing.`, incident: to, part };
};

function overRefusal({ state, context }: IncidentAct): Refusal {
  const decision = refuseOver(state, context);
  if (decision.kind !== 'refused') throw new Error('an incident that is over is refused');
  return refusal(decision.code, decision.text, decision.remedy);
}

function chosen(id: string, rows: readonly Occurrence[], value: unknown): Occurrence[] | Refusal {
  const asked = Array.isArray(value) ? [...new Set(value.map(String))] : [];
  if (asked.length === 0) {
    return refusal('ALERTS_MISSING', `Which alerts of ${id}? Nothing was changed.`, `See them: incidents ${id}`);
  }
  const firing = rows.filter(({ status }) => status === 'firing');
  const strange = asked.filter((fingerprint) => !firing.some((row) => row.fingerprint === fingerprint));
  if (strange.length > 0) {
    const what = `No firing alert of ${id}: ${strange.slice(0, 5).join(', ').slice(0, 200)}. Nothing was changed.`;
    return refusal('ALERTS_UNKNOWN', what, `See which fire: incidents ${id}`);
  }
  if (asked.length === firing.length) {
    const what = `${id} would keep no firing alert, so there is nothing to split. Nothing was changed.`;
    return refusal('NOTHING_LEFT', what, 'Name fewer alerts.');
  }
  return firing.filter(({ fingerprint }) => asked.includes(fingerprint));
}

/** The new incident is as urgent as the most urgent alert that it takes, and is called after that one. */
async function openingOf({ journal, config, id, state }: IncidentAct, moved: readonly Occurrence[]) {
  const first = mostUrgent(moved);
  const text = first === undefined ? null : await journal.payload(first.about);
  const told = text === null ? null : (JSON.parse(text) as OccurrenceAbout);
  const routed = compileRoutes(config)(told?.labels ?? {});
  const severity = severityOf(first) ?? state.severity;
  const about = told === null ? { digest: state.about, text: null } : asAbout(told);
  return {
    payloads: about.text === null ? new Map<string, string>() : new Map([[about.digest, about.text]]),
    event: (to: string) =>
      incidentEvent('incident.opened', {
        severity,
        channel: state.channel,
        service: told === null ? state.service : routed.service,
        group: `split|${to}`,
        runbooks: routed.runbooks,
        policyContact: routed.policyContact,
        digest: config.severities[severity].digest,
        about: about.digest,
        firing: moved.length,
        ended: 0,
        previous: null,
        route: routed.route,
        splitFrom: id,
      }),
  };
}

function asAbout({ labels, annotations, generatorUrl }: OccurrenceAbout): { digest: string; text: string | null } {
  const alert = {
    status: 'firing',
    fingerprint: '',
    startsAt: 0,
    endsAt: null,
    labels,
    annotations,
    generatorUrl,
  } as const;
  return incidentAbout(alert, { receiver: '', groupLabels: {} });
}

function mostUrgent(rows: readonly Occurrence[]): Occurrence | undefined {
  return rows.reduce<Occurrence | undefined>((best, row) => {
    const [one, other] = [severityOf(row), severityOf(best)];
    return best === undefined || (one !== null && other !== null && isHigher(one, other)) ? row : best;
  }, undefined);
}

function severityOf(row: Occurrence | undefined) {
  const severity = row === undefined ? null : readSeverity(row.severity);
  return typeof severity === 'string' ? severity : null;
}
