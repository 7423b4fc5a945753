import { beforeEach, describe, expect, it } from 'vitest';
import { OPS, type SlackDesk, startSlackDesk } from '../support/slack-desk.ts';

const LEVELS_MS = 300_000;

describe('nothing is lost while Slack is away, and nothing floods when it is back', () => {
  let desk: SlackDesk;
  beforeEach(async () => {
    desk = await startSlackDesk();
    return () => desk.stop();
  });

  async function awayWith(fault: Parameters<SlackDesk['proxy']['faults']['add']>[0]): Promise<() => void> {
    await desk.untilShown();
    return desk.proxy.faults.add(fault);
  }

  /** Three incidents, of which the P0 escalates twice; returns the calls made meanwhile. */
  async function outage(): Promise<number> {
    const before = desk.proxy.calls.length;
    await desk.alert({ alertname: 'GiannaServiceDown', severity: 'critical' });
    await desk.alert({ alertname: 'OtherThing', severity: 'critical' });
    await desk.alert({ alertname: 'ThirdThing', severity: 'critical' });
    for (let level = 0; level < 2; level += 1) {
      for (let second = 0; second < LEVELS_MS / 1000; second += 1) {
        desk.advance(1_000);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await desk.escalate();
    }
    return desk.proxy.calls.length - before;
  }

  it.each([
    ['refuses connections half way', { kind: 'reset', method: '*' } as const],
    ['answers 503', { kind: 'status', status: 503, method: '*' } as const],
  ])('opens one thread each and posts at most three messages an incident after Slack %s', async (_what, fault) => {
    const back = await awayWith(fault);
    const calls = await outage();
    const postsBefore = desk.taken('chat.postMessage').length;

    back();
    await desk.untilShown();

    expect(calls).toBeLessThanOrEqual(10 * 120);
    const messages = await desk.messages(OPS);
    const parents = messages.filter(({ thread_ts }) => thread_ts === undefined);
    expect(parents).toHaveLength(3);
    for (const parent of parents) {
      const posts = messages.filter(({ ts, thread_ts }) => ts === parent.ts || thread_ts === parent.ts);
      expect(posts.length).toBeLessThanOrEqual(3);
    }
    const pings = messages.filter(({ text }) => text.includes('please ack GI-1'));
    expect(pings).toHaveLength(1);
    expect(desk.taken('chat.postMessage').length).toBeGreaterThan(postsBefore);
    const open = (await desk.pages()).filter(({ state, data }) => {
      return (state === 'wanted' || state === 'claimed') && (data.means === 'dm' || data.means === 'thread');
    });
    expect(open).toEqual([]);
  });

  it('drops a page that somebody has acknowledged meanwhile', async () => {
    const back = await awayWith({ kind: 'status', status: 503, method: '*' });
    await desk.alert({ alertname: 'GiannaServiceDown', severity: 'critical' });
    await desk.until(() => !desk.delivery().up());
    await desk.command('ack', 'GI-1', 'local');

    back();
    await desk.untilShown();

    expect((await desk.messages(OPS)).some(({ text }) => text.includes('please ack'))).toBe(false);
    expect((await desk.messages(OPS))[0]?.text).toContain('ACKED by');
  });

  it('catches up after a restart with Slack away', async () => {
    const back = await awayWith({ kind: 'reset', method: '*' });
    await desk.alert({ alertname: 'GiannaServiceDown', severity: 'critical' });
    await desk.until(() => !desk.delivery().up());

    await desk.crash();
    back();
    await desk.untilShown();

    const parents = (await desk.messages(OPS)).filter(({ thread_ts }) => thread_ts === undefined);
    expect(parents).toHaveLength(1);
    expect(desk.delivery().up()).toBe(true);
  });
});
