import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunView } from '../../../src/runbooks/views.ts';
import { connected, createTestDesk, type TestDesk, testPlan } from '../../support/desk.ts';
import { control, type LocalSlack, startLocalSlack } from '../../support/local-slack.ts';
import { type SlackProxy, startSlackProxy } from '../../support/slack-proxy/proxy.ts';
import { openSlackUi, type SlackUi } from '../../support/slack-ui.ts';

const ANA = 'U01ONCALL';
const MARCO = 'U02MGR';
const ASKED: RunView['approval'] = {
  state: 'asked',
  by: null,
  at: null,
  expiresAt: Date.now() + 1_200_000,
  breakGlass: false,
};
const eventually = (check: () => void) => vi.waitFor(check, 15_000);

/** A run of R3 that waits for a second person. */
function waitingRun(rest: Partial<RunView> = {}): RunView {
  return {
    id: 'RUN-7',
    version: 4,
    runbook: 'rotate-secret',
    risk: 'R3',
    incident: null,
    service: 'gianna',
    by: `slack:${ANA}`,
    reason: 'a leak',
    status: 'waiting',
    verdict: null,
    summary: null,
    plan: testPlan({ service: 'gianna' }, { hash: 'hash-of-the-plan' }),
    requestedAt: 0,
    startedAt: null,
    endedAt: null,
    before: [],
    after: [],
    steps: [],
    dry: false,
    planHash: 'hash-of-the-plan',
    approval: ASKED,
    leg: 1,
    phase: 'steps',
    stop: null,
    asks: null,
    isAbandoned: false,
    mayUndo: false,
    hasLog: false,
    ...rest,
  };
}

describe('the word of a second person, by button', () => {
  let slack: LocalSlack;
  let proxy: SlackProxy;
  let desk: TestDesk;
  let ui: SlackUi;

  beforeAll(async () => {
    const members = [ANA, MARCO, 'U0BOT'];
    slack = await startLocalSlack({
      users: [
        { id: ANA, name: 'ana', real_name: 'Ana Oncall', email: 'ana@company.com' },
        { id: MARCO, name: 'marco', real_name: 'Marco Manager', email: 'marco@company.com' },
      ],
      channels: [
        { id: 'C01OPS', name: 'gianna-ops', members },
        { id: 'C09TALK', name: 'talk', members },
      ],
    });
  });
  beforeEach(async () => {
    proxy = await startSlackProxy({ upstream: slack.url, limits: 'off' });
    desk = await createTestDesk({ url: proxy.url });
    desk.runs.set('RUN-7', waitingRun());
    desk.listener.start();
    await connected(desk);
    ui = await openSlackUi(slack.url);
  });
  afterEach(async () => {
    for (const user of [ANA, MARCO]) ui.close(user);
    ui.stop();
    await desk.stop();
    await proxy.stop();
  });
  afterAll(() => slack.stop());

  async function press(value: string, { user = MARCO, channel = 'C01OPS' } = {}): Promise<void> {
    const posted = (await control(slack.url, 'message', { channel, user: ANA, text: 'a copy' })) as {
      message: { ts: string };
    };
    const action = { type: 'button', action_id: 'gi.approve', block_id: 'b', value };
    await control(slack.url, 'interact', { channel, messageTs: posted.message.ts, user, action });
  }
  const said = () => JSON.stringify(ui.frames.filter(({ t }) => t === 'message'));
  const opened = () => ui.frame((frame) => frame.t === 'view');

  it('opens the exact plan first, and then carries its hash, whatever else the button says', async () => {
    await press('{"v":1,"r":"RUN-7","n":1,"planHash":"another","by":"U01ONCALL","verb":"approve"}');
    const view = JSON.stringify(await opened());
    const before = desk.commands.length;
    ui.submit(MARCO, {});
    await eventually(() => expect(desk.commands).toHaveLength(1));

    expect(view).toContain('exactly this plan');
    expect(before).toBe(0);
    expect(desk.commands[0]).toMatchObject({
      ...{ verb: 'approve', run: 'RUN-7', by: `slack:${MARCO}`, seen: 4 },
      args: { planHash: 'hash-of-the-plan' },
    });
  });

  it('means the same run from whichever message it is pressed, with the rights of who presses', async () => {
    await press('{"v":1,"r":"RUN-7","n":4}', { user: ANA, channel: 'C09TALK' });
    await eventually(() => expect(said()).toContain('needs the role approver'));
    await press('{"v":1,"r":"RUN-7","n":4}', { channel: 'C09TALK' });
    await opened();
    ui.submit(MARCO, {});

    await eventually(() =>
      expect(desk.commands.map(({ run, by }) => [run, by])).toEqual([['RUN-7', `slack:${MARCO}`]]),
    );
  });

  it.each([
    ['a run that is not there', '{"v":1,"r":"RUN-8","n":4}', 'There is no run RUN-8'],
    ['no run', '{"v":1,"n":4}', 'Nothing was changed'],
    [
      'a run number with more behind it',
      '{"v":1,"r":"RUN-7; RUN-8","n":4}',
      'was changed, or comes from another version',
    ],
    ['a value of another version', '{"v":2,"r":"RUN-7","n":4}', 'was changed, or comes from another version'],
    ['no value of ours', 'approve RUN-7', 'was changed, or comes from another version'],
  ])('is refused with %s', async (_, value, words) => {
    await press(value);

    await eventually(() => expect(said()).toContain(words));
    expect(proxy.callsOf('views.open')).toEqual([]);
    expect(desk.commands).toEqual([]);
  });

  it.each(['given', 'denied', 'void'] as const)('is too late on a copy of a request that is %s', async (state) => {
    desk.runs.set('RUN-7', waitingRun({ approval: { ...ASKED, state } as RunView['approval'] }));

    await press('{"v":1,"r":"RUN-7","n":4}');

    await eventually(() => expect(said()).toContain('does not wait for a second person any more'));
    expect(desk.commands).toEqual([]);
  });

  it('is refused to whom the right was taken while the form stood open', async () => {
    await press('{"v":1,"r":"RUN-7","n":4}');
    await opened();
    const config = desk.config.current();
    const roles = { ...config.slack.roles, approver: [], admin: [] };
    desk.config.swap({ ...config, slack: { ...config.slack, roles } });

    ui.submit(MARCO, {});

    expect(JSON.stringify(await ui.frame((frame) => frame.t === 'view_errors'))).toContain('needs the role');
    expect(desk.commands).toEqual([]);
  });
});
