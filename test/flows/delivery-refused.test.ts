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

  it('sends the text alone when Slack finds the message too long', async () => {
    desk.proxy.faults.add({ kind: 'error', code: 'msg_too_long', method: 'chat.postMessage', times: 1 });

    await desk.alert(P0);
    await desk.untilShown();

    expect(await metric('gianna_ops_slack_fallbacks_total')).toContain('to="text"');
    const texts = (await desk.messages(OPS)).map(({ text }) => text);
    expect(texts.some((text) => text.includes('P0 FIRING GiannaServiceDown'))).toBe(true);
  });

  it('posts to the channel by its name without the right to list channels', async () => {
    desk.proxy.faults.add({ kind: 'error', code: 'missing_scope', method: 'conversations.list' });

    await desk.alert(P0);

    await desk.until(() => desk.proxy.callsOf('chat.postMessage').some(({ body }) => body.channel === 'gianna-ops'));
    expect(desk.delivery().up()).toBe(true);
  });

  it('does not open a second thread when it may not read back whether the first one came', async () => {
    desk.proxy.faults.add({ kind: 'drop-after-accept', method: 'chat.postMessage', channel: OPS, times: 1 });
    desk.proxy.faults.add({ kind: 'error', code: 'missing_scope', method: 'conversations.history' });

    await desk.alert(P0);
    await desk.untilShown();

    const parents = (await desk.messages(OPS)).filter(({ text }) => text.startsWith('P0 FIRING'));
    expect(parents).toHaveLength(1);
    expect((await desk.messages(OPS)).some(({ text }) => text.includes('please ack GI-1'))).toBe(true);
  });

  it('says of a page that a newer one replaced that it was superseded, not that it failed', async () => {
    await desk.untilShown();
    const back = desk.proxy.faults.add({ kind: 'status', status: 503, method: '*' });
    await desk.alert(P0);
    await desk.until(() => !desk.delivery().up());
    desk.advance(300_000);
    await desk.escalate();

    back();
    await desk.untilShown();

    const timeline = (await desk.messages(OPS)).find(({ text }) => text.startsWith('Timeline of GI-1'));
    expect(JSON.stringify(timeline)).toContain('superseded by a newer one');
    expect(JSON.stringify(timeline)).not.toContain('failed');
  });

  it('closes a page to somebody whom Slack does not know any more as failed', async () => {
    desk.proxy.faults.add({ kind: 'error', code: 'user_disabled', method: 'chat.postMessage', channel: 'U02MGR' });

    await desk.alert(P0);
    await desk.untilShown();

    const failed = (await desk.pages()).filter(({ state }) => state === 'failed');
    expect(failed.map(({ result }) => result?.error)).toEqual(['user_disabled']);
  });
});
