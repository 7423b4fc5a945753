import { afterEach, describe, expect, it } from 'vitest';
import { refuse, transient } from '../../../src/core/errors.ts';
import type { SilenceAsked, StepDoors } from '../../../src/runbooks/steps/step.ts';
import { HOSTILE_WORDS } from '../../support/hostile-words.ts';
import { noDoors } from '../../support/no-doors.ts';
import { createStepWorld, type StepWorld } from '../../support/step-world.ts';

const UNTIL = Date.UTC(2026, 10, 22, 16, 0, 0);

describe('a step that goes through a door to another room', () => {
  let world: StepWorld | undefined;

  afterEach(() => world?.end());
  const open = (doors: Partial<StepDoors>) => {
    world = createStepWorld({ doors: { ...noDoors, ...doors } });
    return world;
  };
  const silence = { matchers: { service: 'gianna' }, for: '2h', reason: 'deploy' };

  it('makes a silence with all that is known, and says how it is lifted', async () => {
    const asked: SilenceAsked[] = [];
    const { plan, carryOut } = open({
      silence: async (what) => {
        asked.push(what);
        return { id: 'abc-1', until: UNTIL };
      },
    });

    const step = await plan('silence', silence, { incident: 'GI-4' });
    const [outcome] = await carryOut(step, 'RUN-2-mute');

    expect(step.planned.call).toBe('silence {service="gianna"} for 2h: "deploy"');
    const by = 'slack:U01ONCALL';
    const { matchers, reason } = silence;
    const second = { agreed: [], run: 'RUN-1' };
    expect(asked).toEqual([{ matchers, seconds: 7200, reason, incident: 'GI-4', by, key: 'RUN-2-mute', ...second }]);
    expect(outcome).toEqual({
      status: 'done',
      summary: 'silence abc-1 until 2026-11-22T16:00:00.000Z',
      results: { id: 'abc-1' },
      undo: { kind: 'silence.lift', body: { id: 'abc-1' } },
    });
  });

  it.each([
    ['bound to what people see', false, []],
    ['refused when it could be looked at only when it was its turn', true, [{ kind: 'silence', reason: 'A P0.' }]],
  ])('needs a second person for a silence that says so, %s', async (_, isLate, blockedBy) => {
    const asked: SilenceAsked[] = [];
    const { plan, carryOut } = open({
      foreseeSilence: async () => ({ blocked: null, shown: ['P0 ApiDown'], because: ['A P0.', 'Mutes 1 alert.'] }),
      silence: async (what) => {
        asked.push(what);
        return { id: 'abc-1', until: UNTIL };
      },
    });

    const step = await plan('silence', { ...silence, matchers: 'alertname=~"Api.*"' }, { isLate });
    await carryOut(step);

    expect(step).toMatchObject({ needs: ['A P0.', 'Mutes 1 alert.'], facts: [{ mutes: 'P0 ApiDown' }], blockedBy });
    expect(step.planned.effect).toContain('it mutes P0 ApiDown');
    expect(asked).toMatchObject([{ matchers: 'alertname=~"Api.*"', agreed: ['P0 ApiDown'] }]);
  });

  it('lifts a silence in the name of whoever runs it', async () => {
    const lifted: string[][] = [];
    const { run } = open({ liftSilence: async (...what) => void lifted.push(what) });

    const [outcome] = await run('silence.lift', { id: 'abc-1' });

    expect(outcome).toEqual({ status: 'done', summary: 'silence abc-1 is lifted' });
    expect(lifted).toEqual([['abc-1', 'slack:U01ONCALL']]);
  });

  it.each([
    { error: refuse('SILENCE_TOO_LONG', 'P1 may be silent for 4 h.', 'Ask for less.'), status: 'failed' },
    { error: transient('AM_DOWN', 'Alertmanager does not answer.', 'Try again.'), status: 'unknown' },
  ])('is $status when the door says $error.code', async ({ error, status }) => {
    const fail = () => Promise.reject(error);
    const { run } = open({ silence: fail, liftSilence: fail, notify: fail });

    const outcomes = [
      ...(await run('silence', silence)),
      ...(await run('silence.lift', { id: 'x' })),
      ...(await run('notify', { text: 'x', channel: 'ops' })),
    ];

    expect(outcomes.map((outcome) => outcome.status)).toEqual([status, status, status]);
    expect(outcomes[0]?.summary).toContain(error.message);
  });

  it.each([
    { channel: 'security', incident: null, target: 'security' },
    { channel: undefined, incident: 'GI-4', target: 'the thread of GI-4' },
  ])('posts to $target, keyed by its try', async ({ channel, incident, target }) => {
    const posted: unknown[] = [];
    const { plan, carryOut } = open({ notify: async (what) => void posted.push(what) });

    const step = await plan('notify', { text: 'a <!channel>\nb', channel }, { incident });
    const [outcome] = await carryOut(step, 'RUN-2-tell');

    expect(step.planned).toMatchObject({ call: 'post "a <!channel>\\nb"', target, mutates: true });
    expect(posted).toEqual([
      { run: 'RUN-1', key: 'RUN-2-tell', channel: channel ?? null, incident, text: 'a <!channel>\nb' },
    ]);
    expect(outcome?.status).toBe('done');
  });

  it('says in the plan that there is no thread to post to', async () => {
    const step = await open({}).plan('notify', { text: 'x' });

    expect(step.blockedBy).toMatchObject([{ kind: 'incident' }]);
  });

  it('refuses a channel that slack.yml does not name', async () => {
    await expect(open({}).plan('notify', { text: 'x', channel: 'C01OPS' })).rejects.toMatchObject({
      code: 'CHANNEL_UNKNOWN',
    });
  });

  it.each(Object.entries(HOSTILE_WORDS))('gives texts of class %s on as they are', async (_, words) => {
    const posted: string[] = [];
    const { run } = open({ notify: async ({ text }) => void posted.push(text) });

    for (const text of words) await run('notify', { text, channel: 'ops' });

    expect(posted).toEqual(words);
  });

  it.each([
    ['silence', { ...silence, matchers: {} }],
    ['silence', { ...silence, matchers: { 'a b': 'x' } }],
    ['silence', { ...silence, matchers: { a: 'x\ny' } }],
    ['silence', { ...silence, for: '0s' }],
    ['silence', { ...silence, reason: '' }],
    ['silence.lift', { id: '' }],
    ['notify', { text: ' ' }],
    ['notify', { text: 'x'.repeat(3001) }],
  ])('refuses %s %j', async (kind, body) => {
    await expect(open({}).plan(kind, body)).rejects.toMatchObject({ code: 'RUNBOOK_STEP' });
  });
});

describe('a step that asks a person', () => {
  it('says what is asked of whom, and has nothing to carry out', async () => {
    const world = createStepWorld();

    const step = await world.plan('ask', { question: 'Is the backup there?', roles: ['approver'] });

    expect(step.asks).toEqual({ question: 'Is the backup there?', roles: ['approver'] });
    expect(step.planned).toMatchObject({ call: 'ask "Is the backup there?"', mutates: false });
    expect(step.units).toEqual([]);
    world.end();
  });

  it.each([{ question: '' }, { question: 'a\nb' }, { question: 'x', roles: ['root'] }])('refuses %j', async (body) => {
    const world = createStepWorld();

    await expect(world.plan('ask', body)).rejects.toMatchObject({ code: 'RUNBOOK_STEP' });
    world.end();
  });
});
