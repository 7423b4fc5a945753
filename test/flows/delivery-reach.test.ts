import { beforeEach, describe, expect, it } from 'vitest';
import { type Config, MEANS } from '../../src/core/config/config.ts';
import { escalationEvolvers } from '../../src/oncall/escalation.ts';
import { testConfig } from '../support/config.ts';
import { OPS, type SlackDesk, startSlackDesk } from '../support/slack-desk.ts';

/** critical without a component: a P1, which pages by dm and thread alone. */
const P1 = { alertname: 'QueueFull', severity: 'critical' };
const P0 = { alertname: 'GiannaServiceDown', severity: 'critical' };
const ANA = 'U01ONCALL';

/** ana is on call at any time. */
function alwaysAna(change: Partial<Config> = {}): Config {
  const config = testConfig(change);
  const { primary } = config.oncall.schedules;
  if (primary === undefined) throw new Error('no schedule primary');
  const layers = primary.layers.map((layer) => ({ ...layer, turns: [['ana']] }));
  return {
    ...config,
    oncall: { ...config.oncall, schedules: { ...config.oncall.schedules, primary: { ...primary, layers } } },
  };
}

describe('who is on call is reached whatever Slack does', () => {
  let desk: SlackDesk;
  beforeEach(async () => {
    desk = await startSlackDesk({ means: MEANS });
    desk.config.swap(alwaysAna());
    await desk.untilShown();
    return () => desk.stop();
  });

  async function pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      desk.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
      await desk.escalate();
    }
  }
  const typesOf = async () => (await desk.journal().eventsOf('escalation', 'GI-1')).map(({ type }) => type);
  async function folded(): Promise<void> {
    let state = null;
    for (const event of await desk.journal().eventsOf('escalation', 'GI-1'))
      state = escalationEvolvers.escalation(state, event);
    expect(state).toEqual((await desk.journal().aggregate('escalation', 'GI-1'))?.state);
  }

  it.each([
    ['answers 429 to everything', { kind: 'rate-limit', retryAfterSeconds: 30, method: '*' }],
    ['answers 503', { kind: 'status', status: 503, method: '*' }],
    ['cuts every connection', { kind: 'reset', method: '*' }],
    ['has revoked the token', { kind: 'error', code: 'token_revoked', method: '*' }],
    ['takes calls and never answers', { kind: 'black-hole', method: 'chat.postMessage' }],
  ] as const)(
    'pages by the second channel after 30 seconds while Slack %s, and by Slack once it is back',
    async (_what, fault) => {
      const back = desk.proxy.faults.add(fault);
      await desk.alert(P1);
      await pass(28);
      expect(await desk.otherPages()).toEqual([]);

      await pass(3);

      expect(await desk.otherPages()).toEqual(['ana email', 'marco email']);
      expect((await desk.pages()).filter(({ state }) => state === 'wanted' || state === 'claimed')).toHaveLength(2);
      back();
      if (fault.kind === 'black-hole') return;
      await desk.untilShown();
      const sent = (await desk.pages()).filter(({ state }) => state === 'done');
      expect(sent).toHaveLength(2);
      await folded();
    },
  );

  it('asks nothing of the second channel while Slack answers', async () => {
    await desk.alert(P1);
    await desk.untilShown();

    await pass(60);

    expect(await desk.otherPages()).toEqual([]);
  });

  it('leaves others alone when one channel answers 429', async () => {
    desk.proxy.faults.add({
      kind: 'rate-limit',
      retryAfterSeconds: 30,
      method: 'chat.postMessage',
      channel: OPS,
      times: 1,
    });
    await desk.alert(P1);
    await desk.until(async () =>
      (await desk.pages()).some(({ state, data }) => state === 'done' && data.means === 'dm'),
    );

    expect(await desk.otherPages()).toEqual([]);
  });

  it.each(['user_disabled', 'account_inactive', 'cannot_dm_bot'])(
    'goes to the next means within five seconds when Slack says %s of who is on call',
    async (code) => {
      desk.proxy.faults.add({ kind: 'error', code, method: 'chat.postMessage', channel: ANA });
      const at = desk.test().clock.monotonicMs();

      await desk.alert(P1);
      await desk.until(async () => (await desk.otherPages()).length > 0);

      expect(desk.test().clock.monotonicMs() - at).toBeLessThan(5_000);
      expect(await desk.otherPages()).toEqual(['ana email']);
      await desk.untilShown();
      expect(desk.delivery().up()).toBe(true);
      const timeline = (await desk.messages(OPS)).find(({ text }) => text.startsWith('Timeline of GI-1'));
      expect(JSON.stringify(timeline)).toContain(`ana by e-mail instead: Slack refuses the page (${code})`);
      await folded();
    },
  );

  it('tells channel ops when somebody has no other address and nobody else is reached', async () => {
    const config = testConfig();
    const ana = { slack: [ANA], email: null, phone: null, timezone: null, webhook: null };
    desk.config.swap(alwaysAna({ oncall: { ...config.oncall, people: { ...config.oncall.people, ana } } }));
    desk.proxy.faults.add({ kind: 'error', code: 'user_disabled', method: 'chat.postMessage', channel: ANA });

    await desk.alert(P1);
    await desk.untilShown();

    expect(await typesOf()).toContain('escalation.unreachable');
    const pings = (await desk.messages(OPS)).filter(({ text }) => text.includes('please ack GI-1'));
    expect(pings.some(({ text }) => text.includes('channel:ops'))).toBe(true);
  });

  it('notes Do Not Disturb and pages a P0 by the next means at once', async () => {
    desk.proxy.quiet.add(ANA);
    const config = testConfig();
    const [level] = config.severities.P1.levels;
    if (level === undefined) throw new Error('P1 has no level');
    const severities = { ...config.severities, P0: { ...config.severities.P0, levels: [level] } };
    desk.config.swap(alwaysAna({ severities }));

    await desk.alert(P0);
    await desk.untilShown();

    expect(await desk.otherPages()).toEqual(['ana email']);
    const sent = (await desk.journal().eventsOf('escalation', 'GI-1')).filter(({ type }) => type === 'page.sent');
    expect(sent.filter(({ data }) => data.doNotDisturb === true).map(({ data }) => data.means)).toEqual(['dm']);
    await folded();
  });

  it('only notes Do Not Disturb for a P1, asked at most once a minute', async () => {
    desk.proxy.quiet.add(ANA);

    await desk.alert(P1);
    await desk.untilShown();
    await desk.alert({ ...P1, alertname: 'Another' });
    await desk.untilShown();

    expect(await desk.otherPages()).toEqual([]);
    expect(desk.proxy.callsOf('dnd.info')).toHaveLength(1);
  });

  it('sends as ever when Do Not Disturb may not be read', async () => {
    desk.proxy.faults.add({ kind: 'error', code: 'missing_scope', method: 'dnd.info' });

    await desk.alert(P0);
    await desk.untilShown();

    expect(desk.delivery().up()).toBe(true);
    expect((await desk.pages()).every(({ state }) => state === 'done')).toBe(true);
  });
});
