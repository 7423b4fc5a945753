import type { Severity } from '../../core/config/config.ts';
import type { HttpClient } from '../../core/http.ts';
import { askVendor, failureOf } from './answer.ts';
import { sentenceOf } from './page-call.ts';
import type { OutgoingPage, Pager, SendResult } from './pager.ts';
import { headline } from './words.ts';

export interface PagerDutyOptions {
  readonly http: HttpClient;
  readonly timeoutMs: number;
  readonly routingKey: string;
  readonly apiUrl: string;
  /** Base of links to us; null: none. */
  readonly publicUrl: string | null;
}

/** The Events API v2: a page triggers, what happens here follows. One alert an incident, by its dedup_key. */
export interface PagerDuty extends Pager {
  /** Tells that the incident was acknowledged or resolved here. */
  update(incident: string, action: 'acknowledge' | 'resolve'): Promise<SendResult>;
}

const CONCURRENCY = 4;
const LONGEST_SUMMARY = 1024;
const SEVERITY: Readonly<Record<Severity, string>> = { P0: 'critical', P1: 'error', P2: 'warning', P3: 'info' };

/** Pages by PagerDuty. Asking twice is harmless: the same dedup_key is the same alert there. */
export function createPagerDuty(options: PagerDutyOptions): PagerDuty {
  const { http, timeoutMs, routingKey } = options;

  async function enqueue(event: object): Promise<SendResult> {
    const url = `${options.apiUrl}/v2/enqueue`;
    const post = () => http.post(url, { routing_key: routingKey, ...event }, { validateStatus: () => true });
    const answer = await askVendor(post, timeoutMs);
    if (answer.kind !== 'answer' || answer.status !== 202) return failureOf('pagerduty', answer);
    return { kind: 'sent', reference: dedupKeyIn(answer.body), isFinal: true };
  }

  function send({ words, address }: OutgoingPage): Promise<SendResult> {
    if (address.kind !== 'pagerduty') return Promise.resolve({ kind: 'refused', error: 'no_address' });
    return enqueue({
      event_action: 'trigger',
      dedup_key: dedupKeyOf(words.incident),
      client: 'Gianna Ops',
      ...(options.publicUrl === null ? {} : { client_url: options.publicUrl }),
      ...(words.ackUrl === null ? {} : { links: [{ href: words.ackUrl, text: `Acknowledge ${words.incident}` }] }),
      payload: {
        summary: headline(words).slice(0, LONGEST_SUMMARY),
        source: words.service ?? 'gianna-ops',
        severity: SEVERITY[words.severity],
        timestamp: new Date(words.since).toISOString(),
        custom_details: {
          incident: words.incident,
          severity: words.severity,
          next: words.next,
          test: words.isTest,
          ...(words.call === undefined ? {} : { asks: sentenceOf(words.call) }),
        },
      },
    });
  }
  return {
    means: 'pagerduty',
    concurrency: CONCURRENCY,
    send,
    update: (incident, event_action) => enqueue({ event_action, dedup_key: dedupKeyOf(incident) }),
  };
}

function dedupKeyOf(incident: string): string {
  return `gianna-ops/${incident}`;
}

function dedupKeyIn(body: unknown): string | null {
  const key = typeof body === 'object' && body !== null && 'dedup_key' in body ? body.dedup_key : null;
  return typeof key === 'string' ? key : null;
}
