import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttp } from '../../../src/core/http.ts';
import type { OutgoingPage } from '../../../src/oncall/pagers/pager.ts';
import { createSmsPager } from '../../../src/oncall/pagers/sms.ts';
import { createTwilio, toE164 } from '../../../src/oncall/pagers/twilio.ts';
import { createVoicePager } from '../../../src/oncall/pagers/voice.ts';
import { startTwilio, type TwilioStandIn } from '../../support/twilio-stand-in.ts';
import { twilioSdk } from '../../support/vendor-sdks.ts';

const FROM = '+15550100';
const TIMEOUT_MS = 2000;

function page(change: Partial<OutgoingPage> = {}): OutgoingPage {
  const words = {
    incident: 'GI-42',
    severity: 'P0',
    title: 'Database is down',
    service: null,
    since: 0,
    now: 0,
    next: null,
    ackUrl: null,
    isTest: false,
  } as const;
  const address = { kind: 'phone', value: '+1-555-0123456' } as const;
  return { key: 'page|1', person: 'ana', address, words, askedAt: Date.now() - 1000, mayBeThere: false, ...change };
}

describe('pages by Twilio', () => {
  let twilio: TwilioStandIn;
  beforeEach(async () => {
    twilio = await startTwilio();
  });
  afterEach(async () => {
    await twilio.stop();
    expect(twilio.complaints).toEqual([]);
  });

  function client(authToken = twilio.authToken) {
    const http = createHttp({ timeoutMs: TIMEOUT_MS });
    const { accountSid, url: apiUrl } = twilio;
    return createTwilio({ http, timeoutMs: TIMEOUT_MS, accountSid, authToken, from: FROM, apiUrl });
  }

  it('is spoken to in the same way as by the vendor SDK: messages', async () => {
    const message = await twilioSdk(twilio).messages.create({
      to: '+15550123456',
      from: FROM,
      body: 'hello',
      validityPeriod: 600,
    });
    const sent = await createSmsPager(client()).send(page());

    expect(sent).toEqual({ kind: 'sent', reference: expect.stringMatching(/^SM/), isFinal: false });
    const listed = await twilioSdk(twilio).messages.list({ to: '+15550123456', limit: 10 });
    expect(listed.map(({ sid, status }) => [sid, status])).toEqual([
      [sent.kind === 'sent' ? sent.reference : null, 'queued'],
      [message.sid, 'queued'],
    ]);
    expect((await twilioSdk(twilio).messages(message.sid).fetch()).body).toBe('hello');
    expect(twilio.messages[0]?.form).toEqual({
      To: '+15550123456',
      From: FROM,
      Body: 'P0 GI-42 Database is down since 00:00Z\nAck on the host: gianna-ops ack GI-42',
      ValidityPeriod: '600',
    });
  });

  it('is spoken to in the same way as by the vendor SDK: calls', async () => {
    const call = await twilioSdk(twilio).calls.create({
      to: '+15550123456',
      from: FROM,
      twiml: '<Response><Say>x</Say></Response>',
    });
    const sent = await createVoicePager(client()).send(page());

    expect(sent).toEqual({ kind: 'sent', reference: expect.stringMatching(/^CA/), isFinal: false });
    expect((await twilioSdk(twilio).calls(call.sid).fetch()).status).toBe('queued');
    expect((await twilioSdk(twilio).calls.list({ to: '+15550123456' })).length).toBe(2);
    expect(twilio.calls[0]?.form.Twiml).toMatch(
      /^<Response><Say>.*<\/Say><Pause length="2"\/><Say>.*<\/Say><\/Response>$/,
    );
  });

  it('tells what became of a message and of a call', async () => {
    const sms = createSmsPager(client());
    const voice = createVoicePager(client());
    const [message, call] = [await sms.send(page()), await voice.send(page())];
    const [sid, callSid] = [message, call].map((sent) => (sent.kind === 'sent' ? (sent.reference ?? '') : ''));

    expect(await sms.deliveryOf?.(sid ?? '')).toEqual({ kind: 'pending' });
    for (const record of twilio.messages) record.status = 'delivered';
    for (const record of twilio.calls) record.status = 'no-answer';
    expect(await sms.deliveryOf?.(sid ?? '')).toEqual({ kind: 'delivered', detail: 'delivered' });
    expect(await voice.deliveryOf?.(callSid ?? '')).toEqual({ kind: 'undelivered', detail: 'no-answer' });
  });

  it('finds a message whose answer was lost instead of sending it twice', async () => {
    twilio.failNext({ kind: 'take-and-drop' });
    const sms = createSmsPager(client());

    const lost = await sms.send(page());
    const again = await sms.send(page({ mayBeThere: true }));

    expect(lost).toMatchObject({ kind: 'later', mayBeThere: true });
    expect(again).toEqual({ kind: 'sent', reference: twilio.messages[0]?.sid, isFinal: false });
    expect(twilio.messages).toHaveLength(1);
  });

  it('finds a call whose answer was lost, but takes no older one for it', async () => {
    const voice = createVoicePager(client());
    twilio.failNext({ kind: 'take-and-drop' });
    await voice.send(page());

    const again = await voice.send(page({ mayBeThere: true }));
    const later = await voice.send(page({ mayBeThere: true, askedAt: Date.now() + 60_000 }));

    expect(again).toMatchObject({ kind: 'sent', reference: twilio.calls[1]?.sid });
    expect(later).toMatchObject({ kind: 'sent', reference: twilio.calls[0]?.sid });
    expect(twilio.calls).toHaveLength(2);
  });

  it('sends again what was looked for and is not there', async () => {
    twilio.failNext({ kind: 'drop' });
    const sms = createSmsPager(client());
    const lost = await sms.send(page());

    const again = await sms.send(page({ mayBeThere: true }));

    expect(lost.kind).toBe('later');
    expect(again.kind).toBe('sent');
    expect(twilio.messages).toHaveLength(1);
  });

  it.each([
    [
      { kind: 'refuse', status: 400, code: 21211 },
      { kind: 'refused', error: 'twilio_21211' },
    ],
    [
      { kind: 'refuse', status: 429, code: 20429 },
      { kind: 'later', error: 'twilio_20429', mayBeThere: false },
    ],
    [
      { kind: 'refuse', status: 503, code: 20503 },
      { kind: 'later', error: 'twilio_20503', mayBeThere: true },
    ],
  ] as const)('reads %j as %j', async (fault, expected) => {
    twilio.failNext(fault);

    expect(await createSmsPager(client()).send(page())).toEqual(expected);
  });

  it('is refused for good with a wrong token, and never says it', async () => {
    const result = await createSmsPager(client('wrong-token')).send(page());

    expect(result).toEqual({ kind: 'refused', error: 'twilio_20003' });
  });

  it('refuses a number that is not in international form without asking', async () => {
    const result = await createSmsPager(client()).send(page({ address: { kind: 'phone', value: '0555 0123' } }));

    expect(result).toEqual({ kind: 'refused', error: 'phone_not_international' });
    expect(twilio.requests).toEqual([]);
  });

  it.each([
    ['+1-555-0123', '+15550123'],
    ['+55 (11) 91234-5678', '+5511912345678'],
    ['0800 123 456', null],
    ['+0 123 456 789', null],
  ])('writes %s as %s', (written, expected) => {
    expect(toE164(written)).toBe(expected);
  });
});
