import { createHmac, timingSafeEqual } from 'node:crypto';

/** Largest difference of clocks that a signed request may have, both ways, in seconds. */
export const LARGEST_SKEW_SECONDS = 300;

export interface SignedRequest {
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  readonly body: Uint8Array;
}

export type SignatureVerdict =
  | { readonly kind: 'good' }
  | { readonly kind: 'bad'; readonly reason: 'unsigned' | 'malformed' | 'stale' | 'future' | 'mismatch' };

/**
 * Checks a request's signature `v0=<hmac>` over `v0:<timestamp>:<body>` (docs.slack.dev, Verifying requests from Slack),
 * and that its time is within 5 minutes of `nowMs` both ways: Bolt's own check lets the future through.
 */
export function verifySignature(request: SignedRequest, signingSecret: string, nowMs: number): SignatureVerdict {
  if (request.timestamp === undefined || request.signature === undefined) return { kind: 'bad', reason: 'unsigned' };
  if (!/^\d{1,12}$/.test(request.timestamp) || !/^v0=[0-9a-f]{64}$/.test(request.signature)) {
    return { kind: 'bad', reason: 'malformed' };
  }
  const ageSeconds = nowMs / 1000 - Number(request.timestamp);
  if (ageSeconds > LARGEST_SKEW_SECONDS) return { kind: 'bad', reason: 'stale' };
  if (ageSeconds < -LARGEST_SKEW_SECONDS) return { kind: 'bad', reason: 'future' };
  const expected = createHmac('sha256', signingSecret).update(`v0:${request.timestamp}:`).update(request.body).digest();
  const given = Buffer.from(request.signature.slice(3), 'hex');
  return timingSafeEqual(expected, given) ? { kind: 'good' } : { kind: 'bad', reason: 'mismatch' };
}
