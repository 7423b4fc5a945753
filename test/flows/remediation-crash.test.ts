import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRemediationWorld, type RemediationWorld } from '../support/remediation-world.ts';

describe('a process that dies never doubles a run and forgets none', () => {
  let world: RemediationWorld;
  beforeEach(async () => {
    world = await createRemediationWorld();
    await world.fire();
  });
  afterEach(() => world.close());

  const asked = async () => (await world.types()).includes('asked');
  const until = async (isSo: () => Promise<boolean>) => {
    while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
  };

  it('while the alert has not fired for long enough', async () => {
    await world.pass(60);
    await world.crash();
    await world.pass(59);
    expect(await world.runs()).toEqual([]);
    await world.pass(1);

    expect(await world.runs()).toHaveLength(1);
  });

  it('after the question was recorded, before the run was asked for', async () => {
    world.dying = 'before';
    await world.strike(120);
    await until(asked);
    await world.crash();

    expect(await world.runs()).toHaveLength(1);
    expect(await world.types()).toEqual(['asked', 'started']);
  });

  it('after the run was asked for, before that was recorded: it is the same run', async () => {
    world.dying = 'after';
    await world.strike(120);
    await until(async () => (await world.runs()).length === 1);
    await world.crash();

    expect(await world.runs()).toHaveLength(1);
    expect(await world.commands()).toHaveLength(1);
    expect(await world.remediation().list()).toMatchObject([{ open: [{ run: 'RUN-1' }] }]);
  });

  it('and when that run has ended meanwhile it is judged', async () => {
    world.dying = 'after';
    await world.strike(120);
    await until(async () => (await world.runs()).length === 1);
    await world.crash();
    await world.endRun('RUN-1', 'fixed');

    expect(await world.types()).toEqual(['asked', 'started', 'judged']);
  });

  it('what was to be asked for and was not, long ago, is given up: the bot was away', async () => {
    world.dying = 'before';
    await world.strike(120);
    await until(asked);
    await world.crash(3600);

    expect(await world.runs()).toEqual([]);
    expect(await world.types()).toEqual(['asked', 'refused']);
    await world.pass(60);
    expect(await world.types()).toEqual(['asked', 'refused', 'asked', 'started']);
  });

  it('nor is it asked for when somebody has acknowledged since', async () => {
    world.dying = 'before';
    await world.strike(120);
    await until(asked);
    world.acknowledge('GI-1');
    await world.crash();
    await world.pass(3600);

    expect(await world.runs()).toEqual([]);
    expect(await world.types()).toEqual(['asked', 'refused', 'skipped']);
  });

  it('while its run is under way: it is judged afterwards, and its pause holds', async () => {
    await world.pass(120);
    await world.crash();
    await world.endRun('RUN-1', 'no-effect');
    await world.crash();
    await world.pass(540);
    expect(await world.runs()).toHaveLength(1);
    await world.pass(120);

    expect(await world.runs()).toHaveLength(2);
  });
});
