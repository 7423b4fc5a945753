import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config, Means, PagingCaps } from '../../src/core/config/config.ts';
import { readPaged } from '../../src/oncall/proof/paged.ts';
import { testConfig } from '../support/config.ts';
import { openPagerWorld, type PagerWorld } from '../support/pager-world.ts';
import { PAGERDUTY_KEY, type PagerDutyStandIn, startPagerDuty } from '../support/pagerduty-stand-in.ts';
import { startTwilio, type TwilioStandIn } from '../support/twilio-stand-in.ts';

const ALERT = { labels: { alertname: 'DatabaseDown', severity: 'critical', component: 'application' } };
const alertNamed = (alertname: string, component: string) => {
  return { fingerprint: alertname, labels: { alertname, severity: 'critical', component } };
};
const SECOND = { ms: 1000, most: 400 };

/** One level that pages ana by the given means; ana's Slack is away in these stories, so nothing closes those pages. */
function configOf(by: Means[], caps: Partial<PagingCaps> = {}): Config {
  const config = testConfig();
  const level = { afterSeconds: 0, notify: [{ kind: 'person', name: 'ana' } as const], by };
  const policy = { ...config.severities.P0, levels: [level], repeat: null };
  const paging = { caps: { ...config.oncall.paging.caps, ...caps } };
  const severities = { ...config.severities, P0: policy, P1: { ...policy, name: 'High' } };
  return { ...config, severities, oncall: { ...config.oncall, paging } };
}

describe('a page by another means than Slack', () => {
  let twilio: TwilioStandIn;
  let pagerDuty: PagerDutyStandIn;
  let world: PagerWorld;
  beforeEach(async () => {
    [twilio, pagerDuty] = [await startTwilio(), await startPagerDuty()];
  });
  afterEach(async () => {
    await world.verifyAndRemove();
    await Promise.all([twilio.stop(), pagerDuty.stop()]);
    expect([...twilio.complaints, ...pagerDuty.complaints]).toEqual([]);
  });

  async function open(config: Config): Promise<void> {
    const { accountSid, authToken, url: apiUrl } = twilio;
    world = await openPagerWorld({
      config,
      means: {
        twilio: { accountSid, authToken, from: '+15550100', apiUrl },
        pagerduty: { routingKey: PAGERDUTY_KEY, apiUrl: pagerDuty.url },
      },
    });
  }
  const closed = async (kind: string) => (await world.effects(kind)).every(({ closedAt }) => closedAt !== null);
  const eventsOf = async (type: string) => (await world.events('GI-1')).filter((event) => event.type === type);

  it('goes out, and what became of it stands in the timeline', async () => {
    await open(configOf(['sms', 'voice']));
    await world.deliver([ALERT]);
    await world.until(() => twilio.messages.length === 1 && twilio.calls.length === 1);

    for (const record of twilio.messages) record.status = 'delivered';
    for (const record of twilio.calls) record.status = 'busy';
    await world.until(async () => (await eventsOf('page.undelivered')).length === 1, SECOND);
    await world.until(async () => (await eventsOf('page.delivered')).length === 1, SECOND);

    expect((await eventsOf('page.sent')).map(({ data }) => data.means).sort()).toEqual(['sms', 'voice']);
    expect(await world.timeline('GI-1')).toEqual(
      expect.arrayContaining([
        'page to ana by sms was delivered (delivered)',
        'page to ana by voice was not delivered (busy)',
      ]),
    );
    expect(await world.metrics()).toContain('gianna_ops_pager_pages_total{means="sms",outcome="delivered"} 1');
    const rows = (await readPaged(world.journal(), 'GI-1')) ?? [];
    expect(rows.map(({ means, outcome, why, deliveredAt }) => [means, outcome, why, deliveredAt !== null])).toEqual([
      ['sms', 'sent', null, true],
      ['voice', 'undelivered', 'busy', false],
    ]);
  });

  it('fails at once when the address is refused, and says by what', async () => {
    await open(configOf(['sms', 'voice']));
    twilio.failNext({ kind: 'refuse', status: 400, code: 21610 }, { kind: 'refuse', status: 400, code: 21610 });
    await world.deliver([ALERT]);
    await world.until(async () => (await eventsOf('page.failed')).length === 2);

    expect((await eventsOf('page.failed')).map(({ data }) => data.error)).toEqual(['twilio_21610', 'twilio_21610']);
    expect(await world.timeline('GI-1')).toContain('page to ana by sms failed: twilio_21610');
    expect(twilio.messages).toEqual([]);
  });

  it('is tried again while the other side is down, and goes out once', async () => {
    await open(configOf(['sms']));
    const fault = { kind: 'refuse', status: 503, code: 20503 } as const;
    twilio.failNext(fault, fault, fault);
    await world.deliver([ALERT]);

    await world.until(async () => (await eventsOf('page.sent')).length === 1, { ms: 200, most: 400 });

    expect(twilio.messages).toHaveLength(1);
    expect(await world.metrics()).toContain('gianna_ops_pager_retries_total{means="sms"} 3');
  });

  it('gives up after two minutes, so that the next means is taken', async () => {
    await open(configOf(['pagerduty']));
    pagerDuty.failNext(...Array.from({ length: 1000 }, () => 503));
    await world.deliver([ALERT]);
    const from = world.clock.now();

    await world.until(async () => (await eventsOf('page.failed')).length === 1, SECOND);

    const seconds = (world.clock.now() - from) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(120);
    expect(seconds).toBeLessThan(140);
    expect((await eventsOf('page.failed'))[0]?.data.error).toBe('pagerduty_503');
  });

  it('is not tried again once somebody has acknowledged', async () => {
    await open(configOf(['sms']));
    twilio.failNext(...Array.from({ length: 1000 }, () => ({ kind: 'refuse', status: 503, code: 20503 }) as const));
    await world.deliver([ALERT]);
    await world.until(() => twilio.requests.length >= 2, { ms: 200, most: 400 });

    await world.ack('GI-1');
    await world.until(() => closed('page.sms'), SECOND);
    const tries = twilio.requests.length;
    await world.until(() => false, { ms: 5000, most: 30 }).catch(() => undefined);

    expect(twilio.requests).toHaveLength(tries);
    expect(twilio.messages).toEqual([]);
    expect(await eventsOf('page.failed')).toEqual([]);
  });

  it('is found and not sent twice when the process dies before the answer', async () => {
    await open(configOf(['sms', 'voice']));
    twilio.failNext({ kind: 'take-and-drop' }, { kind: 'take-and-drop' });
    await world.deliver([ALERT]);
    await world.until(() => twilio.messages.length === 1 && twilio.calls.length === 1);
    await world.until(async () => (await world.effects('page.voice'))[0]?.state === 'wanted');

    world.clock.advance(1);
    await world.restart();
    await world.until(async () => (await eventsOf('page.sent')).length === 2, { ms: 200, most: 400 });

    expect([twilio.messages.length, twilio.calls.length]).toEqual([1, 1]);
    const references = (await eventsOf('page.sent')).map(({ data }) => data.reference);
    expect(references.sort()).toEqual([twilio.messages[0]?.sid, twilio.calls[0]?.sid].sort());
  });

  it('is held back by a cap, once told to the channel, but never a first page about a P0', async () => {
    await open(configOf(['sms'], { sms: { perHour: 1, perDay: 10 } }));
    await world.deliver([alertNamed('First', 'database')]);
    await world.until(async () => (await closed('page.sms')) && twilio.messages.length === 1);
    await world.deliver([alertNamed('Second', 'database')]);
    await world.deliver([alertNamed('Third', 'database')]);
    await world.until(async () => (await closed('page.sms')) && (await world.effects('page.sms')).length === 3);
    const notices = await world.effects('notice');

    await world.deliver([alertNamed('Worst', 'application')]);
    await world.until(async () => (await closed('page.sms')) && (await world.effects('page.sms')).length === 4);

    const results = (await world.effects('page.sms')).map(({ state, result }) => [state, result?.error ?? null]);
    expect(results).toEqual([
      ['done', null],
      ['failed', 'cap-reached'],
      ['failed', 'cap-reached'],
      ['done', null],
    ]);
    expect(notices.map(({ key }) => key)).toEqual(['notice|page-cap|sms|2026-11-22T14']);
    expect(await world.metrics()).toContain('outcome="cap-reached"} 2');
  });

  it('keeps the alert at PagerDuty in step with the incident', async () => {
    await open(configOf(['pagerduty']));
    await world.deliver([ALERT]);
    await world.until(() => pagerDuty.alerts.get('gianna-ops/GI-1') === 'triggered');
    await world.until(() => closed('page.pagerduty'));

    await world.ack('GI-1');
    await world.until(() => pagerDuty.alerts.get('gianna-ops/GI-1') === 'acknowledged');
    await world.resolve('GI-1');
    await world.until(() => pagerDuty.alerts.get('gianna-ops/GI-1') === 'resolved');

    expect(pagerDuty.events.map(({ event_action }) => event_action)).toEqual(['trigger', 'acknowledge', 'resolve']);
    await world.until(() => closed('pagerduty-update'));
  });

  it('tells PagerDuty of an acknowledgement although PagerDuty was down for a while', async () => {
    await open(configOf(['pagerduty']));
    await world.deliver([ALERT]);
    await world.until(() => closed('page.pagerduty'));
    pagerDuty.failNext(500, 429, 503);

    await world.ack('GI-1');
    await world.until(() => pagerDuty.alerts.get('gianna-ops/GI-1') === 'acknowledged', SECOND);

    await world.until(() => closed('pagerduty-update'));
  });

  it('goes to nobody whose address is gone by the time it is sent', async () => {
    const config = configOf(['sms']);
    await open(config);
    const { ana, ...others } = config.oncall.people;
    if (ana === undefined) throw new Error('no ana');
    await world.deliver([]);
    world.config.swap(config);
    twilio.failNext({ kind: 'refuse', status: 503, code: 20503 });
    await world.deliver([ALERT]);
    await world.until(() => twilio.requests.length === 1);
    const people = { ...others, ana: { ...ana, phone: null } };
    world.config.swap({ ...config, oncall: { ...config.oncall, people } });

    await world.until(async () => (await eventsOf('page.failed')).length === 1, { ms: 200, most: 400 });

    expect((await eventsOf('page.failed'))[0]?.data.error).toBe('no_address');
  });
});
