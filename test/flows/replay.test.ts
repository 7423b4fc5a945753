import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareOutcomes, isUnchanged } from '../../src/cli/replay/compare.ts';
import type { ReplayedPage } from '../../src/cli/replay/outcome.ts';
import { replayUnder } from '../../src/cli/replay/world.ts';
import type { Config } from '../../src/core/config/config.ts';
import { openJournalForReading } from '../../src/journal/sqlite.ts';
import type { PageRequest } from '../../src/oncall/page.ts';
import { testConfig, testRoute, withoutAckClock } from '../support/config.ts';
import { openReportsWorld, type ReportsWorld } from '../support/reports-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Monday 2026-11-23 10:00 in São Paulo: ana is primary. */
const START = Date.UTC(2026, 10, 23, 13);
const DOWN = { alertname: 'GiannaServiceDown', severity: 'critical' };
const ERRORS = { alertname: 'HighErrors', severity: 'critical', component: 'cache' };
const MISSES = { alertname: 'CacheMisses', severity: 'warning', component: 'cache' };

/** Nobody is asked whether an acknowledgement still holds, unless a test says so. */
function base(): Config {
  return withoutAckClock(testConfig());
}

let world: ReportsWorld;
beforeEach(async () => {
  world = await openReportsWorld({ startAt: START, config: base() });
});
afterEach(() => world.close());

/** A morning: a P0 that is taken after seven minutes, a P1 that nobody takes, a P2 that comes and goes. */
async function aMorning(): Promise<void> {
  await world.deliver([{ fingerprint: 'a', labels: DOWN, startsAt: START }]);
  await world.passTo(START + 7 * MINUTE);
  await world.ask('ack', 'GI-1');
  await world.passTo(START + 20 * MINUTE);
  await world.deliver([{ fingerprint: 'b', labels: ERRORS, startsAt: START + 20 * MINUTE }]);
  await world.deliver([{ fingerprint: 'c', labels: MISSES, startsAt: START + 20 * MINUTE }]);
  await world.passTo(START + HOUR);
  const ended = { status: 'resolved', endsAt: START + HOUR } as const;
  await world.deliver([{ fingerprint: 'c', labels: MISSES, startsAt: START + 20 * MINUTE, ...ended }]);
  await world.deliver([{ fingerprint: 'a', labels: DOWN, startsAt: START, ...ended }]);
  await world.ask('resolve', 'GI-1');
  await world.passTo(START + 4 * HOUR);
}

async function replay(config: Config, since = START - HOUR) {
  const store = await openJournalForReading(world.path());
  try {
    return await replayUnder({ store, config, since, until: world.clock.now() });
  } finally {
    await store.close();
  }
}

async function compare(changed: Config) {
  return compareOutcomes(await replay(base()), await replay(changed));
}

function withRoutes(...first: Config['routing']['routes']): Config {
  const config = base();
  return { ...config, routing: { ...config.routing, routes: [...first, ...config.routing.routes] } };
}

function brief({ at, to, means, severity, alertname }: ReplayedPage): string {
  return `+${(at - START) / MINUTE} ${severity} ${to} ${means} ${alertname}`;
}

describe('a replay', () => {
  it.each([
    ['without', base()],
    ['with', testConfig()],
  ])(
    'asks under the same configuration, %s the clock of an acknowledgement, for exactly the pages that the journal asked for',
    async (_what, config) => {
      await world.close();
      world = await openReportsWorld({ startAt: START, config });
      await aMorning();

      const { pages, incidents, commands } = await replay(config);

      const asked = (await world.journal().effects({ kinds: ['page'], states: ['done'] })).flatMap(
        ({ askedAt, data }) => {
          const { people, targets, means, severity, level, round } = data as PageRequest;
          return [...people, ...targets].map((to) => [askedAt, severity, to, means, level, round].join());
        },
      );
      expect(asked.length).toBeGreaterThan(8);
      expect(
        pages.map((page) => [page.at, page.severity, page.to, page.means, page.level, page.repeat].join()),
      ).toEqual(asked);
      expect(incidents).toHaveLength(3);
      expect(commands).toEqual({ replayed: 2, unfit: 0 });
    },
  );

  it('finds no change where there is none', async () => {
    await aMorning();

    expect(isUnchanged(await compare(base()))).toBe(true);
  });

  it('names the pages that appear, and the incident whose severity changes, when a route says more', async () => {
    await aMorning();

    const { pages, incidents } = await compare(withRoutes(testRoute(0, { alertname: 'CacheMisses' }, 'P1')));

    expect(incidents.change.map(({ before, after, what }) => [before.severity, after.severity, what])).toEqual([
      ['P2', 'P1', ['severity']],
    ]);
    expect(pages.appear.map(brief)).toEqual([
      '+20 P1 ana dm CacheMisses',
      '+50 P1 ana dm CacheMisses',
      '+50 P1 ana thread CacheMisses',
    ]);
    expect(pages.move.map(({ before, what }) => [brief(before), what])).toEqual([
      ['+20 P2 ana thread CacheMisses', ['severity']],
    ]);
    expect(pages.vanish).toEqual([]);
  });

  it('names the pages that vanish when an alert is for the digest alone', async () => {
    await aMorning();

    const { pages, incidents } = await compare(withRoutes(testRoute(0, { alertname: 'HighErrors' }, 'P3')));

    expect(pages.vanish.map(brief)).toEqual([
      '+20 P1 ana dm HighErrors',
      '+20 P1 ana thread HighErrors',
      '+50 P1 ana dm HighErrors',
      '+50 P1 ana thread HighErrors',
      '+80 P1 marco dm HighErrors',
      '+80 P1 marco thread HighErrors',
    ]);
    expect(incidents.change[0]?.what).toEqual(['severity', 'digest']);
  });

  it('names the pages that go to another person, and those that come at another time', async () => {
    await aMorning();
    const config = base();
    const [first, second, ...others] = config.severities.P0.levels;
    if (first === undefined || second === undefined) throw new Error('there are levels');
    const { primary } = config.oncall.schedules;
    if (primary === undefined) throw new Error('there is a schedule');
    const override = { from: '2026-11-23T10:15:00', to: '2026-11-23T12:00:00', people: ['ben'] };
    const changed: Config = {
      ...config,
      severities: {
        ...config.severities,
        P0: { ...config.severities.P0, levels: [first, { ...second, afterSeconds: 360 }, ...others] },
      },
      oncall: {
        ...config.oncall,
        schedules: { ...config.oncall.schedules, primary: { ...primary, overrides: [override] } },
      },
    };

    const { pages } = await compare(changed);

    expect(pages.appear).toEqual([]);
    expect(pages.vanish).toEqual([]);
    const moves = pages.move.map(({ before, after, what }) => `${brief(before)}: ${what} ${brief(after)}`);
    expect(moves).toContain('+5 P0 ana dm GiannaServiceDown: at +6 P0 ana dm GiannaServiceDown');
    expect(moves).toContain('+20 P1 ana dm HighErrors: to +20 P1 ben dm HighErrors');
    expect(moves).toHaveLength(7);
  });

  it('names incidents that merge and split when the grouping changes', async () => {
    await aMorning();
    const config = base();
    const merged: Config = { ...config, routing: { ...config.routing, groupBy: ['component'] } };

    const forth = await compare(merged);
    const back = compareOutcomes(await replay(merged), await replay(config));

    expect(forth.incidents.merge.map(({ before, after }) => [before.length, after.length])).toEqual([[2, 1]]);
    expect(back.incidents.split.map(({ before, after }) => [before.length, after.length])).toEqual([[1, 2]]);
  });

  it('names incidents that are no longer opened', async () => {
    await aMorning();
    const config = base();
    const watchdog = { ...config.routing.watchdog, alertname: 'HighErrors' };

    const { incidents, pages } = await compare({ ...config, routing: { ...config.routing, watchdog } });

    expect(incidents.vanish.map(({ alertname }) => alertname)).toEqual(['HighErrors']);
    expect(pages.vanish).toHaveLength(6);
  });

  it('does again what people did, on the incident that now holds the alert', async () => {
    await aMorning();
    const config = withRoutes(testRoute(0, { alertname: 'CacheMisses' }, 'P0', { channel: 'security' }));

    const { pages, commands } = await replay(config);

    const down = pages.filter(({ alertname }) => alertname === 'GiannaServiceDown');
    expect(Math.max(...down.map(({ level }) => level))).toBe(2);
    expect(commands).toEqual({ replayed: 2, unfit: 0 });
  });

  it('opens again what people opened by hand, and acknowledges it where they did', async () => {
    await world.ask('open', null, { title: 'Checkout is slow', severity: 'P0' });
    await world.deliver([{ fingerprint: 'b', labels: ERRORS, startsAt: START }]);
    await world.passTo(START + 7 * MINUTE);
    await world.ask('ack', 'GI-1');
    await world.passTo(START + 40 * MINUTE);

    const { pages, commands } = await replay(withRoutes(testRoute(0, { alertname: 'HighErrors' }, 'P3')));

    expect(commands).toEqual({ replayed: 2, unfit: 0 });
    expect(pages.map(({ at }) => (at - START) / MINUTE)).toEqual([0, 0, 0, 0, 5, 5]);
  });

  it('ends what Alertmanager, asked, no longer had, though the incident has another id here', async () => {
    await world.deliver([{ fingerprint: 'z', labels: { alertname: 'Info', severity: 'info' }, startsAt: START }]);
    await world.deliver([{ fingerprint: 'b', labels: ERRORS, startsAt: START }]);
    await world.passTo(START + 10 * MINUTE);
    await world.gone(['b']);
    await world.passTo(START + 2 * HOUR);
    const config = base();
    const watchdog = { ...config.routing.watchdog, alertname: 'Info' };

    const { incidents } = await replay({ ...config, routing: { ...config.routing, watchdog } });

    expect(await world.incident('GI-2')).toMatchObject({ status: 'recovered' });
    expect(incidents.map(({ id, status }) => [id, status])).toEqual([['GI-1', 'recovered']]);
  });

  it('lives through what came before its window, and does not tell of it', async () => {
    await aMorning();

    const { pages, incidents } = await replay(base(), START + 30 * MINUTE);

    expect(pages.every(({ at }) => at >= START + 30 * MINUTE)).toBe(true);
    expect(pages.some(({ alertname }) => alertname === 'HighErrors')).toBe(true);
    expect(incidents.map(({ alertname }) => alertname)).toContain('GiannaServiceDown');
  });

  it("replays Grafana's alerts and plain events too", async () => {
    const event = { title: 'Backup failed', status: 'firing', severity: 'P1', dedup_key: 'b' };
    await world.post('event', event);
    await world.passTo(START + 10 * MINUTE);

    const { pages } = await replay(base());

    expect(pages.map(brief)).toEqual(['+0 P1 ana thread Backup failed', '+0 P1 ana dm Backup failed']);
  });

  it('leaves nothing behind', async () => {
    await aMorning();
    const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('gianna-replay-'));
    const before = left();

    await replay(base());

    expect(left().filter((name) => !before.includes(name))).toEqual([]);
  });
});
