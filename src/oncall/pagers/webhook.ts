import { createHmac } from 'node:crypto';
import type { HttpClient } from '../../core/http.ts';
import { askVendor, failureOf } from './answer.ts';
import { cleanLine } from './clean-line.ts';
import { type PageCall, sentenceOf } from './page-call.ts';
import type { OutgoingPage, Pager, SendResult } from './pager.ts';
import { headline, onTheHost } from './words.ts';

export interface WebhookOptions {
  readonly http: HttpClient;
  readonly timeoutMs: number;
  /** Epoch milliseconds; stands in the signature. */
  readonly now: () => number;
}

const CONCURRENCY = 8;

/**
 * Pages by a signed POST to an address of the person or contact. The receiver takes the HMAC-SHA256 of
 * `<timestamp>.<body>` with the shared secret, compares it with `X-Gianna-Signature: v1=<hex>`, and refuses a timestamp
 * that is minutes old. `Idempotency-Key` is the same however often a page is tried.
 */
export function createWebhookPager({ http, timeoutMs, now }: WebhookOptions): Pager {
  async function send(page: OutgoingPage): Promise<SendResult> {
    const { address } = page;
    if (address.kind !== 'webhook') return { kind: 'refused', error: 'no_address' };
    const body = JSON.stringify(bodyOf(page));
    const timestamp = String(Math.floor(now() / 1000));
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': page.key,
      'x-gianna-timestamp': timestamp,
      ...(address.secret === null ? {} : { 'x-gianna-signature': signatureOf(address.secret, timestamp, body) }),
    };
    const post = () =>
      http.post(address.url, body, { headers, validateStatus: () => true, transformRequest: (text) => text });
    const answer = await askVendor(post, timeoutMs);
    if (answer.kind !== 'answer' || answer.status < 200 || answer.status > 299) return failureOf('webhook', answer);
    return { kind: 'sent', reference: null, isFinal: true };
  }
  return { means: 'webhook', concurrency: CONCURRENCY, send };
}

/** `v1=<hex>`: HMAC-SHA256 of `<timestamp>.<body>`. */
function signatureOf(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

function bodyOf({ person, words }: OutgoingPage): object {
  return {
    event: words.isTest ? 'page.test' : 'page',
    incident: words.incident,
    severity: words.severity,
    title: cleanLine(words.title),
    text: headline(words),
    service: words.service,
    since: new Date(words.since).toISOString(),
    person,
    next: words.next,
    ...asksOf(words.call),
    others: (words.others ?? []).map(({ incident, severity, title, call }) => ({
      incident,
      severity,
      title: cleanLine(title),
      ...asksOf(call),
    })),
    acknowledge: { url: words.ackUrl, or: onTheHost(words) },
  };
}

/** What a page beside the policy asks; one of the policy has no such field. */
function asksOf(call: PageCall | undefined): object {
  if (call === undefined) return {};
  const { why, by, message, answer } = call;
  return { asks: { why, text: sentenceOf(call), by, message, answer } };
}
