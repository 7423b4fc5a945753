import type { OutgoingPage, Pager, SendResult } from './pager.ts';
import { stateOf, type Twilio, toE164 } from './twilio.ts';
import { smsText } from './words.ts';

const CONCURRENCY = 4;
/** A page that the network has not taken by then is no page any more. */
const VALID_SECONDS = '600';

/** Pages by SMS. Before a page is sent again, the messages to that number are looked through for its very text. */
export function createSmsPager(twilio: Twilio): Pager {
  async function send({ address, words, mayBeThere }: OutgoingPage): Promise<SendResult> {
    const to = address.kind === 'phone' ? toE164(address.value) : null;
    if (to === null) return { kind: 'refused', error: 'phone_not_international' };
    const body = smsText(words);
    if (mayBeThere) {
      const found = await twilio.list('Messages', to).catch(() => null);
      if (found === null) return { kind: 'later', error: 'twilio_unreadable', mayBeThere: true };
      const same = found.find((message) => message.body === body);
      if (same !== undefined) return { kind: 'sent', reference: same.sid, isFinal: false };
    }
    return twilio.create('Messages', { To: to, Body: body, ValidityPeriod: VALID_SECONDS });
  }
  return {
    means: 'sms',
    concurrency: CONCURRENCY,
    send,
    deliveryOf: async (sid) => stateOf(await twilio.statusOf('Messages', sid)),
  };
}
