import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OPS, parentsOf, type SlackDesk, startSlackDesk } from '../support/slack-desk.ts';

const P0 = { alertname: 'GiannaServiceDown', severity: 'critical' };

describe('a parent is never posted twice, a page is never lost', () => {
  let desk: SlackDesk;
  beforeEach(async () => {
    desk = await startSlackDesk();
    return () => desk.stop();
  });
  afterEach(() => desk.proxy.faults.clear());

  const parents = async () => (await desk.messages(OPS)).filter(({ thread_ts }) => thread_ts === undefined);

  it('finds the parent again when the answer to its post was lost', async () => {
    desk.proxy.faults.add({ kind: 'drop-after-accept', method: 'chat.postMessage', channel: OPS, times: 1 });

    await desk.alert(P0);
    await desk.untilShown();

    expect(await parents()).toHaveLength(1);
    expect(parentsOf(desk.proxy.calls, 'GI-1')[0]?.answer).toBe('drop-after-accept');
    expect((await desk.messages(OPS)).some(({ text }) => text.includes('please ack GI-1'))).toBe(true);
  });

  it('finds the parent again when the process died between the post and its record', async () => {
    desk.proxy.faults.add({ kind: 'drop-after-accept', method: 'chat.postMessage', channel: OPS, times: 1 });
    const blind = desk.proxy.faults.add({ kind: 'reset', method: 'conversations.history' });
    await desk.alert(P0);
    await desk.until(async () => (await parents()).length === 1);

    await desk.crash();
    blind();
    await desk.untilShown();

    expect(await parents()).toHaveLength(1);
    expect(desk.delivery().threadOf('GI-1')?.ts).toBe((await parents())[0]?.ts);
  });

  it('does not send a page again that can be found', async () => {
    await desk.alert({ alertname: 'SlowThing', severity: 'critical' });
    await desk.untilShown();
    desk.proxy.faults.add({ kind: 'drop-after-accept', method: 'chat.postMessage', channel: OPS, times: 1 });

    desk.advance(1_800_000);
    await desk.escalate();
    await desk.untilShown();

    const pings = (await desk.messages(OPS)).filter(({ text }) => text.includes('please ack GI-1'));
    expect(pings).toHaveLength(2);
    expect((await desk.pages()).filter(({ state }) => state !== 'done' && state !== 'wanted')).toEqual([]);
  });

  it('sends a page again that cannot be found, and says so', async () => {
    await desk.alert({ alertname: 'SlowThing', severity: 'critical' });
    await desk.untilShown();
    desk.proxy.faults.add({ kind: 'reset', method: 'chat.postMessage', channel: OPS, times: 1 });

    desk.advance(1_800_000);
    await desk.escalate();
    await desk.untilShown();

    const pings = (await desk.messages(OPS)).filter(({ text }) => text.includes('please ack GI-1'));
    expect(pings).toHaveLength(2);
    expect(pings.at(-1)?.text).toContain('(may be a repeat)');
  });

  it('looks for a page that a dead process had claimed before it sends it', async () => {
    await desk.alert({ alertname: 'SlowThing', severity: 'critical' });
    await desk.untilShown();
    desk.proxy.faults.add({ kind: 'drop-after-accept', method: 'chat.postMessage', channel: OPS, times: 1 });
    const blind = desk.proxy.faults.add({ kind: 'reset', method: 'conversations.replies' });
    desk.advance(1_800_000);
    await desk.escalate();
    await desk.until(() => desk.proxy.callsOf('conversations.replies').length > 0);

    await desk.crash();
    blind();
    await desk.untilShown();

    const pings = (await desk.messages(OPS)).filter(({ text }) => text.includes('please ack GI-1'));
    expect(pings).toHaveLength(2);
  });
});
