/**
 * The border to Alertmanager: a webhook body comes in, an envelope and its alerts go out. The envelope is checked
 * before the body is answered, each alert when the stored row is handled; both by hand, because this runs for every
 * request and a wrong payload of a million alerts must not cost a million error objects.
 *
 * Sample (Alertmanager, "Webhook receiver", version 4; unknown fields are ignored):
 * {"version":"4","groupKey":"{}:{alertname=\"X\"}","truncatedAlerts":0,"status":"firing","receiver":"ops",
 *  "groupLabels":{"alertname":"X"},"commonLabels":{"alertname":"X"},"commonAnnotations":{},"externalURL":"http://am",
 *  "alerts":[{"status":"firing","labels":{"alertname":"X"},"annotations":{"summary":"hi"},
 *  "startsAt":"2026-11-22T14:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"","fingerprint":"c0ffee"}]}
 */
import { isDense, type LeftOut, takeApart } from './payload-dense.ts';

/** Label or annotation name → value; without a prototype, so that no name can reach one. */
export type Labels = Readonly<Record<string, string>>;

/** What surrounds the alerts. `alerts` is not looked into yet. */
export interface Envelope {
  readonly status: 'firing' | 'resolved';
  /** Unquoted: Alertmanager sends the receiver `team.x` as `team\.x`. */
  readonly receiver: string;
  readonly groupLabels: Labels;
  /** Alerts that `max_alerts` cut off. */
  readonly truncatedAlerts: number;
  readonly alerts: readonly unknown[];
  /** Alerts that are not in `alerts`, for a body of too many values. */
  readonly leftOut?: LeftOut;
}

/** One alert of a payload, times in epoch milliseconds. */
export interface Alert {
  readonly status: 'firing' | 'resolved';
  readonly fingerprint: string;
  readonly startsAt: number;
  /** null: not ended, or not said. */
  readonly endsAt: number | null;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly generatorUrl: string | null;
  /** When Alertmanager, asked by us, said that it fires; absent: it was delivered. */
  readonly activeAt?: number;
}

/** Why an alert of a good envelope was not taken. */
type RejectReason =
  | 'not-an-object'
  | 'status'
  | 'labels'
  | 'label-name'
  | 'annotations'
  | 'fingerprint'
  | 'starts-at'
  | 'ends-at'
  | keyof LeftOut;

export interface RejectedAlert {
  readonly index: number;
  readonly reason: RejectReason;
}

/** The alerts of a payload that were not taken: a payload of millions names only the first few. */
export interface RejectedAlerts {
  readonly count: number;
  readonly byReason: ReadonlyMap<RejectReason, number>;
  readonly named: readonly RejectedAlert[];
}

const REJECTED_NAMED = 20;

export type EnvelopeRead =
  | { readonly kind: 'ok'; readonly envelope: Envelope }
  /** `field` is the first one that is wrong; `body` when the whole is no JSON object. */
  | { readonly kind: 'refused'; readonly field: string; readonly message: string };

/** Alertmanager's are 16 hexadecimal digits; other senders may use longer printable ones. */
const FINGERPRINT = /^[\x21-\x7e]{1,128}$/;

/** Like `readEnvelope`, for bodies of any kind: many values are read in steps. `withAlerts` false: none are looked at. */
export async function readPayload(body: Uint8Array, options: { withAlerts: boolean }): Promise<EnvelopeRead> {
  if (!isDense(body)) return readEnvelope(body);
  const { envelope, alerts, leftOut } = await takeApart(body, options);
  const read = readParsed(envelope, '4');
  return read.kind === 'refused' ? read : { kind: 'ok', envelope: { ...read.envelope, alerts, leftOut } };
}

/** Reads the envelope; says which field keeps it from being one of version 4. Never throws. */
export function readEnvelope(body: Uint8Array): EnvelopeRead {
  return readEnvelopeAs(body, '4');
}

/** The same for another version of the same shape. */
export function readEnvelopeAs(body: Uint8Array, wanted: string): EnvelopeRead {
  return readParsed(parseJson(body), wanted);
}

function readParsed(parsed: unknown, wanted: string): EnvelopeRead {
  if (!isRecord(parsed)) return refused('body', 'is not a JSON object');
  const { version, status, receiver, groupLabels, commonLabels, alerts, truncatedAlerts } = parsed;
  if (version !== wanted) return refused('version', `must be "${wanted}"`);
  if (status !== 'firing' && status !== 'resolved') return refused('status', 'must be "firing" or "resolved"');
  if (typeof receiver !== 'string') return refused('receiver', 'must be a string');
  if (!isRecord(groupLabels)) return refused('groupLabels', 'must be an object');
  if (!isRecord(commonLabels)) return refused('commonLabels', 'must be an object');
  if (!Array.isArray(alerts)) return refused('alerts', 'must be an array');
  return {
    kind: 'ok',
    envelope: {
      status,
      receiver: unquoted(receiver),
      groupLabels: stringsOf(groupLabels),
      truncatedAlerts: countOf(truncatedAlerts),
      alerts,
    },
  };
}

/** Reads the alerts one by one: a bad one is rejected with its reason, its siblings live. Never throws. */
export function readAlerts(envelope: Envelope): { alerts: Alert[]; rejected: RejectedAlerts } {
  const alerts: Alert[] = [];
  const named: RejectedAlert[] = [];
  const byReason = new Map<RejectReason, number>();
  for (const [index, value] of envelope.alerts.entries()) {
    const read = readAlert(value);
    if (typeof read !== 'string') {
      alerts.push(read);
      continue;
    }
    byReason.set(read, (byReason.get(read) ?? 0) + 1);
    if (named.length < REJECTED_NAMED) named.push({ index, reason: read });
  }
  for (const [reason, times] of leftOutOf(envelope)) byReason.set(reason, times);
  const count = [...byReason.values()].reduce((sum, times) => sum + times, 0);
  return { alerts, rejected: { count, byReason, named } };
}

/** The labels of the first alert, without a look at the others; null: it has none, or none that can be read. */
export function labelsOfFirst({ alerts }: Envelope): Labels | null {
  const [first] = alerts;
  const labels = isRecord(first) ? labelsOf(first.labels) : 'labels';
  return typeof labels === 'string' ? null : labels;
}

function leftOutOf({ leftOut }: Envelope): Array<[keyof LeftOut, number]> {
  if (leftOut === undefined) return [];
  const entries: Array<[keyof LeftOut, number]> = [
    ['unreadable', leftOut.unreadable],
    ['too-many', leftOut['too-many']],
  ];
  return entries.filter(([, times]) => times > 0);
}

function readAlert(value: unknown): Alert | RejectReason {
  if (!isRecord(value)) return 'not-an-object';
  const { status, fingerprint, generatorURL } = value;
  if (status !== 'firing' && status !== 'resolved') return 'status';
  const labels = labelsOf(value.labels);
  if (typeof labels === 'string') return labels;
  const annotations = labelsOf(value.annotations ?? {});
  if (typeof annotations === 'string') return 'annotations';
  if (typeof fingerprint !== 'string' || !FINGERPRINT.test(fingerprint)) return 'fingerprint';
  const startsAt = timeOf(value.startsAt);
  if (startsAt === null || startsAt === 'unreadable') return 'starts-at';
  const endsAt = timeOf(value.endsAt ?? null);
  if (endsAt === 'unreadable') return 'ends-at';
  const generatorUrl = typeof generatorURL === 'string' && generatorURL !== '' ? generatorURL : null;
  return { status, fingerprint, startsAt, endsAt, labels, annotations, generatorUrl };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
}

function refused(field: string, what: string): EnvelopeRead {
  return { kind: 'refused', field, message: `${field} ${what}` };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

/** Undoes Go's regexp.QuoteMeta (Alertmanager, template.go: the receiver is quoted). */
function unquoted(receiver: string): string {
  return receiver.replace(/\\([\\.+*?()|[\]{}^$])/g, '$1');
}

function stringsOf(values: Record<string, unknown>): Labels {
  const strings: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' && name !== '__proto__') strings[name] = value;
  }
  return strings;
}

function labelsOf(values: unknown): Labels | 'labels' | 'label-name' {
  if (!isRecord(values)) return 'labels';
  const labels: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(values)) {
    if (name === '__proto__') return 'label-name';
    if (typeof value !== 'string') return 'labels';
    labels[name] = value;
  }
  return labels;
}

/** RFC 3339 → epoch milliseconds; Go's zero time (year 1) and null → null. */
function timeOf(value: unknown): number | null | 'unreadable' {
  if (value === null) return null;
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT/.test(value)) return 'unreadable';
  if (value.startsWith('0001-01-01T00:00:00')) return null;
  const time = Date.parse(value);
  return Number.isNaN(time) ? 'unreadable' : time;
}
