import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSlackClient } from '../../src/bot/client.ts';
import { createShowDuty, topicWith } from '../../src/bot/show-duty.ts';
import type { DutyShown } from '../../src/oncall/handoff/shown.ts';
import { silentLogger } from '../support/journal.ts';
import { type LocalSlack, SLACK_TOKENS, startLocalSlack } from '../support/local-slack.ts';
import { type SlackProxy, startSlackProxy } from '../support/slack-proxy/proxy.ts';

const OPS = 'C01OPS';
const WANTED: DutyShown = {
  schedule: 'primary',
  group: { handle: 'gianna-oncall', users: ['U01ONCALL', 'U03DEV'] },
  topic: { channel: 'ops', text: 'On call (primary): Ben until Mon 30 Nov 09:00 (UTC)' },
};

describe('who is on call, as Slack shows it', () => {
  let slack: LocalSlack;
  let proxy: SlackProxy;

  beforeAll(async () => {
    slack = await startLocalSlack({ users: [], channels: [{ id: OPS, name: 'gianna-ops', members: ['U0BOT'] }] });
  });
  beforeEach(async () => {
    const groups = [{ id: 'S01', handle: 'gianna-oncall', users: [] }];
    proxy = await startSlackProxy({ upstream: slack.url, limits: 'off', groups });
    return () => proxy.stop();
  });
  afterAll(() => slack.stop());

  function shower(channelId: (word: string) => Promise<string | null> = async () => OPS) {
    const client = createSlackClient({
      token: SLACK_TOKENS.botToken,
      apiUrl: `${proxy.url}/api/`,
      logger: silentLogger,
    });
    return createShowDuty({ client, channelId });
  }
  const calls = (method: string) => proxy.callsOf(method).map(({ body }) => body);

  it('puts everybody on call into the group, and says so in the topic', async () => {
    expect(await shower()(WANTED)).toEqual([]);

    expect(calls('usergroups.users.update')).toEqual([
      expect.objectContaining({ usergroup: 'S01', users: 'U01ONCALL,U03DEV' }),
    ]);
    expect(calls('conversations.setTopic')).toEqual([
      expect.objectContaining({ channel: OPS, topic: 'On call (primary): Ben until Mon 30 Nov 09:00 (UTC)' }),
    ]);
  });

  it.each([
    ['usergroups.users.update', 'missing_scope', '@gianna-oncall'],
    ['usergroups.users.update', 'permission_denied', '@gianna-oncall'],
    ['usergroups.list', 'paid_teams_only', '@gianna-oncall'],
    ['conversations.setTopic', 'missing_scope', 'The topic of channel ops'],
  ])('names what is missing when %s says %s, and does the rest', async (method, error, what) => {
    proxy.faults.add({ method, kind: 'error', code: error });

    const missing = await shower()(WANTED);

    expect(missing).toEqual([expect.objectContaining({ what, code: error })]);
    expect(calls('conversations.info')).toHaveLength(1);
  });

  it('names a group and a channel that are not there', async () => {
    const missing = await shower(async () => null)({ ...WANTED, group: { handle: 'elsewhere', users: ['U03DEV'] } });

    expect(missing.map(({ code }) => code)).toEqual(['no_such_group', 'channel_not_found']);
  });

  it('fails for a while, and says that it is tried again, while Slack does not answer', async () => {
    proxy.faults.add({ method: 'usergroups.list', kind: 'status', status: 503 });

    await expect(shower()(WANTED)).rejects.toMatchObject({ family: 'transient' });
  });
});

describe('the topic', () => {
  const OURS = 'On call (primary): Ben';

  it.each([
    ['nothing', '', OURS],
    ['words of people', 'Deploys are frozen', `Deploys are frozen | ${OURS}`],
    ['ours alone', 'On call (primary): Ana until Mon 09:00', OURS],
    ['ours behind others', 'Deploys are frozen | On call (primary): Ana until Mon', `Deploys are frozen | ${OURS}`],
    ['ours before others', 'On call (primary): Ana | Deploys are frozen', `${OURS} | Deploys are frozen`],
  ])('keeps what stands beside ours: %s', (_what, before, after) => {
    expect(topicWith(before, OURS)).toBe(after);
  });

  it('is no longer than Slack takes', () => {
    expect(topicWith('x'.repeat(300), OURS).length).toBeLessThanOrEqual(250);
  });
});
