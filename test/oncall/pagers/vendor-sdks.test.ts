import type { CallListInstanceCreateOptions } from 'twilio/lib/rest/api/v2010/account/call.js';
import type { MessageListInstanceCreateOptions } from 'twilio/lib/rest/api/v2010/account/message.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PAGERDUTY_KEY, type PagerDutyStandIn, startPagerDuty } from '../../support/pagerduty-stand-in.ts';
import { startTwilio, type TwilioStandIn } from '../../support/twilio-stand-in.ts';
import { pagerDutySdkEvent, twilioSdk } from '../../support/vendor-sdks.ts';

const TO = '+15550123456';
const FROM = '+15550100';
const CALLBACK = 'https://ops.company.com/callback';

/** Everything that the published rules know of a message, and their SDK can say. */
const MESSAGE = {
  to: TO,
  from: FROM,
  body: 'Database is down 👍',
  statusCallback: CALLBACK,
  applicationSid: `AP${'0'.repeat(32)}`,
  maxPrice: 0.05,
  provideFeedback: true,
  attempt: 1,
  validityPeriod: 600,
  forceDelivery: false,
  contentRetention: 'discard',
  addressRetention: 'obfuscate',
  smartEncoded: true,
  persistentAction: ['mailto:ana@company.com'],
  shortenUrls: false,
  scheduleType: 'fixed',
  sendAt: new Date(Date.UTC(2026, 10, 23, 14)),
  sendAsMms: false,
  contentVariables: '{}',
  riskCheck: 'disable',
  messagingServiceSid: `MG${'0'.repeat(32)}`,
  mediaUrl: ['https://ops.company.com/chart.png'],
  contentSid: `HX${'0'.repeat(32)}`,
} satisfies MessageListInstanceCreateOptions;

/** The same of a call. */
const CALL = {
  to: TO,
  from: FROM,
  twiml: '<Response><Say>x</Say></Response>',
  url: CALLBACK,
  applicationSid: `AP${'0'.repeat(32)}`,
  method: 'POST',
  fallbackUrl: CALLBACK,
  fallbackMethod: 'GET',
  statusCallback: CALLBACK,
  statusCallbackEvent: ['completed'],
  statusCallbackMethod: 'POST',
  sendDigits: 'ww1234#',
  timeout: 45,
  record: false,
  recordingChannels: 'mono',
  recordingStatusCallback: CALLBACK,
  recordingStatusCallbackMethod: 'POST',
  sipAuthUsername: 'u',
  sipAuthPassword: 'p',
  machineDetection: 'Enable',
  machineDetectionTimeout: 30,
  recordingStatusCallbackEvent: ['completed'],
  trim: 'do-not-trim',
  callerId: FROM,
  machineDetectionSpeechThreshold: 2400,
  machineDetectionSpeechEndThreshold: 1200,
  machineDetectionSilenceTimeout: 5000,
  asyncAmd: 'true',
  asyncAmdStatusCallback: CALLBACK,
  asyncAmdStatusCallbackMethod: 'POST',
  byoc: `BY${'0'.repeat(32)}`,
  callReason: 'page',
  callToken: 'token',
  recordingTrack: 'both',
  timeLimit: 120,
} satisfies CallListInstanceCreateOptions;

describe("the Twilio stand-in, by Twilio's own SDK", () => {
  let twilio: TwilioStandIn;
  beforeEach(async () => {
    twilio = await startTwilio(() => Date.UTC(2026, 10, 23, 14, 2, 3));
  });
  afterEach(() => twilio.stop());

  it('takes a message with everything that can be said of one, and gives a record that the SDK reads', async () => {
    const message = await twilioSdk(twilio).messages.create(MESSAGE);

    expect(twilio.complaints).toEqual([]);
    expect(message).toMatchObject({ sid: twilio.messages[0]?.sid, status: 'queued', to: TO, from: FROM });
    expect(message).toMatchObject({ body: MESSAGE.body, direction: 'outbound-api', errorCode: null, numMedia: '0' });
    expect(message.dateCreated.toISOString()).toBe('2026-11-23T14:02:03.000Z');
  });

  it('takes a call with everything that can be said of one, and gives a record that the SDK reads', async () => {
    const call = await twilioSdk(twilio).calls.create(CALL);

    expect(twilio.complaints).toEqual([]);
    expect(call).toMatchObject({ sid: twilio.calls[0]?.sid, status: 'queued', to: TO, direction: 'outbound-api' });
    expect(call.dateCreated.toISOString()).toBe('2026-11-23T14:02:03.000Z');
    expect((await twilioSdk(twilio).calls(call.sid).fetch()).queueTime).toBe('0');
  });

  it('is walked through page by page, the newest first', async () => {
    const { messages } = twilioSdk(twilio);
    for (const body of ['one', 'two', 'three']) await messages.create({ to: TO, from: FROM, body });
    await messages.create({ to: '+15550999', from: FROM, body: 'to another number' });
    const before = twilio.requests.length;

    const listed = await messages.list({ to: TO, pageSize: 2 });

    expect(listed.map(({ body }) => body)).toEqual(['three', 'two', 'one']);
    expect(twilio.requests.slice(before)).toEqual(['GET Messages', 'GET Messages']);
    expect(twilio.complaints).toEqual([]);
  });

  it.each([
    ['a number that is none', { to: '0555', from: FROM, body: 'x' }, 'To'],
    ['a body that is too long', { to: TO, from: FROM, body: 'x'.repeat(1601) }, 'Body'],
    ['no sender', { to: TO, body: 'x' }, 'From'],
    ['nothing to say', { to: TO, from: FROM }, 'Body'],
  ])('refuses %s in the way that the SDK understands', async (_what, options, field) => {
    const refused = { status: 400, code: 21211, message: expect.stringContaining(field) };

    await expect(twilioSdk(twilio).messages.create(options)).rejects.toMatchObject(refused);
    expect(twilio.messages).toEqual([]);
  });

  it('knows no other account, and no message that is none', async () => {
    const { messages } = twilioSdk(twilio);

    await expect(twilioSdk(twilio, 'wrong').messages.list()).rejects.toMatchObject({ status: 401, code: 20003 });
    await expect(messages(`SM${'0'.repeat(32)}`).fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
  });
});

describe("the PagerDuty stand-in, by PagerDuty's own SDK", () => {
  let pagerDuty: PagerDutyStandIn;
  beforeEach(async () => {
    pagerDuty = await startPagerDuty();
  });
  afterEach(() => pagerDuty.stop());

  const about = { routing_key: PAGERDUTY_KEY, dedup_key: 'gianna-ops/GI-42' };
  const payload = {
    summary: 'Database is down',
    source: 'gianna',
    severity: 'critical' as const,
    timestamp: '2026-11-23T14:02:03.000Z',
    component: 'database',
    group: 'production',
    class: 'connections',
    custom_details: { free: '1%' },
  };

  it('takes an event with everything that can be said of one, and follows it to its end', async () => {
    const links = [{ href: 'https://ops.company.com/a/x', text: 'Acknowledge GI-42' }];
    const images = [{ src: 'https://ops.company.com/chart.png', href: 'https://ops.company.com', alt: 'chart' }];
    const client = { client: 'Gianna Ops', client_url: 'https://ops.company.com' };

    const triggered = await pagerDutySdkEvent(pagerDuty, {
      ...about,
      event_action: 'trigger',
      payload,
      links,
      images,
      ...client,
    });
    const states = [pagerDuty.alerts.get(about.dedup_key)];
    for (const event_action of ['acknowledge', 'resolve'] as const) {
      await pagerDutySdkEvent(pagerDuty, { ...about, event_action } as never);
      states.push(pagerDuty.alerts.get(about.dedup_key));
    }

    expect(triggered.response.status).toBe(202);
    expect(triggered.data).toEqual({ status: 'success', message: 'Event processed', dedup_key: about.dedup_key });
    expect(states).toEqual(['triggered', 'acknowledged', 'resolved']);
    expect(pagerDuty.complaints).toEqual([]);
  });

  it.each([
    ['another key', { routing_key: 'f'.repeat(32) }, 'routing_key'],
    ['a severity of another trade', { payload: { ...payload, severity: 'P0' } }, 'payload.severity'],
    ['nothing to say', { payload: undefined }, 'payload'],
    ['a name that is none', { urgency: 'high' }, 'urgency'],
  ])('refuses %s, and says so', async (_what, change, field) => {
    const wrong = { ...about, event_action: 'trigger', payload, ...change } as never;

    const refused = await pagerDutySdkEvent(pagerDuty, wrong);

    expect(refused.response.status).toBe(400);
    expect(refused.data).toMatchObject({ status: 'invalid event', errors: [expect.stringContaining(field)] });
    expect(pagerDuty.events).toEqual([]);
  });
});
