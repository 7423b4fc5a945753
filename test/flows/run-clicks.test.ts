import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../src/core/command.ts';
import { createDrain, type Drain } from '../../src/journal/drain.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { commandIn, createSubmit } from '../../src/journal/submit.ts';
import { silentLogger } from '../support/journal.ts';
import { createRunWorld, type RunWorld } from '../support/run-world.ts';

describe('twenty clicks on Restart are one restart', () => {
  let world: RunWorld;
  let drain: Drain;
  beforeEach(async () => {
    world = await createRunWorld();
    const { journal, clock } = world.store;
    drain = createDrain({
      journal,
      clock,
      logger: silentLogger,
      handlers: { command: (row) => world.engine.command(commandIn(row)) },
      metrics: createJournalMetrics(new Registry()),
    });
    drain.start();
  });
  afterEach(async () => {
    await drain.stop();
    await world.end();
  });

  it('through the inbox, and each of the others is told which run has it', async () => {
    const { journal, clock } = world.store;
    const submit = createSubmit({ journal, drain, clock });
    const command = (by: Command['by']): Command => ({
      v: 1,
      verb: 'run',
      by,
      at: clock.now(),
      via: 'modal',
      incident: 'GI-1',
      args: { runbook: 'restart', parameters: { service: 'gianna' } },
    });
    await world.go();

    const sent = await Promise.all(
      Array.from({ length: 20 }, (_, index) => submit(`click-${index}`, command(`slack:U${index}`))),
    );
    const outcomes = await Promise.all(sent.map(({ outcome }) => outcome));
    const run = await world.finish('RUN-1');

    const others = outcomes.filter((outcome) => outcome.kind === 'refused');
    expect(others).toHaveLength(19);
    expect(others.every(({ text }) => text === `Already running: RUN-1 by ${run.by}.`)).toBe(true);
    expect(world.drivers.gianna?.calls).toHaveLength(1);
    expect(run.status).toBe('succeeded');
  });
});
