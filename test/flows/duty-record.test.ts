import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config, OverrideConfig } from '../../src/core/config/config.ts';
import { readOncallAt } from '../../src/oncall/duty-record/read-duty.ts';
import { callCli } from '../cli/call.ts';
import { EXAMPLES, EXAMPLES_ENV } from '../core/config/folder.ts';
import { testConfig } from '../support/config.ts';
import { MONDAY_TEN, type OncallWorld, openOncallWorld } from '../support/oncall-world.ts';

const HOUR = 3600_000;
const DAY = 24 * HOUR;
/** Monday 09:00 in São Paulo, a week later: ben is primary from then on. */
const NEXT_MONDAY = MONDAY_TEN + 7 * DAY - HOUR;

function withOverride(override: OverrideConfig, version = 'test'): Config {
  const config = testConfig();
  const overrides = [override];
  const primary = { ...config.oncall.schedules.primary, overrides } as Config['oncall']['schedules'][string];
  return testConfig({ version, oncall: { ...config.oncall, schedules: { ...config.oncall.schedules, primary } } });
}

describe('the record of who is on call', () => {
  let world: OncallWorld;
  beforeEach(async () => {
    world = await openOncallWorld();
  });
  afterEach(() => world.close());

  const duties = async () =>
    (await world.events())
      .filter(({ kind, id }) => kind === 'duty' && id === 'primary')
      .map(({ data }) => [data.people, new Date(Number(data.since)).toISOString(), data.why, data.lateSeconds]);
  const primaryAt = async (at: number) => {
    const rows = await readOncallAt(world.journal(), world.config.current().oncall, { at, now: world.clock.now() });
    return rows.find(({ schedule }) => schedule === 'primary');
  };
  /** What a reload appends, after the configuration was swapped. */
  const reload = async (config: Config) => {
    world.config.swap(config);
    await world.presence.reloaded(config.version, ['oncall']);
    await world.oncall.stop();
  };

  it('begins at the first start and tells each handoff at its moment', async () => {
    await world.pass(8 * 86_400);

    expect(await duties()).toEqual([
      [['ana'], '2026-11-23T13:00:00.000Z', 'started', 0],
      [['ben'], '2026-11-30T12:00:00.000Z', 'rotation', 0],
    ]);
  });

  it('answers for the past from what was recorded, for the future from the plan, and before it began from the files', async () => {
    await world.pass(8 * 86_400);

    const before = await primaryAt(MONDAY_TEN - DAY);
    const past = await primaryAt(MONDAY_TEN + DAY);
    const future = await primaryAt(MONDAY_TEN + 15 * DAY);

    expect(before).toMatchObject({ now: ['ben'], source: 'configuration', since: null });
    expect(past).toMatchObject({
      now: ['ana'],
      until: '2026-11-30T12:00:00.000Z',
      next: ['ben'],
      source: 'recorded',
      since: '2026-11-23T13:00:00.000Z',
      why: 'started',
      blind: false,
    });
    expect(future).toMatchObject({ now: ['ana'], source: 'planned' });
  });

  it('is not rewritten by a configuration that says otherwise afterwards', async () => {
    await world.pass(86_400);
    await reload(withOverride({ from: '2026-11-23T00:00', to: '2026-11-29T00:00', people: ['marco'] }, 'changed'));

    expect(await primaryAt(MONDAY_TEN + HOUR)).toMatchObject({ now: ['ana'], source: 'recorded' });
    expect(await primaryAt(world.clock.now() + 1)).toMatchObject({ now: ['marco'], source: 'planned' });
    expect((await duties()).at(-1)).toEqual([['marco'], '2026-11-24T13:00:00.000Z', 'configuration', 0]);
  });

  it('tells an override at once, and its end, though the files have not changed', async () => {
    const override = withOverride({ from: '2026-11-23T10:00', to: '2026-11-23T12:00', people: ['marco'] });
    await reload(override);
    await world.pass(3 * 3600);

    expect((await duties()).slice(1)).toEqual([
      [['marco'], '2026-11-23T13:00:00.000Z', 'override', 0],
      [['ana'], '2026-11-23T15:00:00.000Z', 'override', 0],
    ]);
  });

  it('tells after a kill every handoff that passed meanwhile at its own moment, late, and that the time was blind', async () => {
    await world.presence.beat();
    await world.kill(15 * 86_400);
    await world.timers.runDue();

    expect((await duties()).slice(1)).toEqual([
      [['ben'], '2026-11-30T12:00:00.000Z', 'rotation', 8 * 86_400 + 3600],
      [['ana'], '2026-12-07T12:00:00.000Z', 'rotation', 86_400 + 3600],
    ]);
    expect(await primaryAt(NEXT_MONDAY + DAY)).toMatchObject({ now: ['ben'], source: 'recorded', blind: true });
    expect((await world.events()).filter(({ kind }) => kind === 'duty')).toHaveLength(6);
  });

  it('tells what another configuration changed while nobody was here as of the start', async () => {
    world.config.swap(withOverride({ from: '2026-11-20T00:00', to: '2026-11-29T00:00', people: ['marco'] }, 'changed'));
    await world.kill(3600);

    expect((await duties()).at(-1)).toEqual([['marco'], '2026-11-23T14:00:00.000Z', 'configuration', 0]);
  });

  it('is told by the command line without a bot, with how it is known', async () => {
    await world.pass(3600);
    const env = { ...EXAMPLES_ENV, GIANNA_CONFIG: EXAMPLES, GIANNA_SOCKET: '/nonexistent/ops.sock' };
    const own = { ...env, GIANNA_DATABASE_URL: `sqlite:${world.path()}` };

    const recorded = await callCli(['oncall', '--at', '2026-11-23T13:30:00Z', '--json'], own);
    const before = await callCli(['oncall', '--at', '2026-11-10T13:30:00Z'], own);
    const planned = await callCli(['oncall', '--at', '2126-11-10T13:30:00Z'], own);

    expect(JSON.parse(recorded.out)).toContainEqual(
      expect.objectContaining({ schedule: 'primary', now: ['ana'], source: 'recorded', why: 'started' }),
    );
    expect(before.out).toContain('not recorded: by the configuration of now');
    expect(planned.out).toMatch(/primary +\w+ .* planned\n/);
  });

  it('remembers a schedule that is no longer configured', async () => {
    await world.pass(3600);
    const { primary: _primary, ...schedules } = testConfig().oncall.schedules;
    await reload(testConfig({ version: 'changed', oncall: { ...testConfig().oncall, schedules } }));
    await world.pass(3600);

    expect(await primaryAt(MONDAY_TEN + 1)).toMatchObject({ now: ['ana'], source: 'recorded' });
    expect(await primaryAt(world.clock.now() - 1)).toBeUndefined();
    expect(await world.journal().timersOf('duty', 'primary')).toEqual([]);
  });
});
