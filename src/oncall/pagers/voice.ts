import type { OutgoingPage, Pager, SendResult } from './pager.ts';
import { stateOf, type Twilio, toE164 } from './twilio.ts';
import { callTwiml } from './words.ts';

const CONCURRENCY = 2;
/** How long it rings, in seconds. */
const RINGS = '45';
const LONGEST_CALL = '120';
/** Clocks of two machines differ a little. */
const CLOCK_SKEW_MS = 5000;

/**
 * Pages by a call that speaks. Twilio keeps no text of a call: when an answer was lost, a call to that number that
 * began after the page was asked for is taken for ours.
 */
export function createVoicePager(twilio: Twilio): Pager {
  async function send(page: OutgoingPage): Promise<SendResult> {
    const { address, words } = page;
    const to = address.kind === 'phone' ? toE164(address.value) : null;
    if (to === null) return { kind: 'refused', error: 'phone_not_international' };
    if (page.mayBeThere) {
      const found = await twilio.list('Calls', to).catch(() => null);
      if (found === null) return { kind: 'later', error: 'twilio_unreadable', mayBeThere: true };
      const since = page.askedAt - CLOCK_SKEW_MS;
      const ours = found.find((call) => Date.parse(call.date_created ?? '') >= since);
      if (ours !== undefined) return { kind: 'sent', reference: ours.sid, isFinal: false };
    }
    return twilio.create('Calls', { To: to, Twiml: callTwiml(words), Timeout: RINGS, TimeLimit: LONGEST_CALL });
  }
  return {
    means: 'voice',
    concurrency: CONCURRENCY,
    send,
    deliveryOf: async (sid) => stateOf(await twilio.statusOf('Calls', sid)),
  };
}
