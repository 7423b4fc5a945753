import { afterEach, beforeEach, expect, it } from 'vitest';
import { readRecord } from '../../src/runbooks/record.ts';
import { createRunWorld, type RunWorld } from '../support/run-world.ts';

let world: RunWorld;
beforeEach(async () => {
  world = await createRunWorld();
});
afterEach(() => world.end());

async function restart(args: object, about: object): Promise<void> {
  const outcome = await world.ask({ runbook: 'restart', parameters: { service: 'gianna' }, ...args }, about);
  if (outcome.kind !== 'done' || outcome.run === undefined) throw new Error(outcome.text);
  await world.go();
  await world.finish(outcome.run);
}

it('a runbook is counted by the alert that it was run for, and by what came of it; a dry run is not', async () => {
  const gianna = world.drivers.gianna;
  if (gianna === undefined) throw new Error('no driver');
  gianna.onRestart = async () => {
    world.probes['gianna-health'] = 'ok';
    return { outcome: 'done', summary: 'restarted' };
  };

  world.probes['gianna-health'] = 'fail';
  await restart({}, { incident: 'GI-1' });
  await restart({}, {});
  await restart({ dryRun: true }, { incident: 'GI-1' });

  expect(await readRecord(world.store.journal)).toEqual([
    { runbook: 'restart', cause: 'GiannaDown', runs: 1, fixed: 1, noEffect: 0, worse: 0, none: 0 },
    { runbook: 'restart', cause: null, runs: 1, fixed: 0, noEffect: 0, worse: 0, none: 1 },
  ]);
});
