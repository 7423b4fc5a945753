import { describe, expect, it } from 'vitest';
import { type Config, SEVERITIES, type Severity } from '../../src/core/config/config.ts';
import { testConfig } from '../support/config.ts';
import { MONDAY_TEN, type OncallWorld, openOncallWorld } from '../support/oncall-world.ts';

const PATIENCE_MS = 120_000;
const DAY = 86_400;

/** The matrix without the clock of an acknowledgement. */
function withoutAckClock(): Config {
  const config = testConfig();
  const severities = Object.fromEntries(
    SEVERITIES.map((severity) => [severity, { ...config.severities[severity], ackExpires: null }]),
  ) as Config['severities'];
  return testConfig({ severities });
}

/** Seconds after the opening at which the matrix asks for a page, as `<level>.<repeat>` by hand from severities.yml. */
const MATRIX: Readonly<Record<'P0' | 'P1', ReadonlyArray<readonly [seconds: number, step: string]>>> = {
  P0: [
    [0, '1.0'],
    [300, '2.0'],
    [600, '3.0'],
    ...Array.from({ length: 9 }, (_each, round) => [900 + 900 * round, `4.${round}`] as const),
  ],
  P1: [
    [0, '1.0'],
    [1800, '2.0'],
    [3600, '3.0'],
  ],
};

/** Steps that were asked for, with their moment in seconds after the opening. */
async function stepsOf(world: OncallWorld, incident: string): Promise<Array<[number, string, number]>> {
  const events = (await world.events()).filter(({ type, id }) => type === 'escalation.paged' && id === incident);
  return events.map(({ at, data }) => [
    (at - MONDAY_TEN) / 1000,
    `${data.level}.${data.round}`,
    Number(data.lateSeconds),
  ]);
}

/** The loop of the new process runs by itself for some seconds. */
async function runFor(world: OncallWorld, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    world.clock.advance(1_000);
    await world.timers.runDue();
  }
}

describe.each(['P0', 'P1'] as const)('the matrix of a %s, killed at every wait', (severity) => {
  const lines = MATRIX[severity].slice(1).map(([seconds, step], index) => [step, seconds, index] as const);

  it.each(lines)(
    'pages step %s once, at most five seconds after the restart, and says that it is late',
    async (step, seconds, index) => {
      const world = await openOncallWorld({ startAt: MONDAY_TEN });
      const incident = await world.open(severity);
      const before = MATRIX[severity][index]?.[0] ?? 0;
      await world.pass(before + 1);
      await world.endPages();

      // away over the moment itself, and no longer than the next step
      await world.kill(seconds - before - 1 + 100);
      await runFor(world, 5);

      const steps = await stepsOf(world, incident);
      const [at = 0, paged, late] = steps.at(-1) ?? [];
      expect(paged).toBe(step);
      expect(steps).toHaveLength(index + 2);
      expect(at - (seconds + 100)).toBeLessThanOrEqual(5);
      expect(late).toBeGreaterThanOrEqual(100);
      expect(new Set((await world.pages(incident)).map(({ key }) => key)).size).toBe(
        (await world.pages(incident)).length,
      );
      await world.close();
    },
    PATIENCE_MS,
  );
});

describe('a kill', () => {
  it('drops a step that nobody wants any more, and reports it', async () => {
    const world = await openOncallWorld({ startAt: MONDAY_TEN, config: withoutAckClock() });
    const incident = await world.open('P0');
    // a timer that was left behind, as a release with an error would leave it
    const left = { op: 'set', kind: 'escalation', id: incident, purpose: 'escalate', data: {} } as const;
    await world.ask('ack', incident);
    await world.journal().append({ at: 0, actor: 'auto', timers: [{ ...left, dueAt: world.clock.now() + 60_000 }] });

    await world.kill(3600);
    await runFor(world, 5);

    expect(await stepsOf(world, incident)).toHaveLength(1);
    expect(await world.journal().timersOf('escalation', incident)).toEqual([]);
    expect(await world.metrics.metrics()).toContain('gianna_ops_timers_dropped_total{timer="escalation.escalate"} 1');
    await world.close();
  });

  it('that lasts over several steps pages the highest alone, and records the others', async () => {
    const world = await openOncallWorld({ startAt: MONDAY_TEN });
    const incident = await world.open('P0');
    await world.endPages();

    await world.kill(14 * 60);
    await runFor(world, 5);

    expect((await stepsOf(world, incident)).map(([, step]) => step)).toEqual(['1.0', '3.0']);
    const superseded = (await world.events()).filter(({ type }) => type === 'escalation.superseded');
    expect(superseded.map(({ data }) => data.steps)).toEqual([[{ level: 2, round: 0 }]]);
    await world.close();
  });
});

describe('a hundred days after an acknowledgement', () => {
  it.each<Severity>(['P0', 'P1', 'P2'])(
    'nobody was paged for a %s whose policy has no clock for it',
    async (severity) => {
      const world = await openOncallWorld({ startAt: MONDAY_TEN, config: withoutAckClock() });
      const incident = await world.open(severity);
      await world.endPages();
      await world.pass(120);
      await world.ask('ack', incident);
      const before = (await world.pages(incident)).length;

      await world.pass(100 * DAY);
      await world.kill(3600);
      await world.pass(DAY);

      expect(await world.pages(incident)).toHaveLength(before);
      await world.close();
    },
    PATIENCE_MS,
  );
});

describe('the matrix of a P2 that opens on a Saturday, killed while it waits for Monday', () => {
  const SATURDAY = MONDAY_TEN + 5 * DAY * 1000;
  /** Monday 09:00 in São Paulo, in seconds after that Saturday 10:00. */
  const OPENING = 2 * DAY - 3600;

  it.each([
    ['once, before the opening', [3600]],
    ['again and again, and over the opening itself', [3600, DAY, OPENING - DAY - 3600 + 100]],
  ])('pages once, at most five seconds late: %s', async (_when, absences) => {
    const world = await openOncallWorld({ startAt: SATURDAY });
    const incident = await world.open('P2');
    expect(await world.pages(incident)).toEqual([]);

    for (const seconds of absences) await world.kill(seconds);
    const away = absences.reduce((sum, seconds) => sum + seconds, 0);
    if (away < OPENING) await world.pass(OPENING - away);
    await runFor(world, 5);

    const paged = (await world.events()).filter(({ type, id }) => type === 'escalation.paged' && id === incident);
    const dueAt = SATURDAY + Math.max(OPENING, away) * 1000;
    expect(paged).toHaveLength(1);
    expect((paged[0]?.at ?? 0) - dueAt).toBeLessThanOrEqual(5_000);
    expect(Number(paged[0]?.data.lateSeconds) > 5).toBe(away > OPENING);
    await world.close();
  });
});
