import { afterEach, describe, expect, it } from 'vitest';
import type { Config } from '../../src/core/config/config.ts';
import { testConfig } from '../support/config.ts';
import { type HandoffWorld, openHandoffWorld } from '../support/handoff-world.ts';
import { until } from '../support/process.ts';

const MARCO = 'slack:U02MGR';

const DEFAULTS = { briefBeforeSeconds: 1800, accept: true, usergroup: null, topic: null };

/** Only the primary schedule, with other rules for its handoff. */
function withHandoff(rules: Partial<typeof DEFAULTS>): Config {
  const config = testConfig();
  const { primary } = config.oncall.schedules;
  if (primary === undefined) throw new Error('the test configuration has no primary');
  const schedules = { primary: { ...primary, onHandoff: { ...DEFAULTS, ...rules } } };
  return { ...config, oncall: { ...config.oncall, schedules } };
}

describe('a handoff that changes', () => {
  let world: HandoffWorld;
  afterEach(() => world.close());

  const titles = async () => (await world.notices()).map(({ title }) => title);

  it('is taken back when somebody stands in instead, and everybody who was told is told', async () => {
    world = await openHandoffWorld({ startAt: '2026-11-30T11:00Z', config: withHandoff({}) });
    await world.passTo('2026-11-30T11:40Z');

    const asked = { person: 'marco', schedule: 'primary', from: '2026-11-30T12:00:00Z', to: '2026-12-01T12:00:00Z' };
    expect(await world.ask('override', MARCO, asked)).toMatchObject({ kind: 'done' });
    const changes = async () => {
      return (await world.notices()).filter(({ title }) => title === 'The handoff of primary has changed');
    };
    await until('both are told that it has changed', async () => (await changes()).length === 2);
    await world.passTo('2026-11-30T11:41Z');

    const changed = await changes();
    expect(changed.map(({ to }) => to)).toEqual([{ person: 'ana' }, { person: 'ben' }]);
    expect(await titles()).toContain('Your shift in primary begins Mon 30 Nov 09:00');
    await world.passTo('2026-11-30T12:00:01Z');
    expect(world.onCall(), 'whoever stands in has agreed').toEqual(['marco']);
  });

  it('needs no acceptance where the schedule says so', async () => {
    world = await openHandoffWorld({ startAt: '2026-11-30T11:00Z', config: withHandoff({ accept: false }) });
    await world.passTo('2026-11-30T12:30Z');

    expect(world.onCall()).toEqual(['ben']);
    const notices = await world.notices();
    expect(notices.map(({ buttons }) => buttons)).toEqual([undefined, undefined]);
    expect(notices.map(({ title }) => title)).toEqual([
      'Your shift in primary begins Mon 30 Nov 12:00',
      'Your shift in primary ends Mon 30 Nov 09:00',
    ]);
  });

  it('is planned anew by another configuration', async () => {
    world = await openHandoffWorld({ startAt: '2026-11-30T10:00Z', config: withHandoff({}) });

    await world.reload(withHandoff({ briefBeforeSeconds: 5400 }));
    await world.passTo('2026-11-30T10:31Z');

    expect(await titles()).toContain('Your shift in primary begins Mon 30 Nov 12:00');
  });

  it('is none when a shift passes to the same person', async () => {
    const config = withHandoff({});
    const { primary } = config.oncall.schedules;
    const layers = primary?.layers.map((layer) => ({ ...layer, turns: [['ana']] })) ?? [];
    const schedules = { primary: { ...primary, layers } } as Config['oncall']['schedules'];
    world = await openHandoffWorld({
      startAt: '2026-11-27T10:00Z',
      config: { ...config, oncall: { ...config.oncall, schedules } },
    });
    await world.passTo('2026-12-27T12:00Z');

    expect(await world.notices()).toEqual([]);
    expect(world.onCall()).toEqual(['ana']);
  });
});
