import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config, Means } from '../../src/core/config/config.ts';
import { testConfig } from '../support/config.ts';
import { openPagerWorld, type PagerWorld } from '../support/pager-world.ts';
import { startTwilio, type TwilioStandIn } from '../support/twilio-stand-in.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const SECOND = { ms: 1000, most: 200 };
const lesser = (alertname: string) => {
  return { fingerprint: alertname, labels: { alertname, severity: 'critical', component: 'cache' } };
};
const grave = { fingerprint: 'Down', labels: { alertname: 'Down', severity: 'critical', component: 'application' } };

function configOf(by: Means[], webhook: string | null = null): Config {
  const config = testConfig();
  const level = { afterSeconds: 0, notify: [{ kind: 'person', name: 'ana' } as const], by };
  const policy = { ...config.severities.P0, levels: [level], repeat: null, ackExpires: null };
  const { ana } = config.oncall.people;
  if (ana === undefined) throw new Error('the test configuration has no ana');
  const people = {
    ...config.oncall.people,
    ana: { ...ana, webhook: webhook === null ? null : { url: webhook, secret: 's' } },
  };
  const severities = { ...config.severities, P0: policy, P1: { ...policy, name: 'High' } };
  return { ...config, severities, oncall: { ...config.oncall, people } };
}

describe('pages to one person by another means than Slack', () => {
  let twilio: TwilioStandIn;
  let receiver: WebhookReceiver;
  let world: PagerWorld;
  beforeEach(async () => {
    [twilio, receiver] = [await startTwilio(), await startWebhookReceiver('s')];
  });
  afterEach(async () => {
    await world.verifyAndRemove();
    await Promise.all([twilio.stop(), receiver.stop()]);
    expect(twilio.complaints).toEqual([]);
  });

  async function open(config: Config): Promise<void> {
    const { accountSid, authToken, url: apiUrl } = twilio;
    const means = { twilio: { accountSid, authToken, from: '+15550100', apiUrl } };
    world = await openPagerWorld({ config, means, publicUrl: 'https://ops.company.com' });
  }
  /** Oldest first. */
  const texts = () => twilio.messages.map(({ form }) => String(form.Body)).reverse();
  const done = async (kind: string, count: number) =>
    (await world.effects(kind)).filter(({ state }) => state === 'done').length === count;

  /** A page by SMS went out, and two more wait for the end of its minute. */
  async function oneSentTwoWaiting(): Promise<void> {
    await world.deliver([lesser('A')]);
    await world.until(() => done('page.sms', 1));
    for (const name of ['B', 'C']) await world.deliver([lesser(name)]);
    await world.until(
      async () => (await world.effects('page.sms')).filter(({ state }) => state === 'claimed').length === 2,
    );
  }

  it('go out once a minute: what else is wanted stands in the next one, with its count and its ids', async () => {
    await open(configOf(['sms']));
    await world.deliver([lesser('A')]);
    await world.until(() => done('page.sms', 1));
    const began = world.clock.now();
    for (const name of ['B', 'C', 'D']) await world.deliver([lesser(name)]);
    await world.until(() => done('page.sms', 4), SECOND);

    expect(texts()).toHaveLength(2);
    expect(texts()[0]).toContain('GI-1');
    expect(texts()[1]).toMatch(/^P1 GI-2 \+2 \(GI-3 GI-4\) /);
    expect(world.clock.now() - began).toBeGreaterThanOrEqual(59_000);
    const sent = (await Promise.all(['GI-2', 'GI-3', 'GI-4'].map((id) => world.events(id)))).flat();
    const folded = sent.filter(({ type }) => type === 'page.sent').map(({ data }) => [data.folded, data.names]);
    expect(folded).toEqual(Array.from({ length: 3 }, () => [3, ['GI-2', 'GI-3', 'GI-4']]));
  });

  it('do not hold a P0 back behind something lesser', async () => {
    await open(configOf(['sms']));
    await world.deliver([lesser('A')]);
    await world.until(() => done('page.sms', 1));
    const began = world.clock.now();
    await world.deliver([lesser('B')]);
    await world.deliver([grave]);
    await world.until(() => texts().length === 2, { ms: 10, most: 400 });

    expect(texts()[1]).toMatch(/^P0 GI-3 /);
    expect(world.clock.now() - began).toBeLessThan(10_000);
    await world.until(() => done('page.sms', 3), SECOND);
  });

  it('leave out what was acknowledged while it waited', async () => {
    await open(configOf(['sms']));
    await oneSentTwoWaiting();
    world.clock.advance(1000);
    await world.ack('GI-2');
    await world.until(() => done('page.sms', 2), SECOND);

    expect(texts()).toHaveLength(2);
    expect(texts()[1]).toMatch(/^P1 GI-3 High/);
  });

  it('are all acknowledged by the one link of the message that names them', async () => {
    await open(configOf(['webhook'], receiver.url));
    await world.deliver([lesser('A')]);
    await world.until(() => done('page.webhook', 1));
    for (const name of ['B', 'C']) await world.deliver([lesser(name)]);
    await world.until(() => done('page.webhook', 3), SECOND);

    const body = receiver.received[1]?.body as { others: object[]; acknowledge: { url: string } };
    expect(body.others).toEqual([{ incident: 'GI-3', severity: 'P1', title: 'High error rate in Gianna' }]);
    const token = body.acknowledge.url.split('/a/')[1] ?? '';
    const { links } = world.oncall();
    expect(await links.look(token)).toMatchObject({ kind: 'open', incident: 'GI-2', others: ['GI-3'] });
    await links.use(token, async (_key, command) => ({ duplicate: false, outcome: world.submit(command) }));

    const statuses = await Promise.all(
      ['GI-1', 'GI-2', 'GI-3'].map((id) => world.journal().aggregate<{ status: string }>('incident', id)),
    );
    expect(statuses.map((row) => row?.state.status)).toEqual(['firing', 'acknowledged', 'acknowledged']);
  });

  it('are sent after a restart when the bot ended while they waited', async () => {
    await open(configOf(['sms']));
    await oneSentTwoWaiting();
    await world.restart();
    await world.until(() => done('page.sms', 3), SECOND);

    expect(texts().slice(1).join(' ')).toMatch(/GI-2.*GI-3|GI-3.*GI-2/s);
  });
});
