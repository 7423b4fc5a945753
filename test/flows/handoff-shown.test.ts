import { afterEach, describe, expect, it } from 'vitest';
import type { Config } from '../../src/core/config/config.ts';
import { testConfig } from '../support/config.ts';
import { type HandoffWorld, openHandoffWorld } from '../support/handoff-world.ts';
import { until } from '../support/process.ts';

const DEFAULTS = { briefBeforeSeconds: 1800, accept: true };

function showing(): Config {
  const config = testConfig();
  const { primary } = config.oncall.schedules;
  if (primary === undefined) throw new Error('the test configuration has no primary');
  const onHandoff = { ...DEFAULTS, usergroup: 'gianna-oncall', topic: 'ops' };
  return { ...config, oncall: { ...config.oncall, schedules: { primary: { ...primary, onHandoff } } } };
}

describe('the user group and the topic', () => {
  let world: HandoffWorld;
  afterEach(() => world.close());

  it('follow who is on call: at the start, while nobody has accepted, and when somebody has', async () => {
    world = await openHandoffWorld({ startAt: '2026-11-30T11:00Z', config: showing() });
    await world.passTo('2026-11-30T12:00:01Z');
    await world.ask('handoff-accept', 'slack:U03DEV');
    await until('it is shown again', () => world.shown.length === 3);

    expect(world.shown.map(({ group }) => group?.users)).toEqual([['U01ONCALL'], ['U01ONCALL', 'U03DEV'], ['U03DEV']]);
    expect(world.shown.at(-1)?.topic).toEqual({
      channel: 'ops',
      text: 'On call (primary): Ben until Mon 7 Dec 09:00 (America/Sao_Paulo)',
    });
  });

  it('are not set again when nothing changed, over restarts too', async () => {
    world = await openHandoffWorld({ startAt: '2026-11-30T13:00Z', config: showing() });
    const before = world.shown.length;
    await world.awayUntil('2026-11-30T14:00Z');
    await world.awayUntil('2026-11-30T15:00Z');

    expect(before).toBe(1);
    expect(world.shown).toHaveLength(before);
  });

  it('name a setting that the workspace lacks once, whatever happens later', async () => {
    world = await openHandoffWorld({ startAt: '2026-11-27T11:00Z', config: testConfig() });
    world.missing = [{ what: '@gianna-oncall', code: 'missing_scope', remedy: 'Add usergroups:write.' }];
    await world.reload(showing());
    await world.passTo('2026-12-15T12:00Z');

    expect(world.shown.length).toBeGreaterThan(2);
    const named = (await world.notices()).filter(({ title }) => title.startsWith('@gianna-oncall is not kept in step'));
    expect(named).toHaveLength(1);
    expect(named[0]).toMatchObject({ to: { channel: 'ops' } });
  });
});
