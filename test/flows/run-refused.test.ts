import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testConfig } from '../support/config.ts';
import type { FakeDriver } from '../support/fake-driver.ts';
import { createRunWorld, type RunWorld } from '../support/run-world.ts';

describe('only what was agreed to runs, for who may, at that moment', () => {
  let world: RunWorld;
  let gianna: FakeDriver;
  beforeEach(async () => {
    world = await createRunWorld();
    if (world.drivers.gianna === undefined) throw new Error('no driver');
    gianna = world.drivers.gianna;
  });
  afterEach(() => world.end());

  const restart = { runbook: 'restart', parameters: { service: 'gianna' } };
  const seen = () => world.engine.plan({ ...restart, incident: null });

  describe('of a runbook that one mode makes R3', () => {
    beforeEach(() => {
      const config = testConfig();
      const { restart: shipped } = config.runbooks;
      if (shipped === undefined) throw new Error('no runbook');
      const when = { mode: { kind: 'values', values: ['forced'] } } as const;
      const riskWhen = [{ when, risk: 'R3', says: 'it is killed' }] as const;
      world.config.swap({ ...config, runbooks: { restart: { ...shipped, riskWhen } } });
    });
    const forced = { runbook: 'restart', parameters: { service: 'gianna', mode: 'forced' } };

    it('that mode alone needs a reason and a second person, who is told why', async () => {
      const bare = await world.ask(forced);
      const asked = await world.ask({ ...forced, reason: 'it hangs' });

      expect(bare).toMatchObject({ kind: 'refused', code: 'REASON_MISSING' });
      expect(asked.text).toContain('waits for a second person');
      expect((await world.engine.run('RUN-1'))?.risk).toBe('R3');
      const plan = await world.engine.plan({ ...forced, incident: null });
      expect(plan.needs.because).toEqual(['its risk is R3: it is killed']);
      expect((await seen()).needs.approvals).toBe(0);
    });

    it('that mode never runs by itself', async () => {
      const outcome = await world.ask({ ...forced, reason: 'rule try' }, { by: 'auto', via: 'rule' });

      expect(outcome).toMatchObject({
        kind: 'refused',
        code: 'RISK_TOO_HIGH',
        text: 'restart is R3 here (it is killed).',
      });
      expect(await world.engine.runs()).toEqual([]);
    });
  });

  it('refuses at the request who may not', async () => {
    world.rights = { allowed: false, reason: 'Restart needs responder.' };

    const outcome = await world.ask(restart);

    expect(outcome).toMatchObject({ kind: 'refused', code: 'NOT_ALLOWED', text: 'Restart needs responder.' });
    expect(await world.engine.runs()).toEqual([]);
  });

  it('refuses at the start who lost the right since the request', async () => {
    await world.ask(restart);
    world.rights = { allowed: false, reason: 'No responder any more.' };

    await world.go();
    const run = await world.finish('RUN-1');

    expect(run).toMatchObject({ status: 'refused', summary: 'No responder any more.', startedAt: null });
    expect(gianna.calls).toEqual([]);
  });

  it('does not run when the rights cannot be checked at the start', async () => {
    await world.ask(restart);
    world.rightsFail = true;

    await world.go();
    const run = await world.finish('RUN-1');

    expect(run).toMatchObject({ status: 'refused', summary: 'Slack does not answer. Try again.' });
    expect(gianna.calls).toEqual([]);
  });

  it('refuses a plan that changed since it was seen, naming what it would act on now', async () => {
    const plan = await seen();
    gianna.ids = ['c9'];

    const outcome = await world.ask({ ...restart, planHash: plan.hash });

    expect(outcome).toMatchObject({ kind: 'refused', code: 'PLAN_CHANGED' });
    expect(outcome.text).toContain('gianna-c9');
  });

  it('refuses at the start a target that was made anew under the same name since the request', async () => {
    await world.ask({ ...restart, planHash: (await seen()).hash });
    gianna.ids = ['c9'];

    await world.go();
    const run = await world.finish('RUN-1');

    expect(run.status).toBe('refused');
    expect(run.summary).toContain('changed since');
    expect(gianna.calls).toEqual([]);
  });

  it('refuses at the start when the runbook was changed meanwhile', async () => {
    await world.ask(restart);
    const config = testConfig();
    const known = config.runbooks.restart;
    if (known === undefined) throw new Error('no runbook');
    world.config.swap({ ...config, runbooks: { restart: { ...known, steps: known.steps.slice(1) } } });

    await world.go();
    const run = await world.finish('RUN-1');

    expect(run.status).toBe('refused');
    expect(gianna.calls).toEqual([]);
  });

  it('gives the target back when it is refused at the start', async () => {
    await world.ask(restart);
    world.rights = { allowed: false, reason: 'no' };
    await world.go();
    await world.finish('RUN-1');

    world.rights = { allowed: true, reason: '' };
    const outcome = await world.ask(restart);

    expect(outcome).toMatchObject({ kind: 'done', run: 'RUN-2' });
  });

  it('does not run what was asked for more than ten minutes ago', async () => {
    await world.ask(restart);
    world.store.clock.advance(10 * 60_000 + 1);

    await world.go();
    const run = await world.finish('RUN-1');

    expect(run.status).toBe('refused');
    expect(run.summary).toContain('10m');
    expect(gianna.calls).toEqual([]);
  });

  it('refuses when the host does not answer, and says what to look at', async () => {
    gianna.silent = true;

    const outcome = await world.ask(restart);

    expect(outcome).toMatchObject({ kind: 'refused', code: 'RUN_BLOCKED' });
    expect(outcome.text).toContain('The engine does not answer. Look at the host.');
  });

  it('gives up on a host that is silent for 5 s, so that the next person is heard', async () => {
    gianna.targets = () => new Promise(() => {});
    const asked = world.ask(restart);
    let isAnswered = false;
    void asked.then(() => {
      isAnswered = true;
    });

    await world.until(() => isAnswered);

    expect(await asked).toMatchObject({ kind: 'refused', code: 'HOST_SILENT' });
  });

  it('refuses when nothing of the service is there', async () => {
    gianna.ids = [];

    const outcome = await world.ask(restart);

    expect(outcome).toMatchObject({ kind: 'refused', code: 'RUN_BLOCKED' });
    expect(outcome.text).toContain('nothing of gianna was found');
  });

  it.each([
    [{ runbook: 'restrat', parameters: {} }, 'RUNBOOK_UNKNOWN', 'did you mean restart?'],
    [{ runbook: 'restart', parameters: { servce: 'gianna' } }, 'PARAMETER_UNKNOWN', 'did you mean service?'],
    [{ runbook: 'restart', parameters: { service: 'gianan' } }, 'PARAMETER_WRONG', 'did you mean gianna?'],
    [
      { runbook: 'restart', parameters: { service: 'gianna', mode: 'hard' } },
      'PARAMETER_WRONG',
      'graceful, forced, rolling',
    ],
    [{ runbook: 'restart', parameters: {} }, 'PARAMETER_MISSING', 'service=gianna|redis'],
    [{ runbook: 'restart', parameters: { service: ['gianna'] } }, 'PARAMETER_WRONG', 'one text or number'],
    [{ runbook: 'restart', parameters: { service: 'constructor' } }, 'PARAMETER_WRONG', 'one of'],
    [{ runbook: '__proto__', parameters: {} }, 'RUNBOOK_UNKNOWN', 'restart'],
    [{ parameters: {} }, 'RUN_MALFORMED', 'Name a runbook'],
  ])('refuses %j with what is allowed', async (args, code, remedy) => {
    const outcome = await world.ask(args);

    expect(outcome).toMatchObject({ kind: 'refused', code, remedy: expect.stringContaining(remedy) });
    expect(await world.engine.runs()).toEqual([]);
  });

  it('takes the service of the incident when none was named', async () => {
    const outcome = await world.ask({ runbook: 'restart', parameters: {} }, { incident: 'GI-1' });

    expect(outcome).toMatchObject({ kind: 'done', text: 'RUN-1: restart of gianna is accepted.' });
  });
});
