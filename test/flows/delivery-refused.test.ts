import { beforeEach, describe, expect, it } from 'vitest';
import { OPS, SECURITY, type SlackDesk, startSlackDesk } from '../support/slack-desk.ts';

const P0 = { alertname: 'GiannaServiceDown', severity: 'critical' };

describe('what Slack refuses goes another way', () => {
  let desk: SlackDesk;
  beforeEach(async () => {
    desk = await startSlackDesk();
    return () => desk.stop();
  });

  const metric = async (name: string) => (await desk.registry().getSingleMetricAsString(name)).toString();

  it('lives through a revoked token, says that Slack is down, and recovers', async () => {
    await desk.untilShown();
    const renewed = desk.proxy.faults.add({ kind: 'error', code: 'token_revoked', method: '*' });
    await desk.alert(P0);
    await desk.until(() => !desk.delivery().up());
    const callsAtFirst = desk.proxy.calls.length;

    for (let second = 0; second < 120; second += 1) {
      desk.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }

    expect(await metric('gianna_ops_slack_up')).toContain('gianna_ops_slack_up 0');
    expect(desk.proxy.calls.length - callsAtFirst).toBeLessThan(20);
    renewed();
    await desk.untilShown();
    expect(desk.delivery().up()).toBe(true);
    expect((await desk.messages(OPS)).filter(({ thread_ts }) => thread_ts === undefined)).toHaveLength(1);
  });

  it.each(['is_archived', 'channel_not_found', 'not_in_channel'])(
    'opens the thread in the operations channel when its own answers %s',
    async (code) => {
      desk.proxy.faults.add({ kind: 'error', code, method: 'chat.postMessage', channel: SECURITY });

      await desk.alert({ alertname: 'Intrusion', component: 'security', severity: 'critical' });
      await desk.untilShown();

      const messages = await desk.messages(OPS);
      expect(messages.filter(({ thread_ts }) => thread_ts === undefined)).toHaveLength(1);
      expect(messages.some(({ text }) => text.includes('please ack GI-1'))).toBe(true);
      expect(await metric('gianna_ops_slack_fallbacks_total')).toContain('to="ops-channel"');
    },
  );

  it('moves the thread when its channel is archived later', async () => {
    await desk.alert({ alertname: 'Intrusion', component: 'security', severity: 'critical' });
    await desk.untilShown();
    desk.proxy.faults.add({ kind: 'error', code: 'is_archived', method: 'chat.postMessage', channel: SECURITY });
    desk.proxy.faults.add({ kind: 'error', code: 'is_archived', method: 'chat.update', channel: SECURITY });

    await desk.command('ack', 'GI-1');
    await desk.untilShown();

    const parents = (await desk.messages(OPS)).filter(({ thread_ts }) => thread_ts === undefined);
    expect(parents.map(({ text }) => text).join()).toContain('ACKED');
    expect(parents).toHaveLength(1);
  });

  it('sends plainer shapes when Slack refuses the blocks, the page among them', async () => {
    desk.proxy.faults.add({ kind: 'error', code: 'invalid_blocks', method: 'chat.postMessage', times: 2 });

    await desk.alert(P0);
    await desk.untilShown();

    const messages = await desk.messages(OPS);
    expect(messages.some(({ text }) => text.includes('P0 FIRING GiannaServiceDown'))).toBe(true);
    expect(messages.some(({ text }) => text.includes('please ack GI-1'))).toBe(true);
    expect(await metric('gianna_ops_slack_fallbacks_total')).toContain('to="sections"');
  });

  it('closes a page to somebody whom Slack does not know any more as failed', async () => {
    desk.proxy.faults.add({ kind: 'error', code: 'user_disabled', method: 'chat.postMessage', channel: 'U02MGR' });

    await desk.alert(P0);
    await desk.untilShown();

    const failed = (await desk.pages()).filter(({ state }) => state === 'failed');
    expect(failed.map(({ result }) => result?.error)).toEqual(['user_disabled']);
  });
});
