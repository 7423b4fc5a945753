import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { DriverOf } from '../../src/hosts/driver.ts';
import { stepKind } from '../../src/runbooks/steps/registry.ts';
import { type PreparedStep, readBody, type StepRunDeps } from '../../src/runbooks/steps/step.ts';
import { testConfig } from '../support/config.ts';
import { createFakeDriver, type FakeDriver } from '../support/fake-driver.ts';
import { noDoors, noShells } from '../support/no-doors.ts';

describe('a step that starts or stops a service', () => {
  let driver: FakeDriver;
  let logged: string;

  beforeEach(() => {
    driver = createFakeDriver('gianna', ['c2', 'c1']);
    logged = '';
  });
  const driverOf: DriverOf = () => driver;

  function prepare(kind: string, body: object): Promise<PreparedStep> {
    const step = stepKind(kind);
    if (step === undefined) throw new Error(`no kind ${kind}`);
    const input = { id: 'one', hosts: [], changed: [], service: null, incident: null, timeoutMs: null };
    const deps = { config: testConfig(), driverOf, shellOf: noShells, doors: noDoors };
    return step.plan(readBody(step, 'one', body), input, deps);
  }
  function runDeps(): StepRunDeps {
    return {
      run: 'RUN-1',
      key: 'RUN-1-one',
      by: 'local',
      driverOf,
      shellOf: noShells,
      doors: noDoors,
      runProbes: async () => [],
      redact: (text) => text,
      secretOf: () => '',
      clock: systemClock,
      signal: new AbortController().signal,
      log: (text) => {
        logged += text;
      },
    };
  }

  it.each([
    { kind: 'service.stop', call: 'stop', back: 'service.start', undo: 'start' },
    { kind: 'service.start', call: 'start', back: 'service.stop', undo: 'stop' },
  ])('$kind is one unit a target, taken back by $back of that target alone', async ({ kind, call, back, undo }) => {
    const step = await prepare(kind, { service: 'gianna' });

    const outcome = await step.units[0]?.run(runDeps());

    expect(step.planned).toMatchObject({ target: 'gianna-c1, gianna-c2', mutates: true });
    expect(step.planned.call).toBe(`POST /containers/c1/${call}; POST /containers/c2/${call}`);
    expect(step.planned.undo).toBe(`POST /containers/c1/${undo}; POST /containers/c2/${undo}`);
    expect(outcome).toMatchObject({ status: 'done', undo: { kind: back, body: { service: 'gianna', target: 'c1' } } });
  });

  it('gives as a way back a step that can be read and planned, for that target alone', async () => {
    const step = await prepare('service.stop', { service: 'gianna' });
    driver.onAct = async () => ({ outcome: 'done', summary: 'stopped', undo: { kind: 'start', replicas: 3 } });
    const undo = (await step.units[1]?.run(runDeps()))?.undo;

    const back = await prepare(undo?.kind ?? '', Object(undo?.body));

    expect(undo?.body).toEqual({ service: 'gianna', target: 'c2', replicas: 3 });
    expect(back.targets).toEqual([{ host: 'docker-1', service: 'gianna', id: 'c2' }]);
  });

  it('has no way back for a target that was so already', async () => {
    driver.onAct = async () => ({ outcome: 'done', summary: 'ran already; nothing was done' });
    const step = await prepare('service.start', { service: 'gianna' });

    const outcome = await step.units[0]?.run(runDeps());

    expect(outcome).toEqual({ status: 'done', summary: 'ran already; nothing was done' });
  });

  it('is blocked when the one target that it names is there no more', async () => {
    const step = await prepare('service.start', { service: 'gianna', target: 'c9' });

    expect(step.blockedBy).toEqual([{ kind: 'nothing-found', reason: 'gianna has no c9 any more' }]);
    expect(step.units).toEqual([]);
  });

  it('tells with the last words of a target why it did not come back', async () => {
    driver.observed = { ...driver.observed, running: false, exitCode: 3, ended: true };
    driver.logs = async () => [
      { at: 1, text: 'starting' },
      { at: 2, text: '\u001b[31mno database\u001b[0m' },
    ];
    const step = await prepare('service.start', { service: 'gianna' });

    const gate = await step.units[0]?.gate?.({ healthyWithinMs: 1000, stableMs: 0 }, runDeps());

    expect(gate?.isWell).toBe(false);
    expect(gate?.reason).toContain('exit 3; its last line: no database');
    expect(logged).toBe('gianna-c1: starting\ngianna-c1: no database\n');
  });
});
