/**
 * What may be silenced: an asked-for silence and what it would mute come in, a refusal with what to narrow or null
 * goes out. Pure. A P0 is never muted, nor another service than the one it is about (docs/silences.md).
 */
import { SEVERITIES, type Severity } from '../../core/config/config.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Labels } from '../payload.ts';
import type { Routed } from '../routing.ts';
import { highestOf, incidentsOf, type MutedAlert } from './blast.ts';
import { compileMatchers, labelOf } from './match.ts';
import { checkMatchers } from './matcher.ts';
import { contradictionIn, isNarrow, labelsOfMatchers, NARROWING, tellApart } from './narrow.ts';
import type { SilenceRefusal, SilenceRequest } from './request.ts';

/** What a silence is judged by. */
export interface Case {
  readonly request: SilenceRequest;
  /** The incident it is for. */
  readonly incident: { readonly id: string; readonly severity: Severity; readonly service: string | null } | null;
  /** What it mutes now. */
  readonly now: readonly MutedAlert[];
  /** What it would have muted in the last seven days. */
  readonly week: readonly MutedAlert[];
  /** Open incidents of severity P0. */
  readonly openP0: ReadonlySet<string>;
  /** Where an alert goes that has nothing but the labels of the matchers. */
  readonly routed: Routed;
  /** Longest silence by severity, in seconds. */
  readonly longest: Readonly<Record<Exclude<Severity, 'P0'>, number>>;
  /** Name of the alert that proves that alerts arrive. */
  readonly watchdog: string;
}

const SHORTEST_SECONDS = 10;
const SHORTEST_REASON = 3;
const LONGEST_REASON = 300;

/** Why the words of a request cannot be taken, whatever they would mute; null: they can. */
export function refuseWords({ matchers, seconds, reason }: SilenceRequest): SilenceRefusal | null {
  const read = checkMatchers(matchers);
  if (read.kind === 'wrong')
    return refusal('matchers', 'MATCHER_INVALID', `${read.text} Nothing was silenced.`, read.remedy);
  const against = contradictionIn(read.matchers);
  if (against !== null) {
    const text = `No alert can satisfy both ${against[0]} and ${against[1]}: it would mute nothing.`;
    return refusal('matchers', 'MATCHES_NOTHING', text, 'Take one of them out.');
  }
  if (!isNarrow(read.matchers)) {
    const text = 'It does not say what it is about: it could mute nearly everything.';
    return refusal(
      'matchers',
      'MATCHES_EVERYTHING',
      text,
      `Name at least one of ${NARROWING.join(', ')} by = or a narrow =~.`,
    );
  }
  return refuseReason(reason) ?? refuseSeconds(seconds);
}

/** Why a silence is not made; null: it may be. The words come first, then what it would mute. */
export function judgeSilence(given: Case): SilenceRefusal | null {
  return (
    refuseWords(given.request) ?? refuseWatchdog(given) ?? refuseP0(given) ?? refuseOther(given) ?? refuseLong(given)
  );
}

/** The most urgent severity that a silence concerns. */
export function severityConcerned({ now, week, incident, routed }: Case): Severity {
  const muted = highestOf([...now, ...week]);
  const known = [muted, incident?.severity ?? null].filter((severity) => severity !== null);
  return SEVERITIES.find((severity) => known.includes(severity)) ?? routed.severity;
}

/** The longest silence of a severity, in seconds; 0: none. */
export function longestFor(severity: Severity, longest: Case['longest']): number {
  return severity === 'P0' ? 0 : longest[severity];
}

function refuseReason(reason: string): SilenceRefusal | null {
  const { length } = [...reason.trim()];
  if (length >= SHORTEST_REASON && length <= LONGEST_REASON) return null;
  const text = length < SHORTEST_REASON ? 'A reason is missing.' : `The reason has ${length} characters.`;
  return refusal('reason', 'REASON_INVALID', text, `Say why in ${SHORTEST_REASON} to ${LONGEST_REASON} characters.`);
}

function refuseSeconds(seconds: number): SilenceRefusal | null {
  if (Number.isSafeInteger(seconds) && seconds >= SHORTEST_SECONDS) return null;
  const text = 'It is not said for how long, or for too short a time.';
  return refusal(
    'duration',
    'DURATION_INVALID',
    text,
    `Give a duration such as 30m or 2h, ${SHORTEST_SECONDS}s at least.`,
  );
}

function refuseWatchdog({ request: { matchers }, watchdog }: Case): SilenceRefusal | null {
  if (!matchers.some(({ name, isEqual }) => name === 'alertname' && isEqual)) return null;
  if (!compileMatchers(matchers)({ ...labelsOfMatchers(matchers), alertname: watchdog })) return null;
  const text = `It would mute ${watchdog}, the alert that proves that alerts arrive at all.`;
  return refusal('matchers', 'WOULD_MUTE_WATCHDOG', text, 'Leave it out of the matchers.');
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
  const firing = now.filter((alert) => alert.severity === 'P0' || openP0.has(alert.incident ?? ''));
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
  const meant = incident === null ? serviceNamed(given) : { service: incident.service };
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

function refuseLong(given: Case): SilenceRefusal | null {
  const severity = severityConcerned(given);
  const longest = longestFor(severity, given.longest);
  if (given.request.seconds <= longest) return null;
  const asked = formatDuration(given.request.seconds);
  const text = `${asked} is too long for ${severity}: ${formatDuration(longest)} is the longest.`;
  return refusal('duration', 'SILENCE_TOO_LONG', text, 'Shorten it; it can be extended before it ends.');
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
    const alertname = labelOf(alert.labels, 'alertname') || 'unnamed alert';
    return alert.incident === null ? alertname : `${alertname} (${alert.incident})`;
  });
  const different = [...new Set(names)];
  const more = different.length - MOST_NAMED;
  const shown = different.slice(0, MOST_NAMED).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
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
