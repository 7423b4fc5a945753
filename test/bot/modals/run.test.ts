import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunbookConfig } from '../../../src/core/config/config.ts';
import { testParameter, testRunbook, testStep } from '../../support/config.ts';
import { connected, createTestDesk, type TestDesk, testIncident, testPlan } from '../../support/desk.ts';
import { control, type LocalSlack, startLocalSlack } from '../../support/local-slack.ts';
import { type SlackProxy, startSlackProxy } from '../../support/slack-proxy/proxy.ts';
import { openSlackUi, type SlackUi } from '../../support/slack-ui.ts';

const ANA = 'U01ONCALL';
const SEC = 'U06SEC';
type Values = Parameters<SlackUi['submit']>[1];
const typed = (value: string): Values[string] => ({ value: { type: 'plain_text_input', value } });
const picked = (value: string): Values[string] => ({ value: { type: 'static_select', selected_option: { value } } });
const number = (value: string): Values[string] => ({ value: { type: 'number_input', value } });
const ticked = (...values: string[]): Values[string] => ({
  value: { type: 'checkboxes', selected_options: values.map((value) => ({ value })) },
});
const eventually = (check: () => void) => vi.waitFor(check, 15_000);

const HOSTILE: ReadonlyArray<readonly [string, string]> = [
  ['shell', '$(touch /tmp/x); `id` && rm -rf / | sh'],
  ['option', '--privileged=true'],
  ['path', '../../../../etc/passwd'],
  ['line', 'one\ntwo'],
  ['unicode', 'a\u202eb\u200bc\u2028d'],
  ['template', '${service} {{ .Labels }} ${jndi:ldap://x}'],
  ['yaml', '!!js/function "x": [&a, *a]'],
  ['mention', '<!channel> <@U01ONCALL> <https://evil.example|click> *b* _i_ `c`'],
  ['keys', '__proto__'],
  ['long', 'x'.repeat(400)],
];

const RUNBOOKS: Record<string, RunbookConfig> = {
  scale: testRunbook('scale', {
    summary: 'Run more of a service, or fewer',
    parameters: {
      service: testParameter('service'),
      on: testParameter('host', { required: false }),
      replicas: testParameter('number', { min: 1, max: 20, says: 'how many afterwards' }),
      keep_for: testParameter('duration', { required: false }),
      note: testParameter('text', { required: false }),
    },
    steps: [testStep('scale', 'service.restart', {})],
  }),
  'block-ip': testRunbook('block-ip', {
    summary: 'Keep an address out',
    parameters: {
      ip: testParameter('ip', { required: false }),
      range: testParameter('cidr', { required: false }),
      token: testParameter('secret', { required: false }),
    },
    steps: [testStep('block', 'service.restart', {})],
  }),
  'rotate-secret': testRunbook('rotate-secret', {
    summary: 'Give a secret another value',
    risk: 'R3',
    parameters: {
      service: testParameter('service'),
      password: testParameter('secret', { required: false }),
    },
    steps: [testStep('rotate', 'service.restart', {})],
  }),
  look: testRunbook('look', { summary: 'Only looks', risk: 'R0', steps: [testStep('look', 'probe', 'cache')] }),
  clash: testRunbook('clash', { parameters: { reason: testParameter('text') } }),
};

describe('the form of a runbook', () => {
  let slack: LocalSlack;
  let proxy: SlackProxy;
  let desk: TestDesk;
  let ui: SlackUi;

  beforeAll(async () => {
    slack = await startLocalSlack({
      users: [
        { id: ANA, name: 'ana', real_name: 'Ana Oncall', email: 'ana@company.com' },
        { id: SEC, name: 'sec', real_name: 'Sec Lead', email: 'sec-lead@company.com' },
      ],
      channels: [{ id: 'C01OPS', name: 'gianna-ops', members: [ANA, SEC, 'U0BOT'] }],
    });
  });
  beforeEach(async () => {
    proxy = await startSlackProxy({ upstream: slack.url, limits: 'off' });
    desk = await createTestDesk({ url: proxy.url });
    const config = desk.config.current();
    desk.config.swap({ ...config, runbooks: { ...config.runbooks, ...RUNBOOKS } });
    desk.plan = async (parameters) =>
      testPlan(parameters, { hash: `hash-${Object.values(parameters).join('-')}`, runbook: 'scale' });
    desk.listener.start();
    await connected(desk);
    ui = await openSlackUi(slack.url);
  });
  afterEach(async () => {
    for (const user of [ANA, SEC]) ui.close(user);
    ui.stop();
    await desk.stop();
    await proxy.stop();
  });
  afterAll(() => slack.stop());

  const say = (text: string, user = ANA) =>
    control(slack.url, 'command', { channel: 'C01OPS', user, command: '/gianna', text });
  const press = (value: object, actionId = 'gi.run', type = 'button') =>
    control(slack.url, 'message', { channel: 'C01OPS', user: ANA, text: 'parent' }).then((posted) =>
      control(slack.url, 'interact', {
        channel: 'C01OPS',
        messageTs: (posted as { message: { ts: string } }).message.ts,
        user: ANA,
        action:
          type === 'button'
            ? { type, action_id: actionId, block_id: 'b', value: JSON.stringify(value) }
            : { type, action_id: actionId, block_id: 'b', selected_option: { value: JSON.stringify(value) } },
      }),
    );
  const seen = () => JSON.stringify(ui.frames.filter((frame) => frame.t !== 'init'));
  const form = () => {
    const view = [...proxy.callsOf('views.open'), ...proxy.callsOf('views.update')].at(-1)?.body.view;
    return view as { callback_id: string; submit?: { text: string }; title: { text: string }; blocks: FormBlock[] };
  };
  const shows = (words: string) => eventually(() => expect(JSON.stringify(form())).toContain(words));
  const fields = () => form().blocks.filter(({ type }) => type === 'input');
  /** The peer knows no field for a number: what was shown in it is said here. */
  const submit = (values: Values) => ui.submit(ANA, { replicas: number('6'), ...values });
  const errors = async () => {
    const frame = await ui.frame((each) => each.t === 'view_errors');
    return frame.errors as Record<string, string>;
  };

  it('asks for each parameter by its type, and for a reason, and shows the plan for what is given', async () => {
    await say('runbook run scale service=gianna replicas=6 keep_for=4h');
    await shows('gianna-3f2a91c04d1e');

    expect(form()).toMatchObject({ callback_id: 'gi.run', title: { text: 'Scale' }, submit: { text: 'Scale gianna' } });
    expect(fields().map(({ block_id, element }) => [block_id, element?.type, element?.action_id])).toEqual([
      ['service', 'static_select', 'value'],
      ['on', 'static_select', 'value'],
      ['replicas', 'number_input', 'value'],
      ['keep_for', 'plain_text_input', 'value'],
      ['note', 'plain_text_input', 'value'],
      ['dry_run', 'checkboxes', 'value'],
      ['reason', 'plain_text_input', 'value'],
    ]);
    expect(fields()[2]?.element).toMatchObject({ min_value: '1', max_value: '20', initial_value: '6' });
    await eventually(() => expect(proxy.callsOf('views.update').map(({ answer }) => answer)).toEqual(['ok']));
    expect(desk.commands).toEqual([]);
  });

  it('is open at once, with nothing to submit, however long its plan takes, and shows the plan then', async () => {
    const plan = desk.plan;
    let found: () => void = () => undefined;
    const looking = new Promise<void>((resolve) => (found = resolve));
    desk.plan = async (parameters) => {
      await looking;
      return plan(parameters);
    };

    await say('runbook run scale service=gianna replicas=6');
    await ui.frame((frame) => frame.t === 'view' && JSON.stringify(frame).includes('Looking at'));
    const first = form();
    found();

    expect(first.submit).toBeUndefined();
    await shows('replicas: `6`');
    expect(proxy.callsOf('views.open')).toHaveLength(1);
  });

  it('asks for exactly the plan that was shown', async () => {
    await say('runbook run scale service=gianna replicas=6');
    await shows('gianna-3f2a91c04d1e');

    submit({ reason: typed('more load') });

    await eventually(() => expect(desk.commands).toHaveLength(1));
    expect(desk.commands[0]).toMatchObject({
      verb: 'run',
      via: 'modal',
      by: `slack:${ANA}`,
      args: {
        runbook: 'scale',
        parameters: { service: 'gianna', replicas: '6' },
        planHash: 'hash-gianna-6',
        reason: 'more load',
      },
    });
    expect(desk.commands[0]?.args).not.toHaveProperty('dryRun');
  });

  it('shows the plan again for another number, and runs nothing before it was looked at', async () => {
    await say('runbook run scale service=gianna replicas=6');
    await shows('gianna-3f2a91c04d1e');

    submit({ replicas: number('7') });
    await ui.frame((frame) => frame.t === 'view' && JSON.stringify(frame).includes('replicas: `7`'));
    expect(desk.commands).toEqual([]);

    submit({ replicas: number('7') });
    await eventually(() => expect(desk.commands[0]?.args).toMatchObject({ planHash: 'hash-gianna-7' }));
  });

  it('says what is missing in place of the plan, and only shows the plan until it is there', async () => {
    await say('runbook run scale service=gianna');

    await shows('The plan is shown once there is: `replicas`');
    expect(form().submit).toMatchObject({ text: 'Show the plan' });
  });

  it.each<[string, string, Values[string], RegExp]>([
    ['a number out of its range', 'replicas', typed('a lot'), /replicas.*number/],
    ['a service that there is not', 'service', picked('nope'), /service.*nope/],
    ['a host that there is not', 'on', picked('nope'), /on.*nope/],
    ['no duration', 'keep_for', typed('soon'), /keep_for.*duration/],
    ['a text of several lines', 'note', typed('a\nb'), /note.*one line/],
    ['a reason that says nothing', 'reason', typed('x'), /Between 3 and 300/],
  ])('says under its field what is wrong: %s', async (_name, field, value, words) => {
    await say('runbook run scale service=gianna replicas=6');
    await shows('gianna-3f2a91c04d1e');

    submit({ [field]: value });

    expect(await errors()).toEqual({ [field]: expect.stringMatching(words) });
    expect(desk.commands).toEqual([]);
  });

  it.each<[string, string, string, RegExp | null]>([
    ['an address', 'ip', '203.0.113.7', null],
    ['an address in another spelling', 'ip', '203.0.113.007', /ip.*canonical/],
    ['a range', 'range', '203.0.113.0/24', null],
    ['a range with bits of a host', 'range', '203.0.113.7/24', /range.*network/],
    ['the name of a secret', 'token', 'API_TOKEN', null],
    ['what is no name of one', 'token', 'api-token', /never the secret itself/],
  ])('takes %s, or says what is wrong with it', async (_name, field, value, wrong) => {
    await say('runbook run block-ip');
    await shows('gianna-3f2a91c04d1e');

    ui.submit(ANA, { [field]: typed(value) });

    if (wrong !== null) expect(await errors()).toEqual({ [field]: expect.stringMatching(wrong) });
    else {
      await ui.frame((frame) => frame.t === 'view' && JSON.stringify(frame).includes(`${field}: \`${value}\``));
      ui.submit(ANA, { [field]: typed(value) });
      await eventually(() => expect(desk.commands[0]?.args).toMatchObject({ parameters: { [field]: value } }));
    }
  });

  it.each(HOSTILE)(
    'takes hostile words of class %s as one text, or refuses them under their field',
    async (kind, text) => {
      await say('runbook run scale service=gianna replicas=6');
      await shows('gianna-3f2a91c04d1e');

      submit({ note: typed(text) });

      await eventually(() => {
        const isRefused = ui.frames.some(
          (frame) => frame.t === 'view_errors' && JSON.stringify(frame).includes('note'),
        );
        expect(isRefused || seen().includes('note: `')).toBe(true);
        expect(isRefused).toBe(['line', 'unicode'].includes(kind));
      });
      const views = ui.frames.filter(({ t }) => t === 'view') as unknown as Array<{
        stack: Array<{ blocks: FormBlock[] }>;
      }>;
      const drawn = JSON.stringify(views.map(({ stack }) => stack[0]?.blocks.filter(({ type }) => type === 'section')));
      expect(drawn).not.toMatch(/<[!@#]|<https/);
      expect(desk.commands).toEqual([]);
    },
  );

  it('marks a dry run, and names it on the button', async () => {
    await say('runbook run scale service=gianna replicas=6 --dry-run');
    await shows('gianna-3f2a91c04d1e');
    expect(form().submit).toMatchObject({ text: 'Dry run: Scale' });

    submit({ dry_run: ticked('dry_run') });

    await eventually(() => expect(desk.commands[0]?.args).toMatchObject({ dryRun: true }));
  });

  it('does not carry out for real what its button called a dry run', async () => {
    await say('runbook run scale service=gianna replicas=6 --dry-run');
    await shows('gianna-3f2a91c04d1e');

    submit({ dry_run: ticked() });

    await ui.frame((frame) => frame.t === 'view' && JSON.stringify(frame).includes('"Scale gianna"'));
    expect(desk.commands).toEqual([]);
  });

  describe('of risk R3', () => {
    beforeEach(async () => {
      await say('runbook run rotate-secret service=gianna');
      await shows('gianna-3f2a91c04d1e');
    });

    it('is a dry run until somebody says otherwise, and asks for a reason and the name', async () => {
      expect(form().submit).toMatchObject({ text: 'Dry run: Rotate secret' });
      expect(fields().map(({ block_id, optional }) => [block_id, optional])).toEqual([
        ['service', false],
        ['password', true],
        ['dry_run', true],
        ['reason', false],
        ['confirm', true],
      ]);
      expect(fields().at(-1)?.label.text).toBe('Type gianna to confirm');
    });

    it('is asked for only with both', async () => {
      const forReal = { dry_run: ticked() };
      ui.submit(ANA, { ...forReal, reason: typed('a leak') });
      await ui.frame((frame) => frame.t === 'view' && JSON.stringify(frame).includes('"Rotate secret gianna"'));

      ui.submit(ANA, { ...forReal, reason: typed(''), confirm: typed('redis') });
      expect(await errors()).toEqual({
        reason: expect.stringContaining('Say why'),
        confirm: 'Type gianna to confirm it.',
      });
      expect(desk.commands).toEqual([]);

      ui.submit(ANA, { ...forReal, reason: typed('a leak'), confirm: typed('gianna') });
      await eventually(() => expect(desk.commands).toHaveLength(1));
      expect(desk.commands[0]?.args).not.toHaveProperty('dryRun');
    });

    it('refuses a secret where its name belongs, shows it nowhere and keeps it nowhere', async () => {
      const secret = 'hunter2-Canary!';

      ui.submit(ANA, { reason: typed('a leak'), password: typed(secret) });

      expect(await errors()).toEqual({ password: expect.stringContaining('never the secret itself') });
      expect(desk.commands).toEqual([]);
      const said = ui.frames.filter(({ t }) => t === 'view' || t === 'view_errors' || t === 'message');
      expect(JSON.stringify([...said, ...proxy.callsOf('views.update')])).not.toContain(secret);
      expect(await desk.journal.journal.waiting(10)).toEqual([]);
    });
  });

  it('of which one value is R3 asks for a reason and the name with that value alone', async () => {
    desk.plan = async (parameters) => {
      const isGrave = parameters.mode === 'forced';
      const raised = isGrave ? { risk: 'R3' as const, riskBecause: ['it is killed'] } : {};
      return testPlan(parameters, { hash: `hash-${parameters.mode}`, ...raised });
    };
    await say('restart gianna');
    await shows('gianna-3f2a91c04d1e');
    expect(fields().map(({ block_id }) => block_id)).not.toContain('confirm');

    ui.submit(ANA, { mode: picked('forced') });
    const again = await ui.frame((frame) => frame.t === 'view' && JSON.stringify(frame).includes('it is killed'));
    expect(JSON.stringify(again)).toContain('Type gianna to confirm');
    ui.submit(ANA, { mode: picked('forced'), reason: typed('it hangs'), confirm: typed('redis') });
    expect(await errors()).toEqual({ confirm: 'Type gianna to confirm it.' });
    ui.submit(ANA, { mode: picked('forced'), reason: typed('it hangs'), confirm: typed('gianna') });

    await eventually(() => expect(desk.commands).toHaveLength(1));
    expect(desk.commands[0]?.args).toMatchObject({ planHash: 'hash-forced', reason: 'it hangs' });
  });

  it('is refused to whom its risk or the runbook does not allow it', async () => {
    const config = desk.config.current();
    const scale = { ...testRunbook('scale'), who: ['approver' as const] };
    desk.config.swap({ ...config, runbooks: { ...config.runbooks, scale } });

    await say('runbook run scale');
    await eventually(() => expect(seen()).toMatch(/needs the role approver.*Ask .*\(approver\)/));
    await say('runbook run look', SEC);
    await eventually(() => expect(seen()).toContain('needs the role responder'));

    expect(proxy.callsOf('views.open')).toEqual([]);
  });

  it('is not opened for a parameter that bears the name of a field of its own', async () => {
    await say('runbook run clash');

    await eventually(() => expect(seen()).toContain('a name that the form needs itself'));
    expect(proxy.callsOf('views.open')).toEqual([]);
  });

  it.each([
    ['a button', 'gi.run', 'button', { v: 1, i: 'GI-1', b: 'scale', n: 3 }],
    ['More actions', 'gi.more', 'static_select', { v: 1, i: 'GI-1', b: 'scale', n: 3, verb: 'run' }],
  ])('opens from %s of an incident, for its service and with it as the reason', async (_name, action, type, value) => {
    await press(value, action, type);

    await shows('once there is: `replicas`');
    expect(fields()[0]?.element).toMatchObject({ initial_option: { value: 'gianna' } });
    expect(fields().at(-1)?.element).toMatchObject({ initial_value: 'GI-1' });
  });

  it('does not open from a button for a runbook that is not there any more', async () => {
    await press({ v: 1, i: 'GI-1', b: 'gone', n: 3 });

    await eventually(() => expect(JSON.stringify(proxy.callsOf('chat.postEphemeral'))).toContain('do not know'));
    expect(proxy.callsOf('views.open')).toEqual([]);
  });

  it('is offered as a button where Slack opens none', async () => {
    const ts = '1700000000.000100';
    desk.threads.set(`C01OPS/${ts}`, 'GI-1');
    desk.incidents.set('GI-1', testIncident('GI-1'));

    await control(slack.url, 'message', {
      channel: 'C01OPS',
      user: ANA,
      text: '<@U0BOT> runbook run scale replicas=6',
      thread_ts: ts,
    });

    await eventually(() => {
      const [told] = proxy.callsOf('chat.postEphemeral');
      expect(JSON.stringify(told?.body.blocks)).toContain('gi.run');
      expect(JSON.stringify(told?.body.blocks)).toContain('\\"b\\":\\"scale\\"');
    });
  });

  it.each([
    ['runbook list', ['rotate-secret', 'R3', 'Give a secret another value']],
    ['runbook show scale', ['replicas', 'at least 1', 'at most 20', 'how many afterwards']],
    ['runbook run scal3', ['Unknown runbook', 'scale']],
    ['runbook run scale size=4', ['Unknown option', 'size']],
  ])('answers /gianna %s', async (text, words) => {
    await say(text);

    await eventually(() => {
      for (const word of words) expect(seen()).toContain(word);
    });
    expect(proxy.callsOf('views.open')).toEqual([]);
  });
});

interface FormBlock {
  readonly type: string;
  readonly block_id?: string;
  readonly optional?: boolean;
  readonly label: { readonly text: string };
  readonly element?: { readonly type: string; readonly action_id: string };
}
