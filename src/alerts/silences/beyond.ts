/**
 * What one person alone may not mute: a P0, and another service than the one that the silence is about. In: what a
 * silence would mute. Out: null, or what a second person has to agree to, in words and as a list that a yes is bound to.
 */
import type { Labels } from '../payload.ts';
import { incidentsOf, type MutedAlert } from './blast.ts';
import type { Case } from './case.ts';
import { labelOf } from './match.ts';
import { labelsOfMatchers, tellApart } from './narrow.ts';
import type { SilenceRefusal } from './request.ts';

/** What goes beyond one person's word. */
export interface Beyond {
  /** `P0 ApiDown`, `P0 GI-12`, `service redis`: sorted, each once, without counts, which move. Foreign text. */
  readonly shown: readonly string[];
  /** Why it is refused to one person alone: what of it is worst. */
  readonly why: SilenceRefusal;
}

/** More than this nobody looks through. */
const MOST_SHOWN = 20;

/** What of a silence goes beyond one person's word; null: nothing. */
export function beyondOf(given: Case): Beyond | null {
  const why = refuseP0(given) ?? refuseOther(given);
  if (why === null) return null;
  return { shown: [...new Set([...p0Shown(given), ...servicesShown(given)])].sort(), why };
}

/** Whether a second person can be asked: so much can still be read. */
export function mayBeAgreed({ shown }: Beyond): boolean {
  return shown.length <= MOST_SHOWN;
}

/** Refuses what goes beyond what was agreed to; what had been agreed to and is not muted any more does no harm. */
export function refuseBeyond(beyond: Beyond | null, agreed: readonly string[]): SilenceRefusal | null {
  const more = beyond?.shown.filter((each) => !agreed.includes(each)) ?? [];
  if (beyond === null || more.length === 0) return null;
  if (agreed.length === 0) return beyond.why;
  const text = `It would mute by now what nobody agreed to: ${more.join(', ')}.`;
  return refusal('matchers', 'SILENCE_DRIFTED', text, 'Ask again: what it mutes now is then shown.');
}

/** How an alert that is a P0 stands in `shown`. */
export function shownP0(labels: Labels): string {
  return `P0 ${nameOf(labels)}`;
}

function p0Shown({ now, week, openP0, routed, incident }: Case): string[] {
  const muted = [...now.filter((alert) => isP0(alert, openP0)), ...week.filter(({ severity }) => severity === 'P0')];
  const open = now.flatMap((alert) => (openP0.has(alert.incident ?? '') ? [alert.incident ?? ''] : []));
  const own = incident !== null && (incident.severity === 'P0' || openP0.has(incident.id)) ? [incident.id] : [];
  return [
    ...muted.map(({ labels }) => shownP0(labels)),
    ...[...open, ...own].map((id) => `P0 ${id}`),
    ...(routed.severity === 'P0' ? ['P0 by routes.yml'] : []),
  ];
}

function servicesShown(given: Case): string[] {
  const meant = meantService(given);
  const services = [...new Set([...given.now, ...given.week].map(({ service }) => service))];
  const others =
    meant === null ? (services.length > 1 ? services : []) : services.filter((one) => one !== meant.service);
  return others.map((service) => (service === null ? 'alerts of no configured service' : `service ${service}`));
}

function isP0({ severity, incident }: MutedAlert, openP0: ReadonlySet<string>): boolean {
  return severity === 'P0' || openP0.has(incident ?? '');
}

/** The service that it is about; null: nothing says it. */
function meantService(given: Case): { readonly service: string | null } | null {
  return given.incident === null ? serviceNamed(given) : { service: given.incident.service };
}

function refuseP0(given: Case): SilenceRefusal | null {
  const { now, week, openP0, routed, incident } = given;
  if (incident?.severity === 'P0') {
    const text = `${incident.id} is a P0, and a P0 is never muted.`;
    return refusal(
      'incident',
      'WOULD_MUTE_P0',
      text,
      `Acknowledge it: its pages stop. Or lower its severity, with a reason.`,
    );
  }
  const firing = now.filter((alert) => isP0(alert, openP0));
  if (firing.length > 0) {
    const text = `It would mute a P0 that fires now: ${named(firing)}.`;
    return refusal('matchers', 'WOULD_MUTE_P0', text, narrowing(given, firing));
  }
  const past = week.filter(({ severity }) => severity === 'P0');
  if (past.length > 0) {
    const text = `In the last 7 days it would have muted ${distinct(past)} P0: ${named(past)}.`;
    return refusal('matchers', 'WOULD_MUTE_P0', text, narrowing(given, past));
  }
  if (routed.severity !== 'P0') return null;
  const text = 'Alerts with these labels are P0 by routes.yml, and a P0 is never muted.';
  return refusal(
    'matchers',
    'WOULD_MUTE_P0',
    text,
    'Add a matcher that leaves the P0 out, such as severity="warning".',
  );
}

function refuseOther(given: Case): SilenceRefusal | null {
  const { now, week, incident } = given;
  const muted = [...now, ...week];
  const meant = meantService(given);
  if (meant === null) return refuseSeveral(given, muted);
  const others = muted.filter(({ service }) => service !== meant.service);
  if (others.length === 0) return null;
  const whose = incident === null ? 'the one named' : `that of ${incident.id}`;
  const services = [...new Set(others.map(({ service }) => serviceText(service)))].join(', ');
  const text = `It would mute another service than ${whose} (${serviceText(meant.service)}): ${services}, ${named(others)}.`;
  return refusal('matchers', 'WOULD_MUTE_OTHER_SERVICE', text, narrowing(given, others));
}

function refuseSeveral(given: Case, muted: readonly MutedAlert[]): SilenceRefusal | null {
  const services = [...new Set(muted.map(({ service }) => service))];
  const [first] = services;
  if (first === undefined || services.length === 1) return null;
  const text = `It would mute alerts of ${services.length} services: ${services.map(serviceText).join(', ')}.`;
  const left = muted.filter(({ service }) => service !== first);
  return refusal('matchers', 'WOULD_MUTE_OTHER_SERVICE', text, narrowing(given, left));
}

/** The service that the matchers themselves name; null: they name none. */
function serviceNamed({ request, routed }: Case): { readonly service: string | null } | null {
  const labels = labelsOfMatchers(request.matchers);
  const isNamed = ['component', 'service', 'job'].some((name) => labelOf(labels, name) !== '');
  return isNamed ? { service: routed.service } : null;
}

function narrowing({ now, week, request }: Case, left: readonly MutedAlert[]): string {
  const gone = new Set(left.map(({ fingerprint }) => fingerprint));
  const kept = [...now, ...week].filter(({ fingerprint }) => !gone.has(fingerprint));
  const labels = (alerts: readonly MutedAlert[]): Labels[] => alerts.map((alert) => alert.labels);
  const matcher = kept.length === 0 ? null : tellApart(labels(kept), labels(left));
  if (matcher !== null) return `Narrow it: ${matcher} would leave ${gone.size === 1 ? 'it' : 'them'} out.`;
  const has = request.matchers.map(({ name }) => name);
  const more = ['component', 'service', 'severity', 'instance'].find((name) => !has.includes(name)) ?? 'instance';
  return `Narrow it with a matcher that leaves ${gone.size === 1 ? 'it' : 'them'} out, on ${more} for example.`;
}

const MOST_NAMED = 5;

/** `ApiDown (GI-12), LlmDown (GI-13) and 3 more`. */
function named(alerts: readonly MutedAlert[]): string {
  const names = alerts.map((alert) => {
    const alertname = nameOf(alert.labels);
    return alert.incident === null ? alertname : `${alertname} (${alert.incident})`;
  });
  const different = [...new Set(names)];
  const more = different.length - MOST_NAMED;
  const shown = different.slice(0, MOST_NAMED).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function nameOf(labels: Labels): string {
  return labelOf(labels, 'alertname') || 'unnamed alert';
}

function distinct(alerts: readonly MutedAlert[]): number {
  return Math.max(incidentsOf(alerts).length, 1);
}

function serviceText(service: string | null): string {
  return service ?? 'no configured service';
}

function refusal(field: SilenceRefusal['field'], code: string, text: string, remedy: string): SilenceRefusal {
  return { field, code, text, remedy };
}
