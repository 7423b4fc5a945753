import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testConfig } from '../support/config.ts';
import { createRunWorld, type RunWorld } from '../support/run-world.ts';

describe('who may run is asked with what the runbook names, where its incident is shown and what environment it is in', () => {
  let world: RunWorld;
  beforeEach(async () => {
    world = await createRunWorld();
    const config = testConfig();
    const known = config.runbooks.restart;
    if (known === undefined) throw new Error('no runbook');
    world.config.swap({ ...config, runbooks: { restart: { ...known, who: ['security'] } } });
  });
  afterEach(() => world.end());

  it('at the request, at the start, and at every word on the run', async () => {
    await world.ask({ runbook: 'restart', parameters: {} }, { incident: 'GI-1' });
    await world.go();
    await world.finish('RUN-1');
    await world.ask({}, { verb: 'undo', run: 'RUN-1' });

    expect(world.rightsAsked).toHaveLength(3);
    expect(new Set(world.rightsAsked.map((about) => JSON.stringify(about)))).toEqual(
      new Set([JSON.stringify({ channel: 'ops', who: ['security'], environment: 'production' })]),
    );
  });
});
