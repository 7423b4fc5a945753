import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SubmitCommand } from '../../src/core/command.ts';
import type { Config } from '../../src/core/config/config.ts';
import { testConfig } from '../support/config.ts';
import { openPagerWorld, type PagerWorld } from '../support/pager-world.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const ALERT = { labels: { alertname: 'DatabaseDown', severity: 'critical', component: 'application' } };
const HOUR_MS = 3_600_000;

describe('a link in a page', () => {
  let receiver: WebhookReceiver;
  let world: PagerWorld;
  beforeEach(async () => {
    receiver = await startWebhookReceiver('secret');
  });
  afterEach(async () => {
    await world.verifyAndRemove();
    await receiver.stop();
  });

  /** ana is paged by her webhook, where the test reads the link; `slack`: her accounts. */
  function configOf(slack: readonly string[]): Config {
    const config = testConfig();
    const { ana } = config.oncall.people;
    if (ana === undefined) throw new Error('no ana');
    const people = {
      ...config.oncall.people,
      ana: { ...ana, slack, webhook: { url: receiver.url, secret: 'secret' } },
    };
    const level = { afterSeconds: 0, notify: [{ kind: 'person', name: 'ana' } as const], by: ['webhook' as const] };
    const P0 = { ...config.severities.P0, levels: [level], repeat: null };
    return { ...config, severities: { ...config.severities, P0 }, oncall: { ...config.oncall, people } };
  }

  async function openPaged(slack: readonly string[] = ['U01ONCALL']): Promise<string> {
    world = await openPagerWorld({ config: configOf(slack), means: {}, publicUrl: 'https://ops.company.com' });
    await world.deliver([ALERT]);
    await world.until(async () => (await world.effects('page.webhook'))[0]?.state === 'done');
    const { acknowledge } = (receiver.received[0]?.body ?? {}) as { acknowledge?: { url: string } };
    const url = acknowledge?.url ?? '';
    expect(url).toMatch(/^https:\/\/ops\.company\.com\/a\/1\.ana\./);
    return url.slice('https://ops.company.com/a/'.length);
  }
  const submit: SubmitCommand = async (_key, command) => ({ duplicate: false, outcome: world.submit(command) });
  const look = (token: string) => world.oncall().links.look(token);
  const use = (token: string) => world.oncall().links.use(token, submit);
  const acks = async () => (await world.events('GI-1')).filter(({ type }) => type === 'incident.acknowledged');

  it('acknowledges as the person, once', async () => {
    const token = await openPaged();
    const before = await look(token);
    await use(token);
    await use(token);

    expect(before).toMatchObject({ kind: 'open', incident: 'GI-1', person: 'ana', status: 'firing' });
    expect((await acks()).map(({ actor }) => actor)).toEqual(['slack:U01ONCALL']);
    expect(await look(token)).toMatchObject({ kind: 'settled', isUsed: true, isOwn: true, status: 'acknowledged' });
  });

  it('acts as the person of oncall.yml when there is no Slack account', async () => {
    const token = await openPaged([]);
    await use(token);

    expect((await acks()).map(({ actor }) => actor)).toEqual(['person:ana']);
    expect(await look(token)).toMatchObject({ kind: 'settled', isOwn: true, owner: 'person:ana' });
  });

  it('stays used when the process dies, and when the incident fires anew', async () => {
    const token = await openPaged();
    await use(token);
    await world.restart();
    await world.submit({
      v: 1,
      verb: 'resolve',
      by: 'local',
      at: world.clock.now(),
      via: 'cli',
      incident: 'GI-1',
      args: {},
    });
    world.clock.advance(1000);
    await world.deliver([{ ...ALERT, fingerprint: 'another', startsAt: world.clock.now() }]);

    const view = await look(token);
    await use(token);

    expect(view).toMatchObject({ kind: 'settled', isUsed: true });
    expect(await acks()).toHaveLength(1);
  });

  it('says who was faster, and that there is nothing to do any more', async () => {
    const token = await openPaged();
    await world.submit({
      v: 1,
      verb: 'ack',
      by: 'slack:U03BEN',
      at: world.clock.now(),
      via: 'button',
      incident: 'GI-1',
      args: {},
    });
    const taken = await look(token);
    await use(token);
    await world.resolve('GI-1');

    expect(taken).toMatchObject({ kind: 'settled', isOwn: false, owner: 'slack:U03BEN' });
    expect((await acks()).map(({ actor }) => actor)).toEqual(['slack:U03BEN']);
    expect(await look(token)).toMatchObject({ kind: 'settled', status: 'resolved' });
  });

  it('is good for 24 hours, and for nobody who left', async () => {
    const token = await openPaged();
    world.clock.advance(24 * HOUR_MS - 60_000);
    const last = await look(token);
    world.clock.advance(2 * 60_000);
    const late = await look(token);
    await use(token);
    const { ana: _, ...people } = world.config.current().oncall.people;
    world.config.swap({ ...world.config.current(), oncall: { ...world.config.current().oncall, people } });

    expect([last.kind, late.kind, (await look(token)).kind]).toEqual(['open', 'expired', 'unknown']);
    expect(await acks()).toEqual([]);
  });

  it('is none of ours when it is made up', async () => {
    const token = await openPaged();
    const other = token.replace('.ana.', '.ben.');
    await use(other);

    expect((await look(other)).kind).toBe('unknown');
    expect(await acks()).toEqual([]);
  });
});
