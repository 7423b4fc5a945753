/**
 * The border to everything that can post JSON: one event comes in, an envelope with one alert goes out. What fires
 * under a `dedup_key` goes on until the same key is resolved.
 *
 * Sample: {"title":"Backup failed","severity":"warning","service":"gianna","dedup_key":"backup-nightly",
 *  "status":"firing","description":"exit code 2","url":"https://ci.example.com/runs/42"}
 */
import * as z from 'zod';
import { SEVERITIES, type Severity } from '../../core/config/config.ts';
import { canonicalJson } from '../../core/json.ts';
import { closest } from '../../core/suggest.ts';
import { digestOf } from '../../journal/digest.ts';
import type { Envelope, Labels } from '../payload.ts';

/** Source of its inbox rows; its fingerprints begin with it, so that nobody else's meet them. */
export const EVENT = 'event';

const LONGEST = { title: 300, service: 100, dedup_key: 300, description: 10_000, url: 1_500, label: 1_000 } as const;
const MOST_LABELS = 50;

const text = (most: number) =>
  z
    .string({ error: 'must be a string' })
    .trim()
    .min(1, 'must not be empty')
    .max(most, `must have at most ${most} characters`);

const PlainEvent = z.object({
  title: text(LONGEST.title),
  status: z.enum(['firing', 'resolved'], { error: 'must be "firing" or "resolved"' }),
  severity: z
    .enum([...SEVERITIES, 'critical', 'warning', 'info'], {
      error: 'must be one of critical, warning, info (routes.yml decides), or P0 to P3',
    })
    .nullish(),
  service: text(LONGEST.service).nullish(),
  dedup_key: text(LONGEST.dedup_key).nullish(),
  labels: z
    .record(
      z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be made of letters, digits and "_"'),
      z.string({ error: 'must be a string' }).max(LONGEST.label, `must have at most ${LONGEST.label} characters`),
      { error: 'must be an object of strings' },
    )
    .refine((labels) => Object.keys(labels).length <= MOST_LABELS, `must have at most ${MOST_LABELS} labels`)
    .nullish(),
  description: text(LONGEST.description).nullish(),
  url: text(LONGEST.url).refine(isHttp, 'must be a URL that begins with http:// or https://').nullish(),
});
export type PlainEvent = z.infer<typeof PlainEvent>;

const FIELDS = Object.keys(PlainEvent.shape);

export type EventRead =
  | { readonly kind: 'ok'; readonly event: PlainEvent }
  | { readonly kind: 'refused'; readonly field: string; readonly message: string };

/** Reads a body as an event, or says which field keeps it from being one. Never throws. */
export function readEvent(body: Uint8Array): EventRead {
  const json = parseJson(body);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return refused('body', 'is not a JSON object');
  const slip = Object.keys(json).find((field) => !FIELDS.includes(field) && closest(field, FIELDS, 1).length > 0);
  if (slip !== undefined) return refused(slip, `is unknown; did you mean ${closest(slip, FIELDS, 1).join()}?`);
  if ('labels' in json && Object.hasOwn(Object(json.labels), '__proto__')) {
    return refused('labels.__proto__', 'is not a usable name');
  }
  const parsed = PlainEvent.safeParse(json);
  if (parsed.success) return { kind: 'ok', event: parsed.data };
  const [issue] = parsed.error.issues;
  const path = issue?.path.map(String) ?? [];
  const isMissing = path.length === 1 && !Object.hasOwn(json, path[0] ?? '');
  return refused(path.join('.') || 'body', isMissing ? 'is missing' : (issue?.message ?? 'cannot be read'));
}

/** What names the event for ever: its dedup_key, else what it is called and where. */
export function fingerprintOf({ title, service, labels, dedup_key: key }: PlainEvent): string {
  const name = key ?? canonicalJson([title, service ?? null, labels ?? {}]);
  return `${EVENT}:${digestOf(name)}`;
}

/** The severity that the sender decides, past the routes; null: the routes decide by the label. */
export function saidSeverity(labels: Labels): Severity | null {
  return SEVERITIES.find((severity) => severity === labels.severity) ?? null;
}

/** The same as one alert of a group of its own. `startsAt`, `endsAt`: epoch ms. */
export function envelopeOf(event: PlainEvent, startsAt: number, endsAt: number): Envelope {
  const { title, status, description, url } = event;
  const labels = labelsOf(event);
  const fingerprint = fingerprintOf(event);
  return {
    status,
    receiver: EVENT,
    groupLabels: { alertname: labels.alertname ?? title, dedup_key: event.dedup_key ?? fingerprint },
    truncatedAlerts: 0,
    alerts: [
      {
        status,
        fingerprint,
        labels,
        annotations: { summary: title, ...(description == null ? {} : { description }) },
        startsAt: new Date(startsAt).toISOString(),
        endsAt: status === 'firing' ? null : new Date(endsAt).toISOString(),
        generatorURL: url ?? '',
      },
    ],
  };
}

/** As its alert has them. */
export function labelsOf({ title, severity, service, labels }: PlainEvent): Labels {
  return {
    alertname: title,
    ...labels,
    ...(severity == null ? {} : { severity }),
    ...(service == null ? {} : { service }),
  };
}

function refused(field: string, message: string): EventRead {
  return { kind: 'refused', field, message };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

function isHttp(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url);
}
