import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OPS, parentsOf, type SlackDesk, startSlackDesk } from '../support/slack-desk.ts';

const CAUSE = { alertname: 'RedisDown', severity: 'critical', service: 'redis' };
const EFFECT = { alertname: 'GiannaSlow', severity: 'critical', component: 'performance' };

describe('a folded incident has no thread of its own', () => {
  let desk: SlackDesk;
  beforeEach(async () => {
    desk = await startSlackDesk();
  });
  afterEach(() => desk.stop());

  it('is named by its cause alone, and gets a thread once it stands on its own', async () => {
    await desk.alert(CAUSE);
    await desk.alert(EFFECT);
    await desk.untilShown();
    const folded = parentsOf(desk.taken('chat.postMessage'), 'GI-2');
    const before = await desk.messages(OPS);
    await desk.command('resolve', 'GI-1');
    await desk.untilShown();

    expect(folded).toEqual([]);
    expect(before.filter(({ thread_ts }) => thread_ts === undefined)).toHaveLength(1);
    expect(parentsOf(desk.taken('chat.postMessage'), 'GI-2')).toHaveLength(1);
  });

  it('keeps the thread it has when its cause comes second', async () => {
    await desk.alert(EFFECT);
    await desk.untilShown();
    await desk.alert(CAUSE);
    await desk.untilShown();

    const parents = (await desk.messages(OPS)).filter(({ thread_ts }) => thread_ts === undefined);
    expect(parents).toHaveLength(2);
    expect(JSON.stringify(parents.find(({ text }) => text.includes('GI-1')))).toContain('GI-2');
  });
});
