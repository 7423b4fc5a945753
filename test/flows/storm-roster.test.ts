import { beforeEach, describe, expect, it } from 'vitest';
import { until } from '../support/process.ts';
import { OPS, parentsOf, SECURITY, type SlackDesk, startSlackDesk } from '../support/slack-desk.ts';
import type { SlackCall } from '../support/slack-proxy/call.ts';

const keyIn = ({ body }: SlackCall) =>
  String((body.metadata as { event_payload?: { key?: string } } | undefined)?.event_payload?.key ?? '');

describe('a storm is named at once, and gets its threads as Slack allows', () => {
  let desk: SlackDesk;
  beforeEach(async () => {
    desk = await startSlackDesk();
    await desk.untilShown();
    return () => desk.stop();
  });

  /** New groups, the first `critical` of them P0; the clock stands still meanwhile. */
  async function storm(groups: number, critical = 0, prefix = 'Group'): Promise<void> {
    await desk.flood(
      Array.from({ length: groups }, (_, index) => {
        const n = groups - index;
        return n <= critical
          ? { alertname: `${prefix}${n}`, severity: 'critical', component: 'health' }
          : { alertname: `${prefix}${n}`, severity: 'warning' };
      }),
    );
  }

  const posts = () => desk.taken('chat.postMessage').filter(({ body }) => body.channel === OPS);
  const rosters = () => posts().filter((call) => keyIn(call).startsWith('roster:'));
  const parents = () => posts().filter((call) => keyIn(call).startsWith('parent:'));

  async function rosterTexts(): Promise<string[]> {
    const messages = await desk.messages(OPS);
    return messages.filter(({ text }) => /storm/i.test(text)).map((message) => JSON.stringify(message));
  }

  it('names a hundred groups in one message within a second, P0 first, without an incident in its metadata', async () => {
    await storm(100, 3);
    await desk.until(() => rosters().length > 0);

    const [roster] = rosters();
    const said = JSON.stringify(roster?.body.blocks);
    for (let n = 1; n <= 100; n += 1) expect(said).toMatch(new RegExp(`Group${n}\\b`));
    expect(said.search(/Group3\b/)).toBeLessThan(said.search(/Group4\b/));
    expect(keyIn(roster as SlackCall)).not.toContain('GI-');
    expect(
      (roster?.at ?? 0) - (desk.proxy.calls.find(({ method }) => method === 'chat.postMessage')?.at ?? 0),
    ).toBeLessThan(1_000);
  });

  it('opens the threads of every P0 at once, then all others, each once, without a refusal', async () => {
    await storm(40, 3);
    const startedAt = desk.test().clock.monotonicMs();
    await desk.untilShown();

    const opened = parents();
    expect(opened).toHaveLength(40);
    expect(new Set(opened.map(keyIn)).size).toBe(40);
    const critical = opened.filter(({ body }) => /P0/.test(String(body.text)));
    expect(critical).toHaveLength(3);
    for (const { at } of critical) expect(at - startedAt).toBeLessThan(2_000);
    expect(desk.proxy.calls.filter(({ status }) => status === 429)).toEqual([]);
  });

  it('lets timelines wait until every thread is open', async () => {
    await storm(30);
    await desk.untilShown();

    const calls = posts();
    const lastParent = calls.findLastIndex((call) => keyIn(call).startsWith('parent:'));
    const firstReply = calls.findIndex((call) => keyIn(call).startsWith('timeline:'));
    const first = calls.findIndex((call) => keyIn(call).startsWith('roster:'));
    const afterRoster = calls.slice(first).findIndex((call) => keyIn(call).startsWith('timeline:')) + first;
    expect(firstReply === -1 || afterRoster > lastParent).toBe(true);
    expect(calls.filter((call) => keyIn(call).startsWith('timeline:'))).toHaveLength(30);
  });

  it('keeps its counts true while alerts go on coming, and says when every thread is open', async () => {
    await storm(60);
    await desk.until(() => rosters().length > 0);
    for (let n = 0; n < 9; n += 1) await desk.alert({ alertname: 'Group1', severity: 'warning', instance: `i${n}` });
    const before = desk.taken('chat.update').length;
    await desk.until(async () => (await rosterTexts()).some((text) => /Group1 ×10\b/.test(text)));
    const edits = desk
      .taken('chat.update')
      .slice(before)
      .filter((call) => keyIn(call).startsWith('roster:'));
    await desk.untilShown();

    expect(edits.length).toBeLessThanOrEqual(2);
    const [text] = await rosterTexts();
    expect(text).toContain('every thread is open');
    expect(text).toContain('Group60');
  });

  it('edits a roster at most every five seconds', async () => {
    await storm(40);
    await desk.until(() => rosters().length > 0);
    for (let n = 0; n < 30; n += 1) {
      await desk.alert({ alertname: 'Group1', severity: 'warning', instance: `i${n}` });
      for (let step = 0; step < 10; step += 1) desk.advance(50);
    }
    await desk.untilShown();

    const times = [...rosters(), ...desk.taken('chat.update').filter((call) => keyIn(call).startsWith('roster:'))]
      .map(({ at }) => at)
      .sort((a, b) => a - b);
    const gaps = times.slice(1, -1).map((at, index) => at - (times[index] ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(5_000);
  });

  it('names four hundred groups in as many messages as it takes, all within ten seconds', async () => {
    await storm(430, 12);
    const startedAt = desk.test().clock.monotonicMs();
    await desk.until(() => rosters().length === 3);

    const said = rosters().map(({ body }) => JSON.stringify(body.blocks));
    for (let n = 1; n <= 430; n += 1) expect(said.some((text) => new RegExp(`Group${n}\\b`).test(text))).toBe(true);
    for (let n = 1; n <= 12; n += 1) expect(said[0]).toMatch(new RegExp(`Group${n}\\b`));
    expect((rosters().at(-1)?.at ?? 0) - startedAt).toBeLessThan(10_000);
    expect(desk.proxy.calls.filter(({ answer }) => answer !== 'ok' && answer !== 'open')).toEqual([]);
  });

  it('names P0s that come in one after the other before it opens a thread for one of them', async () => {
    for (const n of [1, 2, 3]) await desk.alert({ alertname: `Before${n}`, severity: 'warning' });
    await desk.until(() => posts().length > 4);
    await storm(30);
    await desk.until(() => rosters().length > 0);
    for (let n = 1; n <= 8; n += 1) {
      await desk.alert({ alertname: `Late${n}`, severity: 'critical', component: 'health' });
      const id = `GI-${33 + n}`;
      const isOpen = () => parents().some((call) => keyIn(call) === `parent:${id}`);
      await until('the delivery knows of it', () => desk.delivery().waitsInStorm(id) || isOpen());
      for (let step = 0; step < 4; step += 1) desk.advance(10);
    }
    await desk.until(() => rosters().length > 1);

    const [first, second] = rosters();
    // the first of them came when there was no other, and may take the token that is kept back
    const between = parents().filter(({ at }) => at > (first?.at ?? 0) && at < (second?.at ?? 0));
    expect(between.filter(({ body }) => /Late(?!1\b)/.test(String(body.text))).map(keyIn)).toEqual([]);
    // with the next token, not the one after it
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeLessThan(1_900);
    for (let n = 1; n <= 8; n += 1) expect(JSON.stringify(second?.body.blocks)).toMatch(new RegExp(`Late${n}\\b`));
  });

  it('names one that comes right after the list before its next refresh, without a message more', async () => {
    await storm(40, 8);
    await desk.until(() => rosters().length > 0);
    const at = desk.test().clock.monotonicMs();
    await storm(1, 0, 'Straggler');
    await desk.until(async () => (await rosterTexts()).some((text) => /Straggler1\b/.test(text)));

    expect(desk.test().clock.monotonicMs() - at).toBeLessThan(4_000);
    expect(rosters()).toHaveLength(1);
  });

  it('names a few that come right after the list in one message too', async () => {
    await storm(30);
    await desk.until(() => rosters().length > 0);
    const at = desk.test().clock.monotonicMs();
    await storm(8, 0, 'Straggler');
    await desk.until(() => rosters().length > 1);

    const said = [...rosters(), ...parents()].map(({ body }) => JSON.stringify(body));
    for (let n = 1; n <= 8; n += 1) expect(said.some((text) => new RegExp(`Straggler${n}\\b`).test(text))).toBe(true);
    expect((rosters()[1]?.at ?? 0) - at).toBeLessThan(4_000);
  });

  it('gives a new P0 its thread at once in the middle of it', async () => {
    await storm(60);
    await desk.until(() => parents().length > 12);
    const at = desk.test().clock.monotonicMs();
    await desk.alert({ alertname: 'GiannaServiceDown', severity: 'critical' });
    await desk.until(() => parents().some(({ body }) => String(body.text).includes('GiannaServiceDown')));

    const opened = parents().find(({ body }) => String(body.text).includes('GiannaServiceDown'));
    expect((opened?.at ?? 0) - at).toBeLessThan(1_000);
  });

  it('leaves other channels alone', async () => {
    await storm(30);
    await desk.until(() => rosters().length > 0);
    const at = desk.test().clock.monotonicMs();
    await desk.alert({ alertname: 'Intrusion', component: 'security', severity: 'critical' });
    const toSecurity = () => desk.taken('chat.postMessage').filter(({ body }) => body.channel === SECURITY);
    await desk.until(() => toSecurity().length >= 2);

    expect((toSecurity()[0]?.at ?? 0) - at).toBeLessThan(2_000);
    expect(keyIn(toSecurity()[0] as SlackCall)).toMatch(/^parent:/);
  });

  it('mentions once for all of it, and closes those pages as sent in that message', async () => {
    await storm(30, 5);
    await desk.untilShown();

    const mentions = posts().filter(({ body }) => JSON.stringify(body).includes('<@'));
    expect(mentions).toHaveLength(1);
    expect(keyIn(mentions[0] as SlackCall)).toMatch(/^roster:/);
    const pages = (await desk.pages()).filter(({ data }) => data.means === 'thread' && data.severity === 'P0');
    expect(pages).toHaveLength(5);
    const roster = (await desk.messages(OPS)).find(({ text }) => /storm/i.test(text));
    for (const { state, result } of pages) {
      expect(state).toBe('done');
      expect(result).toMatchObject({ outcome: 'sent', reference: `${OPS}/${roster?.ts}`, folded: 30 });
    }
  });

  it('opens no second thread after a crash in the middle, and finishes what was begun', async () => {
    await storm(40, 2);
    await desk.until(() => parents().length > 8);

    await desk.crash();
    await desk.untilShown();

    const roots = (await desk.messages(OPS)).filter(({ thread_ts }) => thread_ts === undefined);
    for (let n = 1; n <= 40; n += 1) {
      const named = roots.filter(({ text }) => new RegExp(`Group${n} `).test(text) && !/storm/i.test(text));
      expect(named).toHaveLength(1);
    }
    for (const text of await rosterTexts()) expect(text).not.toContain('wait for a thread');
  });

  it('is shown on those that wait, and not on others', async () => {
    await storm(30);
    await desk.until(() => parents().length > 5);
    const waiting = Array.from({ length: 30 }, (_, n) => `GI-${n + 1}`).filter((id) =>
      desk.delivery().waitsInStorm(id),
    );
    const opened = parents().map((call) => keyIn(call).slice('parent:'.length));

    expect(waiting.length).toBeGreaterThan(10);
    await desk.until(() => opened.every((id) => !desk.delivery().waitsInStorm(id)));
    await desk.untilShown();
    expect(waiting.filter((id) => desk.delivery().waitsInStorm(id))).toEqual([]);
    expect(parentsOf(desk.proxy.calls, 'GI-1')).toHaveLength(1);
  });

  it('is no storm when ten groups come, or more of them slowly', async () => {
    await storm(10);
    await desk.untilShown();
    desk.advance(61_000);
    for (let n = 0; n < 12; n += 1) {
      await desk.alert({ alertname: `Slow${n}`, severity: 'warning' });
      await desk.untilShown();
      desk.advance(10_000);
    }

    expect(rosters()).toEqual([]);
  });
});
