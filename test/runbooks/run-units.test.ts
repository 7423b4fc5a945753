import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { ResolvedStep } from '../../src/runbooks/plan-steps.ts';
import { runUnits, type StepOutcome } from '../../src/runbooks/run-units.ts';
import type { PreparedUnit, UnitOutcome } from '../../src/runbooks/steps/step.ts';
import { testStep } from '../support/config.ts';
import { silentLogger } from '../support/journal.ts';
import { noDoors, noShells } from '../support/no-doors.ts';
import { trusting } from '../support/trusting.ts';

const DONE: UnitOutcome = { status: 'done', summary: 'well' };

describe('a step on many hosts', () => {
  it('goes on with the next as soon as one is done with, whoever is slow', async () => {
    let ended = 0;
    let allOthers: () => void = () => undefined;
    const others = new Promise<void>((resolve) => (allOthers = resolve));
    const units = hosts(60, async (index) => {
      if (index === 3) await others;
      else if (++ended === 59) allOthers();
      return DONE;
    });

    const outcome = await run(units);

    expect(outcome).toMatchObject({ status: 'done', summary: '60 of 60 done' });
  });

  it('has no more than twenty under way', async () => {
    let now = 0;
    let most = 0;
    const units = hosts(60, async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return DONE;
    });

    await run(units);

    expect(most).toBe(20);
  });

  it('has a line for each in its log, in their order, however they end', async () => {
    const units = hosts(60, async (index) => {
      for (let turns = 60 - index; turns > 0; turns -= 1) await new Promise((resolve) => setImmediate(resolve));
      return DONE;
    });

    const { log } = await run(units);

    expect(log.trim().split('\n')).toEqual(units.map(({ name }) => `${name}: done: well`));
  });

  it('names all that broke, those nobody knows of first, and says why of some', async () => {
    const units = hosts(30, async (index) => {
      if (index % 5 !== 0) return DONE;
      return { status: index === 20 ? 'unknown' : 'failed', summary: `web-${index} (10.0.0.${index}) is silent` };
    });

    const { status, summary } = await run(units);

    expect(status).toBe('unknown');
    expect(summary).toBe(
      '24 of 30 done; unknown: web-20; failed: web-0, web-5, web-10, web-15, web-25; ' +
        'web-0 (10.0.0.0) is silent; web-5 (10.0.0.5) is silent; web-10 (10.0.0.10) is silent',
    );
  });

  it('begins on no further host once it is stopped, and names those that it left alone', async () => {
    const stop = new AbortController();
    const units = hosts(30, async (index) => {
      if (index === 4) stop.abort();
      return DONE;
    });

    const { status, summary } = await run(units, stop.signal);

    expect(status).toBe('failed');
    expect(summary).toMatch(/^2\d of 2\d done; it was stopped; not touched: web-2\d, .*web-29$/);
  });
});

function hosts(many: number, act: (index: number) => Promise<UnitOutcome>): PreparedUnit[] {
  return Array.from({ length: many }, (_, index) => ({ name: `web-${index}`, run: () => act(index) }));
}

function run(units: readonly PreparedUnit[], signal = new AbortController().signal): Promise<StepOutcome> {
  const planned = { id: 'patch', kind: 'command', target: '', call: '', effect: '', undo: null, mutates: true };
  const prepared = { planned, targets: [], facts: [], changes: [], probes: [], blockedBy: [], units };
  const config = testStep('patch', 'command', {});
  const step: ResolvedStep = { config, prepared, binding: '', isParallel: true, isIdempotent: false, isPending: false };
  return runUnits(
    { run: 'RUN-1', by: 'local', step, tries: 1, signal, finished: async () => undefined },
    {
      ...{ ...trusting, clock: systemClock, logger: silentLogger, shellOf: noShells, doors: noDoors },
      driverOf: () => {
        throw new Error('no service is asked');
      },
      runProbes: async () => [],
    },
  );
}
