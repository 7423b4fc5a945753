import { beforeEach, describe, expect, it } from 'vitest';
import { OPS, parentsOf, type SlackDesk, startSlackDesk } from '../support/slack-desk.ts';

const CAUSE = { alertname: 'RedisDown', severity: 'critical' };
const EFFECT = { alertname: 'GiannaSlow', severity: 'warning' };

describe('an incident that is folded beneath its cause has no thread of its own', () => {
  let desk: SlackDesk;
  beforeEach(async () => {
    desk = await startSlackDesk();
    await desk.untilShown();
    return () => desk.stop();
  });

  const merge = () => desk.command('merge', 'GI-2', 'slack:U01ONCALL', { into: 'GI-1', reason: 'same outage' });

  const refused = () => desk.proxy.callsOf('chat.postMessage').filter(({ answer }) => answer !== 'ok');

  async function parentText(id: string): Promise<string> {
    const { ts } = desk.delivery().threadOf(id) ?? {};
    return JSON.stringify((await desk.messages(OPS)).find((message) => message.ts === ts));
  }

  it('says beneath which one when its thread was open already, and is itself again when it is unfolded', async () => {
    await desk.alert(CAUSE);
    await desk.alert(EFFECT);
    await desk.untilShown();

    await merge();
    await desk.untilShown();
    const folded = await parentText('GI-2');
    await desk.command('unmerge', 'GI-2');
    await desk.untilShown();

    for (const part of ['FOLDED', 'GI-1', 'GI-2', 'GiannaSlow', 'P2']) expect(folded).toContain(part);
    expect(await parentText('GI-2')).toContain('FIRING');
    expect(parentsOf(desk.taken('chat.postMessage'), 'GI-2')).toHaveLength(1);
  });

  it('never gets a thread when it is folded before one was opened, until it is unfolded', async () => {
    const back = desk.proxy.faults.add({ kind: 'status', status: 503, method: '*' });
    await desk.alert(CAUSE);
    await desk.alert({ ...EFFECT, severity: 'critical' });
    await merge();
    // what was on its way before the merge has been refused once a later call has
    const refusedBefore = refused().length;
    await desk.until(() => refused().length > refusedBefore);
    back();
    await desk.untilShown();
    const whileFolded = parentsOf(desk.proxy.callsOf('chat.postMessage'), 'GI-2').filter(
      ({ answer }) => answer === 'ok',
    );

    await desk.command('unmerge', 'GI-2');
    await desk.untilShown();

    expect(whileFolded).toEqual([]);
    expect(parentsOf(desk.taken('chat.postMessage'), 'GI-2')).toHaveLength(1);
  });

  it('does not wait in a storm', async () => {
    await desk.flood(Array.from({ length: 20 }, (_, n) => ({ alertname: `Group${n}`, severity: 'warning' })));
    await desk.command('merge', 'GI-20', 'slack:U01ONCALL', { into: 'GI-1', reason: 'same outage' });
    await desk.untilShown();

    expect(parentsOf(desk.taken('chat.postMessage'), 'GI-20')).toEqual([]);
    expect(JSON.stringify(await desk.messages(OPS))).toContain('every thread is open');
  });
});
