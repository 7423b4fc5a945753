import { beforeEach, describe, expect, it } from 'vitest';
import { OPS, parentsOf, SECURITY, type SlackDesk, startSlackDesk } from '../support/slack-desk.ts';
import type { SlackCall } from '../support/slack-proxy/call.ts';

const P0 = { alertname: 'GiannaServiceDown', severity: 'critical' };
const INTRUSION = { alertname: 'Intrusion', component: 'security', severity: 'critical' };
/** The admin of the test's configuration. */
const ADMIN = 'U02MGR';

const keyIn = ({ body }: SlackCall) =>
  String((body.metadata as { event_payload?: { key?: string } } | undefined)?.event_payload?.key ?? '');

describe('whatever Slack does, each message comes once and nobody waits behind another', () => {
  let desk: SlackDesk;
  beforeEach(async () => {
    desk = await startSlackDesk();
    await desk.untilShown();
    return () => desk.stop();
  });

  const metric = (name: string) => desk.registry().getSingleMetricAsString(name);
  const firstPost = (channel: string) => desk.taken('chat.postMessage').find(({ body }) => body.channel === channel);

  async function pass(minutes: number): Promise<void> {
    for (let second = 0; second < minutes * 60; second += 1) {
      desk.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('shows everything once through a Slack that is slow to answer', async () => {
    desk.proxy.faults.add({ kind: 'delay', ms: 150, method: '*' });

    await desk.flood([P0, INTRUSION, { alertname: 'Slow', severity: 'warning' }]);
    await desk.untilShown();

    for (const id of ['GI-1', 'GI-2', 'GI-3']) expect(parentsOf(desk.taken('chat.postMessage'), id)).toHaveLength(1);
    const posts = desk.proxy.callsOf('chat.postMessage').map(keyIn);
    expect(new Set(posts).size).toBe(posts.length);
  });

  it('goes on in one channel while the calls to another are never answered', async () => {
    const back = desk.proxy.faults.add({ kind: 'black-hole', method: 'chat.postMessage', channel: OPS });
    await desk.alert(P0);
    await desk.until(() => desk.proxy.callsOf('chat.postMessage').some(({ answer }) => answer === 'black-hole'));
    const at = desk.test().clock.monotonicMs();

    await desk.alert(INTRUSION);
    await desk.until(() => firstPost(SECURITY) !== undefined && firstPost(ADMIN) !== undefined);

    expect((firstPost(SECURITY)?.at ?? 0) - at).toBeLessThan(2_000);
    back();
  });

  it('keeps only the last state through ten minutes of 429 on everything, and loses no page', async () => {
    const over = desk.proxy.faults.add({ kind: 'rate-limit', retryAfterSeconds: 30, method: '*' });
    await desk.alert(P0);
    for (let n = 0; n < 20; n += 1) {
      await desk.alert({ ...P0, instance: `i${n}` });
      await pass(0.5);
    }
    const refused = desk.proxy.calls.length;

    over();
    await desk.untilShown();

    expect(refused).toBeLessThan(120 * 10);
    const [parent] = parentsOf(desk.taken('chat.postMessage'), 'GI-1');
    expect(JSON.stringify(parent?.body.blocks)).toContain('21 alerts firing');
    expect(parentsOf(desk.taken('chat.postMessage'), 'GI-1')).toHaveLength(1);
    expect((await desk.messages(OPS)).filter(({ text }) => text.includes('please ack GI-1'))).toHaveLength(1);
  });

  it('names a storm once when only the answer to its list was lost', async () => {
    desk.proxy.faults.add({ kind: 'drop-after-accept', method: 'chat.postMessage', channel: OPS });
    await desk.flood(Array.from({ length: 15 }, (_, n) => ({ alertname: `Group${n}`, severity: 'warning' })));
    await desk.until(() => desk.proxy.callsOf('chat.postMessage').some((call) => keyIn(call).startsWith('roster:')));
    desk.proxy.faults.clear();
    await desk.untilShown();

    const roots = (await desk.messages(OPS)).filter(({ thread_ts }) => thread_ts === undefined);
    expect(roots.filter(({ text }) => /storm/i.test(text))).toHaveLength(1);
    expect(roots).toHaveLength(16);
  });

  it.each(['is_archived', 'not_in_channel', 'restricted_action'])(
    'goes to the next channel within five seconds after %s, and tells an admin once an hour',
    async (code) => {
      desk.proxy.faults.add({ kind: 'error', code, method: 'chat.postMessage', channel: SECURITY });
      const at = desk.test().clock.monotonicMs();

      await desk.alert(INTRUSION);
      await desk.untilShown();
      await desk.alert({ ...INTRUSION, alertname: 'Another' });
      await pass(25);
      await desk.alert({ ...INTRUSION, alertname: 'Third' });
      await desk.untilShown();

      expect((firstPost(OPS)?.at ?? 0) - at).toBeLessThan(5_000);
      const told = desk.taken('chat.postMessage').filter(({ body }) => String(body.text).includes('Slack refuses'));
      expect(told.map(({ body }) => body.channel)).toEqual([ADMIN]);
      expect(String(told[0]?.body.text)).toContain(`#security-alerts (${code})`);
      await pass(60);
      await desk.alert({ ...INTRUSION, alertname: 'Fourth' });
      await desk.untilShown();
      const again = desk.taken('chat.postMessage').filter(({ body }) => String(body.text).includes('Slack refuses'));
      expect(again).toHaveLength(2);
    },
  );

  it('tells an admin when the operations channel itself is gone, and shows everything once it is back', async () => {
    const gone = desk.proxy.faults.add({
      kind: 'error',
      code: 'is_archived',
      method: 'chat.postMessage',
      channel: OPS,
    });
    await desk.alert(P0);
    await desk.until(() =>
      desk.taken('chat.postMessage').some(({ body }) => String(body.text).includes('Slack refuses')),
    );
    gone();
    await desk.untilShown();

    expect(parentsOf(desk.taken('chat.postMessage'), 'GI-1')).toHaveLength(1);
  });

  it('says how late what it shows is, and counts how long the oldest waits', async () => {
    const back = desk.proxy.faults.add({ kind: 'status', status: 503, method: '*' });
    await desk.alert({ alertname: 'Slow', severity: 'warning' });
    await pass(3);
    const waiting = await metric('gianna_ops_slack_oldest_waiting_seconds');
    back();
    await desk.untilShown();

    expect(Number(/seconds (\d+)/.exec(waiting)?.[1])).toBeGreaterThan(150);
    const [parent] = parentsOf(desk.taken('chat.postMessage'), 'GI-1');
    expect(JSON.stringify(parent?.body.blocks)).toMatch(/updates delayed.*3m/);
    await desk.command('ack', 'GI-1');
    await desk.untilShown();
    const shown = (await desk.messages(OPS)).find(({ thread_ts }) => thread_ts === undefined);
    expect(JSON.stringify(shown)).not.toContain('updates delayed');
  });

  it('lives through two hours without Slack: one thread and at most three posts an incident, in its last state', async () => {
    const before = desk.proxy.calls.length;
    const back = desk.proxy.faults.add({ kind: 'reset', method: '*' });
    const groups = Array.from({ length: 14 }, (_, n) => ({ alertname: `Night${n}`, severity: 'critical' }));
    await desk.alert(P0);
    for (const [index, labels] of groups.entries()) {
      await desk.alert(labels);
      await pass(8);
      await desk.escalate();
      if (index === 3) await desk.command('ack', 'GI-3', 'local');
      if (index === 5) await desk.command('resolve', 'GI-4', 'local');
    }
    const calls = desk.proxy.calls.length - before;

    back();
    const returnedAt = desk.test().clock.monotonicMs();
    await desk.until(() => desk.delivery().up());
    expect(desk.test().clock.monotonicMs() - returnedAt).toBeLessThanOrEqual(15_000);
    await desk.untilShown();

    expect(calls).toBeLessThanOrEqual(112 * 120);
    const messages = await desk.messages(OPS);
    const lists = messages.filter(({ text }) => /storm/i.test(text)).map(({ ts }) => ts);
    for (let n = 1; n <= 15; n += 1) {
      const [parent, ...others] = parentsOf(desk.taken('chat.postMessage'), `GI-${n}`);
      expect(others).toEqual([]);
      const ts = messages.find(
        ({ text }) => text.includes(`GI-${n}`) && text.includes('owner:') && new RegExp(`GI-${n}$`).test(text),
      )?.ts;
      expect(parent).toBeDefined();
      expect(ts).toBeDefined();
      expect(messages.filter((message) => message.ts === ts || message.thread_ts === ts).length).toBeLessThanOrEqual(3);
    }
    const mentions = desk
      .taken('chat.postMessage')
      .filter(({ body }) => body.channel === OPS && JSON.stringify(body).includes('<@'));
    expect(mentions.length).toBeLessThanOrEqual(2);
    expect(lists.length).toBeLessThanOrEqual(1);
    for (const user of ['U01ONCALL', 'U03DEV', ADMIN])
      expect(desk.taken('chat.postMessage').filter(({ body }) => body.channel === user).length).toBeLessThanOrEqual(2);
    const text = (id: string) =>
      messages.find((message) => message.thread_ts === undefined && new RegExp(`${id}$`).test(message.text))?.text;
    expect(text('GI-3')).toContain('ACKED');
    expect(text('GI-4')).toContain('RESOLVED');
    const open = (await desk.pages()).filter(
      ({ state, data }) => state === 'wanted' && (data.means === 'dm' || data.means === 'thread'),
    );
    expect(open).toEqual([]);
  });
});
