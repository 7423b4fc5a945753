import { whyNoAnswer } from '../../core/http.ts';
import type { SendResult } from './pager.ts';

/** What an HTTP vendor answered; `status` null: nothing came back. */
export type VendorAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'none'; readonly why: string; readonly mayBeThere: boolean };

/** Never reached anybody: the connection was not even made. */
const NOT_REACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Asks once; an answer of any status is an answer. */
export async function askVendor(
  ask: () => Promise<{ readonly status: number; readonly data: unknown }>,
  timeoutMs: number,
): Promise<VendorAnswer> {
  try {
    const { status, data } = await ask();
    return { kind: 'answer', status, body: data };
  } catch (error) {
    const why = whyNoAnswer(error, timeoutMs);
    return { kind: 'none', why: codeOf(why), mayBeThere: !NOT_REACHED.has(why) };
  }
}

/**
 * What follows from an answer that is no success: too many requests, time-outs and faults of the other side pass by;
 * every other refusal stays. A 5xx may have been said after the page was taken.
 */
export function failureOf(vendor: string, answer: VendorAnswer): Exclude<SendResult, { kind: 'sent' }> {
  if (answer.kind === 'none') {
    return { kind: 'later', error: `${vendor}_${answer.why}`, mayBeThere: answer.mayBeThere };
  }
  const error = `${vendor}_${answer.status}`;
  if (answer.status === 429 || answer.status === 408) return { kind: 'later', error, mayBeThere: false };
  if (answer.status >= 500) return { kind: 'later', error, mayBeThere: true };
  return { kind: 'refused', error };
}

function codeOf(why: string): string {
  return why.startsWith('no answer') ? 'no_answer' : why.toLowerCase();
}
