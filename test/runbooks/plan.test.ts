import { beforeEach, describe, expect, it } from 'vitest';
import { type PlanDeps, planRun } from '../../src/runbooks/plan.ts';
import { planJson } from '../../src/runbooks/run-json.ts';
import { testConfigSource } from '../support/config.ts';
import { createFakeDriver, type FakeDriver } from '../support/fake-driver.ts';
import { noDoors, noShells } from '../support/no-doors.ts';

describe('a plan', () => {
  let driver: FakeDriver;
  let deps: PlanDeps;
  beforeEach(() => {
    driver = createFakeDriver('gianna', ['c2', 'c1']);
    deps = {
      config: testConfigSource(),
      driverOf: () => driver,
      shellOf: noShells,
      doors: noDoors,
      incident: async () => null,
      heldBy: async () => null,
      frozenBy: async () => [],
      coolingDown: async () => 0,
    };
  });
  const plan = (parameters: Record<string, unknown> = { service: 'gianna' }) =>
    planRun({ runbook: 'restart', parameters, incident: null }, deps);

  it('names each target by id, the exact calls, what is expected and what would undo it', async () => {
    const json = planJson(await plan());

    expect(json).toEqual({
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      runbook: 'restart',
      risk: 'R2',
      parameters: { service: 'gianna', mode: 'graceful' },
      targets: [
        { host: 'docker-1', service: 'gianna', id: 'c1' },
        { host: 'docker-1', service: 'gianna', id: 'c2' },
      ],
      steps: [
        {
          id: 'before',
          kind: 'probe',
          target: 'gianna-health, gianna-ready',
          call: 'probe gianna-health; probe gianna-ready',
          effect: 'looks, changes nothing',
          undo: null,
          mutates: false,
        },
        {
          id: 'restart',
          kind: 'service.restart',
          target: 'gianna-c1, gianna-c2',
          call: 'POST /containers/c1/restart mode=graceful; POST /containers/c2/restart mode=graceful',
          effect: 'gianna-c1 is restarted; gianna-c2 is restarted',
          undo: null,
          mutates: true,
        },
        {
          id: 'settle',
          kind: 'wait',
          target: 'gianna',
          call: 'wait until healthy within 1m30s, stable for 10s',
          effect: 'looks, changes nothing',
          undo: null,
          mutates: false,
        },
      ],
      verify: [expect.objectContaining({ id: 'verify-1', kind: 'probe' })],
      needs: { approvals: 0, roles: ['responder'], because: [] },
      blockedBy: [],
    });
  });

  it('changes nothing', async () => {
    await plan();

    expect(driver.calls).toEqual([]);
  });

  it('keeps its hash when health, uptime, counters or the order of the answer move', async () => {
    const { hash } = await plan();
    driver.ids = ['c1', 'c2'];
    driver.observed = {
      ...driver.observed,
      running: false,
      health: 'unhealthy',
      startedAt: 99,
      restarts: 7,
      exitCode: 1,
    };

    expect((await plan()).hash).toBe(hash);
  });

  it('keeps its hash while another run holds the target, and names that run', async () => {
    const { hash } = await plan();
    deps = { ...deps, heldBy: async (target) => (target === 'docker-1/gianna' ? 'RUN-3 by Ana' : null) };

    const held = await plan();

    expect(held.hash).toBe(hash);
    expect(held.blockedBy).toEqual([{ kind: 'running', reason: 'already running: RUN-3 by Ana' }]);
  });

  it.each<[string, () => void]>([
    ['a target', () => driver.ids.push('c3')],
    ['an image', () => Object.assign(driver, { observed: { ...driver.observed, facts: { image: 'sha256:2' } } })],
    ['the call', () => Object.assign(driver, { planAction: () => ({ call: 'other', effect: '', undo: null }) })],
  ])('has another hash when %s is another one', async (_what, change) => {
    const { hash } = await plan();
    change();

    expect((await plan()).hash).not.toBe(hash);
  });

  it('has another hash for other parameters', async () => {
    const { hash } = await plan();

    expect((await plan({ service: 'gianna', mode: 'forced' })).hash).not.toBe(hash);
  });

  it('is blocked, not refused, when the host does not answer', async () => {
    driver.silent = true;

    const { blockedBy, targets } = await plan();

    expect(blockedBy).toEqual([{ kind: 'host', reason: 'The engine does not answer. Look at the host.' }]);
    expect(targets).toEqual([]);
  });
});
