import { afterEach, describe, expect, it } from 'vitest';
import type { Config } from '../../src/core/config/config.ts';
import { testConfig } from '../support/config.ts';
import { type HandoffWorld, openHandoffWorld } from '../support/handoff-world.ts';

const MARCO = 'slack:U02MGR';

/** Only the primary schedule, with other rules for its handoff. */
function withHandoff(rules: Partial<Config['oncall']['schedules'][string]['onHandoff']>): Config {
  const config = testConfig();
  const { primary } = config.oncall.schedules;
  if (primary === undefined) throw new Error('the test configuration has no primary');
  const schedules = { primary: { ...primary, onHandoff: { ...primary.onHandoff, ...rules } } };
  return { ...config, oncall: { ...config.oncall, schedules } };
}

describe('a handoff that changes', () => {
  let world: HandoffWorld;
  afterEach(() => world.close());

  const titles = async () => (await world.notices()).map(({ title }) => title);

  it('is taken back when somebody stands in instead, and everybody who was told is told', async () => {
    world = await openHandoffWorld({ startAt: '2026-11-23T11:00Z', config: withHandoff({}) });
    await world.passTo('2026-11-23T11:40Z');

    const asked = { person: 'marco', schedule: 'primary', from: '2026-11-23T12:00:00Z', to: '2026-11-24T12:00:00Z' };
    expect(await world.ask('override', MARCO, asked)).toMatchObject({ kind: 'done' });
    await world.passTo('2026-11-23T11:41Z');

    const changed = (await world.notices()).filter(({ title }) => title === 'The handoff of primary has changed');
    expect(changed.map(({ to }) => to)).toEqual([{ person: 'ana' }, { person: 'ben' }]);
    expect(await titles()).toContain('Your shift in primary begins Mon 23 Nov 09:00');
    await world.passTo('2026-11-23T12:00:01Z');
    expect(world.onCall(), 'whoever stands in has agreed').toEqual(['marco']);
  });

  it('needs no acceptance where the schedule says so', async () => {
    world = await openHandoffWorld({ startAt: '2026-11-23T11:00Z', config: withHandoff({ accept: false }) });
    await world.passTo('2026-11-23T12:30Z');

    expect(world.onCall()).toEqual(['ben']);
    const notices = await world.notices();
    expect(notices.map(({ buttons }) => buttons)).toEqual([undefined, undefined]);
    expect(notices.map(({ title }) => title)).toEqual([
      'Your shift in primary begins Mon 23 Nov 12:00',
      'Your shift in primary ends Mon 23 Nov 09:00',
    ]);
  });

  it('is planned anew by another configuration', async () => {
    world = await openHandoffWorld({ startAt: '2026-11-23T10:00Z', config: withHandoff({}) });

    await world.reload(withHandoff({ briefBeforeSeconds: 5400 }));
    await world.passTo('2026-11-23T10:31Z');

    expect(await titles()).toContain('Your shift in primary begins Mon 23 Nov 12:00');
  });

  it('is none when a shift passes to the same person', async () => {
    const config = withHandoff({});
    const { primary } = config.oncall.schedules;
    const layers = primary?.layers.map((layer) => ({ ...layer, people: ['ana'] })) ?? [];
    const schedules = { primary: { ...primary, layers } } as Config['oncall']['schedules'];
    world = await openHandoffWorld({
      startAt: '2026-11-20T10:00Z',
      config: { ...config, oncall: { ...config.oncall, schedules } },
    });
    await world.passTo('2026-12-20T12:00Z');

    expect(await world.notices()).toEqual([]);
    expect(world.onCall()).toEqual(['ana']);
  });
});
