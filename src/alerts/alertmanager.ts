/**
 * The border to Alertmanager's API v2 (openapi.yaml of Alertmanager, /api/v2). One client for a cluster: reading asks
 * each address in turn until one answers; what it says is checked here and tolerant of unknown fields.
 *
 * Sample alert: {"annotations":{},"endsAt":"2026-11-22T14:05:00Z","fingerprint":"c0ffee","receivers":[{"name":"ops"}],
 *  "startsAt":"2026-11-22T14:00:00Z","status":{"inhibitedBy":[],"silencedBy":[],"state":"active"},
 *  "updatedAt":"2026-11-22T14:00:00Z","generatorURL":"","labels":{"alertname":"X"}}
 * Sample silence: {"id":"…","status":{"state":"active"},"updatedAt":"…","comment":"why","createdBy":"ana",
 *  "startsAt":"…","endsAt":"…","matchers":[{"name":"alertname","value":"X","isRegex":false,"isEqual":true}]}
 */
import { setImmediate as breathe } from 'node:timers/promises';
import * as z from 'zod';
import type { UpstreamConfig } from '../core/config/config.ts';
import { OpsError, transient } from '../core/errors.ts';
import { createHttp, type HttpClient, whyNoAnswer } from '../core/http.ts';
import { upstreamOptions } from '../core/upstream.ts';
import type { Labels } from './payload.ts';

const Strings = z.record(z.string(), z.string());
const GettableAlert = z.object({
  fingerprint: z.string(),
  labels: Strings,
  annotations: Strings.default({}),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  updatedAt: z.iso.datetime({ offset: true }).optional(),
  generatorURL: z.string().optional(),
  receivers: z.array(z.object({ name: z.string() })).default([]),
  status: z.object({
    state: z.enum(['active', 'suppressed', 'unprocessed']),
    silencedBy: z.array(z.string()).default([]),
    inhibitedBy: z.array(z.string()).default([]),
  }),
});
const GettableGroup = z.object({
  labels: Strings,
  receiver: z.object({ name: z.string() }),
  alerts: z.array(z.object({ fingerprint: z.string() })),
});
const Status = z.object({
  uptime: z.iso.datetime({ offset: true }),
  config: z.object({ original: z.string() }),
});
const Matcher = z.object({
  name: z.string(),
  value: z.string(),
  isRegex: z.boolean(),
  isEqual: z.boolean().default(true),
});
const GettableSilence = z.object({
  id: z.string(),
  status: z.object({ state: z.enum(['active', 'pending', 'expired']) }),
  comment: z.string(),
  createdBy: z.string(),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  matchers: z.array(Matcher),
});

/** A matcher of a silence, as Alertmanager means it: regular expressions are anchored. */
export type SilenceMatcher = z.infer<typeof Matcher>;

/** An alert that Alertmanager holds now, times in epoch milliseconds. */
export interface ActiveAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: number;
  readonly endsAt: number;
  /** When it was last told to Alertmanager; null: not said. */
  readonly updatedAt: number | null;
  readonly generatorUrl: string | null;
  /** Receivers that its routes name. */
  readonly receivers: readonly string[];
  /** `suppressed`: silenced or inhibited; it fires all the same. */
  readonly state: 'active' | 'suppressed' | 'unprocessed';
  readonly silencedBy: readonly string[];
}

/** A group in which Alertmanager notifies one receiver. */
export interface HeldGroup {
  readonly receiver: string;
  readonly labels: Labels;
  readonly fingerprints: readonly string[];
}

/** One process of Alertmanager. */
export interface AlertmanagerStatus {
  /** When it started, by its own clock; its alerts are in memory only. */
  readonly startedAt: number;
  /** Its configuration, YAML, without secrets. */
  readonly config: string;
}

/** A silence as Alertmanager holds it, times in epoch milliseconds. */
export interface HeldSilence {
  readonly id: string;
  readonly state: 'active' | 'pending' | 'expired';
  readonly comment: string;
  readonly createdBy: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly matchers: readonly SilenceMatcher[];
}

/** A silence to be made, or changed when it has an id. */
export type NewSilence = Pick<HeldSilence, 'comment' | 'createdBy' | 'startsAt' | 'endsAt' | 'matchers'> & {
  readonly id?: string;
};

export interface AlertmanagerClient {
  /** Every alert that Alertmanager holds, silenced and inhibited ones too. */
  alerts(): Promise<ActiveAlert[]>;
  /** Its groups, each with what fires in it. */
  groups(): Promise<HeldGroup[]>;
  status(): Promise<AlertmanagerStatus>;
  silences(): Promise<HeldSilence[]>;
  /** Makes or changes a silence; resolves with its id (a changed one may get a new id). */
  putSilence(silence: NewSilence): Promise<string>;
  /** Ends a silence now. One that is gone already is fine. */
  expireSilence(id: string): Promise<void>;
}

const TIMEOUT_MS = 5_000;
const PORTION = 250;
/** 100,000 alerts with long annotations. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Makes the client of one Alertmanager or cluster. Failures are the transient ALERTMANAGER_AWAY or ALERTMANAGER_REFUSED. */
export function createAlertmanager(upstream: UpstreamConfig): AlertmanagerClient {
  const http = createHttp({ timeoutMs: TIMEOUT_MS, maxBytes: MOST_BYTES });
  const ask = createAsk(http, upstream);
  return {
    alerts: async () => {
      const data = await ask({ method: 'GET', path: '/api/v2/alerts' });
      return (await readList(GettableAlert, data)).map(toAlert);
    },
    groups: async () => {
      const data = await ask({ method: 'GET', path: '/api/v2/alerts/groups' });
      return (await readList(GettableGroup, data)).map(toGroup);
    },
    status: async () => {
      const { uptime, config } = read(Status, await ask({ method: 'GET', path: '/api/v2/status' }));
      return { startedAt: Date.parse(uptime), config: config.original };
    },
    silences: async () => {
      const data = await ask({ method: 'GET', path: '/api/v2/silences' });
      return read(z.array(GettableSilence), data).map(toSilence);
    },
    putSilence: async (silence) => {
      const data = await ask({ method: 'POST', path: '/api/v2/silences', body: postable(silence) });
      return read(z.object({ silenceID: z.string() }), data).silenceID;
    },
    expireSilence: async (id) => {
      await ask({ method: 'DELETE', path: `/api/v2/silence/${encodeURIComponent(id)}`, fine: [404] });
    },
  };
}

interface Asked {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** Statuses that are no failure. */
  readonly fine?: readonly number[];
}

function createAsk(http: HttpClient, upstream: UpstreamConfig): (asked: Asked) => Promise<unknown> {
  const { urls } = upstream;
  const fixed = { ...upstreamOptions(upstream), validateStatus: () => true };
  return async ({ method, path, body, fine = [] }) => {
    let failure: OpsError | null = null;
    for (const url of urls) {
      try {
        const sent = body === undefined ? {} : { data: body };
        const answer = await http.request({ ...fixed, method, url: `${url}${path}`, ...sent });
        if ((answer.status >= 200 && answer.status < 300) || fine.includes(answer.status)) return answer.data;
        if (answer.status >= 400 && answer.status < 500) throw refused(answer.status, answer.data);
        failure = away(url, `it answered ${answer.status}`);
      } catch (error) {
        if (error instanceof OpsError) throw error;
        failure = away(url, whyNoAnswer(error, TIMEOUT_MS), error);
      }
    }
    throw failure ?? away('', 'no address is configured');
  };
}

/** A list in portions: tens of thousands of alerts must not hold the event loop. */
async function readList<T>(schema: z.ZodType<T>, data: unknown): Promise<T[]> {
  const items = read(z.array(z.unknown()), data);
  const list: T[] = [];
  for (let from = 0; from < items.length; from += PORTION) {
    if (from > 0) await breathe();
    list.push(...read(z.array(schema), items.slice(from, from + PORTION)));
  }
  return list;
}

function read<T>(schema: z.ZodType<T>, data: unknown): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw transient(
    'ALERTMANAGER_UNREADABLE',
    `Alertmanager's answer cannot be read: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
    'Look whether alertmanager.url in routes.yml really is an Alertmanager (API v2).',
  );
}

function away(url: string, what: string, cause?: unknown): OpsError {
  const where = url === '' ? '' : ` at ${new URL(url).host}`;
  return transient(
    'ALERTMANAGER_AWAY',
    `Alertmanager${where} does not answer: ${what}.`,
    'Look at alertmanager: in routes.yml, and at Alertmanager itself.',
    cause,
  );
}

function refused(status: number, data: unknown): OpsError {
  const said = typeof data === 'string' ? `: ${data.slice(0, 200)}` : '';
  return new OpsError({
    code: 'ALERTMANAGER_REFUSED',
    family: 'refusal',
    message: `Alertmanager refused (${status})${said}.`,
    remedy:
      status === 401 || status === 403
        ? 'Look at alertmanager.auth in routes.yml.'
        : 'Nothing was changed; correct what it names.',
  });
}

function toAlert(alert: z.infer<typeof GettableAlert>): ActiveAlert {
  const { fingerprint, labels, annotations, generatorURL, receivers, status } = alert;
  return {
    fingerprint,
    labels,
    annotations,
    startsAt: Date.parse(alert.startsAt),
    endsAt: Date.parse(alert.endsAt),
    updatedAt: alert.updatedAt === undefined ? null : Date.parse(alert.updatedAt),
    generatorUrl: generatorURL === undefined || generatorURL === '' ? null : generatorURL,
    receivers: receivers.map(({ name }) => name),
    state: status.state,
    silencedBy: status.silencedBy,
  };
}

function toGroup({ labels, receiver, alerts }: z.infer<typeof GettableGroup>): HeldGroup {
  return { receiver: receiver.name, labels, fingerprints: alerts.map(({ fingerprint }) => fingerprint) };
}

function toSilence(silence: z.infer<typeof GettableSilence>): HeldSilence {
  const { id, status, comment, createdBy, matchers } = silence;
  const times = { startsAt: Date.parse(silence.startsAt), endsAt: Date.parse(silence.endsAt) };
  return { id, state: status.state, comment, createdBy, matchers, ...times };
}

function postable({ startsAt, endsAt, ...rest }: NewSilence): object {
  return { ...rest, startsAt: new Date(startsAt).toISOString(), endsAt: new Date(endsAt).toISOString() };
}
