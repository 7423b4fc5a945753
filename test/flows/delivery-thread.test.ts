import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OPS, parentsOf, type SlackDesk, startSlackDesk } from '../support/slack-desk.ts';

describe('one incident is one thread', () => {
  let desk: SlackDesk;
  beforeEach(async () => {
    desk = await startSlackDesk();
  });
  afterEach(() => desk.stop());

  it('opens the thread, then pages into it and by direct message, and tells what happened', async () => {
    await desk.alert({ alertname: 'GiannaServiceDown', severity: 'critical' });
    await desk.untilShown();

    const messages = await desk.messages(OPS);
    const parents = messages.filter(({ thread_ts }) => thread_ts === undefined);
    expect(parents).toHaveLength(1);
    expect(parents[0]?.text).toMatch(/P0 FIRING GiannaServiceDown .* GI-1$/);
    const replies = messages.filter(({ thread_ts }) => thread_ts === parents[0]?.ts);
    expect(replies.map(({ text }) => text).join('\n')).toContain('please ack GI-1 (P0)');
    expect(replies.map(({ text }) => text).join('\n')).toContain('Timeline of GI-1');
    const pages = await desk.pages();
    expect(pages.filter(({ state }) => state === 'done').length).toBeGreaterThanOrEqual(3);
  });

  it('edits the parent in place and takes mention and button from old pings once somebody acknowledges', async () => {
    await desk.alert({ alertname: 'GiannaServiceDown', severity: 'critical' });
    await desk.untilShown();

    await desk.command('ack', 'GI-1');
    await desk.untilShown();

    const messages = await desk.messages(OPS);
    const parent = messages.find(({ thread_ts }) => thread_ts === undefined);
    expect(parent?.text).toContain('ACKED by');
    const ping = messages.find(({ text }) => text.includes('GI-1 paged'));
    expect(ping?.text).toMatch(/^✓ GI-1 paged .*, acked /);
    expect(JSON.stringify(ping)).not.toMatch(/<@|gi\.ack/);
    expect(parentsOf(desk.taken('chat.postMessage'), 'GI-1')).toHaveLength(1);
    expect(messages.some(({ text }) => text.includes('please ack'))).toBe(false);
  });

  it('opens no thread for planned work', async () => {
    await desk.alert({ alertname: 'Nothing', severity: 'info' });
    await desk.untilShown();

    expect(await desk.messages(OPS)).toEqual([]);
  });
});
