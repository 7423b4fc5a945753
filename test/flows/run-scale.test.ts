import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScaleChange, ScaleResult, ServiceScaling, WantedCopies } from '../../src/hosts/driver.ts';
import { testConfig, testParameter, testRunbook, testStep } from '../support/config.ts';
import { createRunWorld, type RunWorld } from '../support/run-world.ts';

/** Copies in memory, one of which cannot be made when a test says so. */
function createCopies(names: string[]) {
  const copies = { names, done: [] as string[], cannotMake: '' };
  const targetOf = (name: string) => ({ host: 'docker-1', service: 'gianna', id: `id-of-${name}`, name });
  const change = (kind: ScaleChange['kind'], name: string): ScaleChange => {
    return {
      kind,
      target: targetOf(name),
      call: { call: `${kind} ${name}`, effect: `${name}: ${kind}`, undo: `undo ${name}` },
      data: {},
    };
  };
  const changesTo = (wanted: WantedCopies): ScaleChange[] => {
    const { length } = copies.names;
    if ('without' in wanted) {
      return copies.names.filter((name) => `id-of-${name}` === wanted.without).map((name) => change('remove', name));
    }
    const to = 'to' in wanted ? wanted.to : length + wanted.by;
    if (to < length)
      return copies.names
        .slice(Math.max(0, to))
        .reverse()
        .map((name) => change('remove', name));
    return Array.from({ length: to - length }, (_, index) => change('add', `web-${length + index + 1}`));
  };
  const scaling: ServiceScaling = {
    plan: async (wanted) => {
      const from = copies.names.length;
      const to = 'to' in wanted ? wanted.to : 'by' in wanted ? from + wanted.by : from - 1;
      return { from, to, changes: changesTo(wanted), blockedBy: [], facts: { copies: copies.names.join() } };
    },
    change: async ({ kind, target }): Promise<ScaleResult> => {
      if (kind === 'add' && target.name === copies.cannotMake) {
        return { outcome: 'not-done', summary: `${target.name} was not made (no space left)` };
      }
      copies.done.push(`${kind} ${target.name}`);
      if (kind === 'add') copies.names.push(target.name);
      else copies.names.splice(copies.names.indexOf(target.name), 1);
      const undo = kind === 'add' ? { without: target.id } : { by: 1 };
      return { outcome: 'done', summary: `${target.name}: ${kind}`, target, undo };
    },
  };
  return { copies, scaling };
}

describe('a service is given more copies, or fewer', () => {
  let world: RunWorld;
  let copies: ReturnType<typeof createCopies>['copies'];
  beforeEach(async () => {
    world = await createRunWorld();
    const config = testConfig();
    const { gianna } = config.services;
    if (gianna === undefined) throw new Error('no service');
    const scale = testRunbook('scale', {
      parameters: { service: testParameter('service'), replicas: testParameter('text') },
      steps: [testStep('scale', 'service.scale', { service: '${service}', replicas: '${replicas}' })],
    });
    const services = { ...config.services, gianna: { ...gianna, scale: { min: 0, max: 6 } } };
    world.config.swap({ ...config, services, runbooks: { scale } });
    const made = createCopies(['web-1', 'web-2']);
    copies = made.copies;
    Object.assign(world.drivers.gianna ?? {}, { scaling: made.scaling });
  });
  afterEach(() => world.end());

  const scale = (replicas: string, rest = {}) =>
    world.ask({ runbook: 'scale', parameters: { service: 'gianna', replicas }, ...rest });
  const plan = (replicas: string) =>
    world.engine.plan({ runbook: 'scale', parameters: { service: 'gianna', replicas }, incident: null });

  it.each([
    ['4', ['add web-3', 'add web-4']],
    ['+1', ['add web-3']],
    ['1', ['remove web-2']],
    ['-1', ['remove web-2']],
    ['2', []],
  ])('%s of two is done as the plan says', async (replicas, done) => {
    const seen = await plan(replicas);

    await scale(replicas);
    await world.go();
    const run = await world.finish('RUN-1');

    expect(seen.steps[0]?.call).toBe(done.length === 0 ? 'no call' : done.join('; '));
    expect(run.status).toBe('succeeded');
    expect(copies.done).toEqual(done);
  });

  it('one that cannot be made ends it: what there is is said exactly, the rest is not tried, and what was made is taken back', async () => {
    copies.cannotMake = 'web-4';

    await scale('5');
    await world.go();
    const run = await world.finish('RUN-1');
    const made = [...copies.done];
    await world.ask({}, { verb: 'undo', run: 'RUN-1' });
    await world.go();
    const undone = await world.finish('RUN-1');

    expect(run).toMatchObject({ status: 'failed', mayUndo: true });
    expect(run.summary).toContain('web-3: add; web-4 was not made (no space left); not touched: web-5');
    expect(made).toEqual(['add web-3']);
    expect(undone.status).toBe('undone');
    expect(copies.names).toEqual(['web-1', 'web-2']);
  });

  it('one that does not become well ends it too', async () => {
    const { gianna } = world.drivers;
    if (gianna === undefined) throw new Error('no driver');
    gianna.observed = { ...gianna.observed, running: false, ended: true, exitCode: 3, health: 'none' };

    await scale('4');
    await world.go();
    const run = await world.finish('RUN-1');

    expect(run.status).toBe('failed');
    expect(run.summary).toMatch(/web-3 did not come back well: .*exit 3.*not touched: web-4/);
    expect(copies.done).toEqual(['add web-3']);
  });

  it('to none is R3, whatever the runbook says: with a reason and a second person', async () => {
    const seen = await plan('-2');
    const bare = await scale('0');
    const asked = await scale('0', { reason: 'it is retired' });

    expect(seen).toMatchObject({ risk: 'R3', riskBecause: ['nothing of gianna would be left running'] });
    expect(bare).toMatchObject({ kind: 'refused', code: 'REASON_MISSING' });
    expect(asked.text).toContain('waits for a second person');
    expect(copies.done).toEqual([]);
  });

  it('beyond what hosts.yml allows is refused, and the plan says why', async () => {
    const seen = await plan('7');
    const outcome = await scale('+5');

    expect(seen.blockedBy).toEqual([
      { kind: 'scale', reason: 'gianna would have 7, and 6 is the most (scale.max of hosts.yml)' },
    ]);
    expect(outcome).toMatchObject({ kind: 'refused', code: 'RUN_BLOCKED' });
  });

  it('is refused when somebody else scaled it since the plan was seen', async () => {
    const seen = await plan('+1');
    copies.names.push('web-3');

    const outcome = await scale('+1', { planHash: seen.hash });

    expect(outcome).toMatchObject({ kind: 'refused', code: 'PLAN_CHANGED' });
  });

  it('is refused for what has no copies', async () => {
    Object.assign(world.drivers.gianna ?? {}, { scaling: undefined, kind: 'systemd' });

    const seen = await plan('2');

    expect(seen.blockedBy).toEqual([{ kind: 'scale', reason: 'gianna (systemd) is one: it has no copies' }]);
  });
});
