import { formatDuration } from '../core/duration.ts';
import type { DescribeEvent, NameKey } from './change.ts';
import { describeFold } from './describe-fold.ts';
import { asIncidentEvent, type Counts, type EventStamp, type IncidentEvent, type IncidentEventData } from './events.ts';
import type { IncidentAbout } from './incident-state.ts';

const GONE = 'Alertmanager no longer has it';
const FOUND = 'found by asking Alertmanager';
const RESULTS = ['fail', 'unknown', 'warn', 'ok'] as const;

/** This room's words for its own events. Who did it stands beside the line, not in it. Foreign parts are not escaped. */
export const describeIncidentEvent: DescribeEvent = (event, texts, nameOf = (key) => key) => {
  const own = asIncidentEvent(event);
  return own === null ? null : describe(own, texts, nameOf);
};

type Texts = ReadonlyMap<string, string>;

function describe(event: IncidentEvent & EventStamp, texts: Texts, nameOf: NameKey): string | null {
  switch (event.type) {
    case 'incident.opened':
      return opened(event, texts);
    case 'incident.alerts-changed':
      return changed(event.data);
    case 'incident.severity-raised':
      return `severity raised from ${event.data.from} to ${event.data.to}`;
    case 'incident.recovered':
      return recovered(event.data);
    case 'incident.refired':
      return `fires again: ${changed(event.data)}`;
    case 'incident.reopened':
      return event.data.reason === undefined
        ? `reopened, it fires again: ${changed(event.data)}`
        : `reopened${because(event.data.reason, texts)}`;
    case 'incident.acknowledged':
      return 'acknowledged';
    case 'incident.unacknowledged':
      return `no longer acknowledged, pages go on${because(event.data.reason, texts)}`;
    case 'incident.passed-on':
      return 'passed on to the next in line';
    case 'incident.help-asked':
      return 'asked for help';
    case 'incident.kept':
      return event.data.seconds === null ? 'still on it' : `still on it, for ${formatDuration(event.data.seconds)}`;
    case 'incident.responder-added':
      return `${nameOf(event.data.person)} called in as a responder`;
    case 'incident.escalated':
      return `escalated to ${escalatedTo(event.data.to, nameOf)}${because(event.data.message, texts)}`;
    case 'incident.resolved':
      if (event.data.because === 'drill-over') return 'resolved: the drill has lasted for an hour';
      return event.actor === 'auto' ? 'resolved by itself after 5 quiet minutes' : 'resolved';
    case 'incident.reminded':
      return 'recovered for 30 minutes and still not resolved';
    case 'incident.closed':
      return 'closed';
    case 'incident.severity-changed':
      return `severity changed from ${event.data.from} to ${event.data.to}${because(event.data.reason, texts)}`;
    case 'incident.assigned':
      return `assigned to ${nameOf(event.data.to)}`;
    case 'incident.quieted': {
      const { kind, until, reason } = event.data;
      return `${kind} for ${formatDuration((until - event.at) / 1000)}: pages pause${because(reason, texts)}`;
    }
    case 'incident.unquieted':
      return UNQUIETED[event.data.because];
    case 'incident.folded':
    case 'incident.unfolded':
    case 'incident.child-folded':
    case 'incident.child-unfolded':
      return describeFold(event, because(reasonOf(event), texts), nameOf);
    case 'incident.split-off':
      return `${alerts(event.data.alerts)} split off to ${event.data.to}${because(event.data.reason, texts)}`;
    case 'incident.flapping-began':
      return `flapping: it has turned ${event.data.changes} times; no page until it stays`;
    case 'incident.flapping-ended':
      return event.data.because === 'stays' ? 'it stays firing: pages go on' : 'flapping is over: it stayed quiet';
    case 'incident.noted':
      return `note: ${texts.get(event.data.text) ?? 'erased'}`;
    case 'incident.diagnosis-asked':
      return `diagnosis of ${event.data.service} asked for`;
    case 'incident.context':
      return null;
    case 'incident.diagnosed':
      return `diagnosis: ${findings(texts.get(event.data.checks))}`;
    case 'incident.truncated':
      return event.data.count === 0 ? 'all alerts are shown again' : `${event.data.count} more not shown`;
    case 'incident.alerts-rejected':
      return `${alerts(event.data.count)} of the same delivery could not be read`;
    default:
      return event satisfies never;
  }
}

const UNQUIETED: Readonly<Record<IncidentEventData['incident.unquieted']['because'], string>> = {
  over: 'the quiet time is over: pages go on',
  asked: 'no longer quiet: pages go on',
  acknowledged: 'the quiet time ends, somebody has it',
  resolved: 'the quiet time ends, it is resolved',
  raised: 'the quiet time ends, it is more urgent now',
};

function escalatedTo(to: string, nameOf: NameKey): string {
  return to.startsWith('person:') ? nameOf(to.slice('person:'.length)) : to;
}

function reasonOf({ data }: IncidentEvent): string | null {
  return 'reason' in data && typeof data.reason === 'string' ? data.reason : null;
}

/** `: the reason`; nothing without one. */
function because(reason: string | null, texts: Texts): string {
  return reason === null ? '' : `: ${texts.get(reason) ?? 'erased'}`;
}

type Opened = Extract<IncidentEvent, { type: 'incident.opened' }> & EventStamp;

function opened({ data, actor }: Opened, texts: Texts): string {
  if (data.splitFrom !== undefined) return `split off from ${data.splitFrom} (${data.severity})`;
  if (data.drill !== undefined)
    return `drill opened (${data.severity})${data.drill.paper ? ', on paper: nobody is paged' : ''}`;
  if (actor === 'local' || actor.startsWith('slack:')) {
    const place = data.previous === null ? '' : ` in place of ${data.previous}, which is closed`;
    return `opened by hand (${data.severity})${place}`;
  }
  const about = texts.get(data.about);
  const alertname = about === undefined ? 'erased' : (JSON.parse(about) as IncidentAbout).alertname;
  const unmatched = data.route === null ? '; no route matched, so the default holds' : '';
  const previous = data.previous === null ? '' : `; before it: ${data.previous}`;
  const asked = data.because === 'asked' ? `; ${FOUND}` : '';
  return `fired: ${alertname} (${data.severity})${asked}${unmatched}${previous}`;
}

/** `2 fail, 2 ok`, of the JSON of check results. */
function findings(checks: string | undefined): string {
  if (checks === undefined) return 'erased';
  const results = JSON.parse(checks) as ReadonlyArray<{ readonly result: string }>;
  const counted = RESULTS.map((result) => ({ result, count: results.filter((each) => each.result === result).length }));
  const found = counted.filter(({ count }) => count > 0).map(({ result, count }) => `${count} ${result}`);
  return found.length === 0 ? 'no probe ran' : found.join(', ');
}

function recovered(data: Counts): string {
  if (data.because === 'gone') return `recovered: ${GONE}`;
  return data.ended === 1 ? 'recovered: the alert has ended' : `recovered: all ${data.ended} alerts ended`;
}

function changed(data: Counts): string {
  if (data.because === undefined) return counts(data);
  return `${counts(data)} (${data.because === 'gone' ? GONE : FOUND})`;
}

function counts({ firing, ended }: Counts): string {
  return ended === 0 ? `${alerts(firing)} firing` : `${alerts(firing)} firing, ${ended} ended`;
}

function alerts(count: number): string {
  return count === 1 ? '1 alert' : `${count} alerts`;
}
