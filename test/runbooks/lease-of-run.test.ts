import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import type { LeasePart } from '../../src/runbooks/lease/change-lease.ts';
import { leaseBatch } from '../../src/runbooks/lease/change-lease.ts';
import { followLeases } from '../../src/runbooks/lease-of-run.ts';
import type { RunRecord } from '../../src/runbooks/run-record.ts';
import type { RunStatus, StepState } from '../../src/runbooks/run-state.ts';
import { undoStepId } from '../../src/runbooks/undo-step-id.ts';
import { ANA, createLeaseWorld, HOUR, type LeaseWorld } from '../support/lease-world.ts';
import { check } from '../support/run-world.ts';

const step = (id: string, isUndone = false) => ({ id, isUndone }) as StepState;
const undo = (of: string, suffix = '') => {
  const takesBack = { step: of, index: 0, isLast: true };
  return { id: undoStepId(takesBack, suffix), isUndone: false, takesBack } as StepState;
};
const run = (leg: number, status: RunStatus, steps: readonly StepState[]) =>
  ({ id: 'RUN-3', phase: 'undo', leg, status, steps }) as RunRecord;

describe('an undo of a run ends the leases of what it took back', () => {
  let world: LeaseWorld;
  beforeEach(async () => {
    world = await createLeaseWorld();
    await world.take(HOUR, { step: 'drain' });
    await world.take(HOUR, { step: 'block' });
  });
  afterEach(() => world.close());

  async function follow(before: RunRecord, after: RunRecord): Promise<void> {
    const by = { at: world.clock.now(), actor: ANA };
    const facts = { ...by, checks: [check('gianna-health', 'ok')], summary: 'as it went' };
    await decideUntilAppended(world.journal(), async () =>
      leaseBatch((await followLeases(world.leases)(before, after, facts)) as LeasePart, by),
    );
  }
  const statuses = async () => [(await world.lease('LEASE-1')).status, (await world.lease('LEASE-2')).status];
  const idle = run(1, 'succeeded', [step('drain'), step('block')]);

  it('and of nothing else', async () => {
    const under = run(2, 'waiting', [step('drain'), step('block'), undo('block')]);
    await follow(idle, under);
    const during = await statuses();
    await follow(under, run(2, 'undone', [step('drain'), step('block', true), undo('block')]));

    expect(during).toEqual(['active', 'ending']);
    expect(await statuses()).toEqual(['active', 'ended']);
    expect(await world.lease('LEASE-2')).toMatchObject({ how: 'undone', proved: true });
  });

  it('never of what an earlier undo failed to take back', async () => {
    const first = [step('drain'), step('block'), undo('drain')];
    await follow(idle, run(2, 'waiting', first));
    await follow(run(2, 'running', first), run(2, 'failed', first));
    const second = [...first, undo('block', '-3')];
    await follow(run(2, 'failed', first), run(3, 'waiting', second));
    const done = [step('drain'), step('block', true), undo('drain'), undo('block', '-3')];
    await follow(run(3, 'running', second), run(3, 'undone', done));

    expect(await statuses()).toEqual(['ending', 'ended']);
    expect(await world.lease('LEASE-1')).toMatchObject({ phase: 'resting', tries: 1 });
  });

  it('each by itself when only some of it could be taken back', async () => {
    const steps = [step('drain'), step('block'), undo('block'), undo('drain')];
    await follow(idle, run(2, 'waiting', steps));

    await follow(
      run(2, 'running', steps),
      run(2, 'failed', [step('drain'), step('block', true), undo('block'), undo('drain')]),
    );

    expect(await statuses()).toEqual(['ending', 'ended']);
    expect(await world.lease('LEASE-2')).toMatchObject({ proved: false });
  });

  it('not without a person when nobody knows how far it came', async () => {
    const steps = [step('drain'), step('block'), undo('block')];
    await follow(idle, run(2, 'waiting', steps));

    await follow(run(2, 'running', steps), run(2, 'interrupted', steps));

    expect(await statuses()).toEqual(['active', 'failed']);
  });
});
