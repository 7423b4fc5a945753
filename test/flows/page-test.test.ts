import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor, Outcome } from '../../src/core/command.ts';
import { readPageTest } from '../../src/oncall/pagers/page-test-json.ts';
import { testConfig } from '../support/config.ts';
import { openPagerWorld, type PagerWorld } from '../support/pager-world.ts';
import { startTwilio, type TwilioStandIn } from '../support/twilio-stand-in.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

describe('page me now', () => {
  let twilio: TwilioStandIn;
  let receiver: WebhookReceiver;
  let world: PagerWorld;
  beforeEach(async () => {
    [twilio, receiver] = [await startTwilio(), await startWebhookReceiver('secret', () => world.clock.now())];
    const config = testConfig();
    const { ana } = config.oncall.people;
    if (ana === undefined) throw new Error('no ana');
    const people = { ...config.oncall.people, ana: { ...ana, webhook: { url: receiver.url, secret: 'secret' } } };
    const caps = { ...config.oncall.paging.caps, voice: { perHour: 1, perDay: 1 } };
    const { accountSid, authToken, url: apiUrl } = twilio;
    world = await openPagerWorld({
      config: { ...config, oncall: { ...config.oncall, people, paging: { caps } } },
      means: { twilio: { accountSid, authToken, from: '+15550100', apiUrl } },
    });
  });
  afterEach(async () => {
    await world.verifyAndRemove();
    await Promise.all([twilio.stop(), receiver.stop()]);
    expect(twilio.complaints).toEqual([]);
  });

  const ask = (person: string, by: string[] = [], actor: Actor = 'local'): Promise<Outcome> =>
    world.submit({ v: 1, verb: 'page-test', by: actor, at: world.clock.now(), via: 'cli', args: { person, by } });
  const rows = async (id: string) => (await readPageTest(world.journal(), id)) ?? [];
  const deliveries = async (id: string) =>
    (await rows(id)).map(({ means, delivery, error }) => [means, delivery, error]);

  it('pages by each means of the person, marked as a test, and says what became of each', async () => {
    const outcome = await ask('ana');
    await world.until(() => twilio.messages.length === 1 && twilio.calls.length === 1);
    for (const record of twilio.messages) record.status = 'delivered';
    for (const record of twilio.calls) record.status = 'no-answer';
    await world.until(
      async () => (await rows('TEST-1')).filter(({ delivery }) => delivery !== 'waiting').length === 3,
      {
        ms: 500,
        most: 400,
      },
    );

    expect(outcome).toMatchObject({
      kind: 'done',
      text: 'TEST-1 pages ana by dm, sms, voice, webhook.',
      pageTest: 'TEST-1',
    });
    expect(await deliveries('TEST-1')).toEqual([
      ['dm', 'waiting', null],
      ['sms', 'delivered', null],
      ['voice', 'undelivered', 'no-answer'],
      ['webhook', 'sent', null],
    ]);
    expect(twilio.messages[0]?.form.Body).toMatch(/^TEST P3 TEST-1 .*Nothing to do\.$/s);
    expect(twilio.calls[0]?.form.Twiml).toContain('This is a test page from Gianna Ops');
    expect(receiver.received[0]).toMatchObject({
      verdict: 'genuine',
      body: { event: 'page.test', incident: 'TEST-1' },
    });
  });

  it('pages by the means that were named alone, and counts in their caps', async () => {
    const over = async (id: string) => (await rows(id)).every(({ delivery }) => delivery !== 'waiting');
    await ask('ana', ['voice']);
    await world.until(() => twilio.calls.length === 1);
    for (const record of twilio.calls) record.status = 'completed';
    await world.until(() => over('TEST-1'), { ms: 500, most: 400 });
    await ask('ana', ['voice']);
    await world.until(() => over('TEST-2'), { ms: 500, most: 400 });

    expect(await deliveries('TEST-1')).toEqual([['voice', 'delivered', null]]);
    expect(await deliveries('TEST-2')).toEqual([['voice', 'failed', 'cap-reached']]);
    expect(twilio.messages).toEqual([]);
  });

  it.each([
    ['nobody', [], 'local', 'PERSON_UNKNOWN'],
    ['ana', ['email'], 'local', 'MEANS_MISSING'],
    ['ana', ['pigeon'], 'local', 'MEANS_MISSING'],
    ['ben', ['sms'], 'local', 'MEANS_MISSING'],
    ['ana', [], 'slack:U03BEN', 'NOT_YOURSELF'],
  ] as const)('refuses %s by %j for %s', async (person, by, actor, code) => {
    expect(await ask(person, [...by], actor)).toMatchObject({ kind: 'refused', code });
    expect(await world.effects('page-test')).toEqual([]);
  });

  it('may be asked for by the person, from any of their accounts', async () => {
    expect((await ask('ben', ['dm'], 'slack:U03BEN')).kind).toBe('done');
    expect((await world.effects('notice')).map(({ key }) => key)).toEqual(['notice|page-test|TEST-1']);
  });
});
