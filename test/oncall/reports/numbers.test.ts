import { describe, expect, it } from 'vitest';
import type { IncidentAbout, IncidentState } from '../../../src/alerts/incident-state.ts';
import { createBusinessClock } from '../../../src/oncall/business-time.ts';
import { createPagedAt } from '../../../src/oncall/reports/hours.ts';
import { quantile } from '../../../src/oncall/reports/numbers.ts';
import { createReadNumbers } from '../../../src/oncall/reports/read-numbers.ts';
import { isFix } from '../../../src/runbooks/fixes.ts';
import { testConfig } from '../../support/config.ts';
import { type Random, seededRandom } from '../../support/random.ts';
import { openReportsWorld, type ReportsWorld } from '../../support/reports-world.ts';
import { countByHand } from './numbers-oracle.ts';

const HOUR = 3600_000;
const DAY = 24 * HOUR;
const MONDAY_EIGHT = Date.UTC(2026, 10, 23, 11);
const LABELS: ReadonlyArray<Record<string, string>> = [
  { alertname: 'GiannaServiceDown', severity: 'critical' },
  { alertname: 'HighErrors', severity: 'critical' },
  { alertname: 'HighErrors', severity: 'warning' },
  { alertname: 'CacheMisses', severity: 'warning' },
  { alertname: 'LowUsage', severity: 'info' },
];

/** Ten days of alerts that come, go and come again, of people who take them or do not. */
async function live(world: ReportsWorld, random: Random): Promise<void> {
  for (let step = 0; step < 80; step += 1) {
    await world.passTo(world.clock.now() + random.between(1, 4 * 3600) * 1000);
    const index = random.between(0, 3 * LABELS.length - 1);
    const labels = LABELS[index % LABELS.length] ?? {};
    const status = random.between(0, 9) < 6 ? 'firing' : 'resolved';
    const startsAt = world.clock.now() - (status === 'firing' ? 0 : 1000);
    const host = { host: String(index % 3) };
    const alert = { fingerprint: `f${index}`, labels, status, startsAt, endsAt: world.clock.now() } as const;
    await world.deliver([alert], { groupLabels: { ...host, alertname: labels.alertname ?? '' } });
    const incidents = await world.journal().aggregates<IncidentState>('incident', { open: true });
    const one = incidents[random.between(0, Math.max(0, incidents.length - 1))];
    if (one === undefined) continue;
    const verb = ['ack', 'ack', 'resolve', 'note'][random.between(0, 3)];
    if (verb === 'ack' || verb === 'resolve') await world.ask(verb, one.id);
  }
}

async function alertnamesOf(world: ReportsWorld): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const { id, state } of await world.journal().aggregates<IncidentState>('incident')) {
    const about = await world.journal().payload(state.about);
    names.set(id, (JSON.parse(about ?? '') as IncidentAbout).alertname);
  }
  return names;
}

const random = seededRandom('NUMBERS_SEED', 'ten days of alerts');

describe('the numbers of a window', () => {
  it.each([1, 2, 3])('are what counting by hand gives, over ten days at random (%i)', { timeout: 60_000 }, async () => {
    const world = await openReportsWorld({ startAt: MONDAY_EIGHT });
    await live(world, random);
    const journal = world.journal();
    const events = await journal.eventsAfter(0, 100_000);
    const pages = await journal.effects({ kinds: ['page'] });
    const names = await alertnamesOf(world);
    const config = testConfig();
    const zone = config.oncall.businessTime.timezone;
    const readNumbers = createReadNumbers({ journal, isFix });

    for (const [from, to] of [
      [0, 20],
      [2, 6],
      [3.3, 9.7],
    ] as const) {
      const window = { since: MONDAY_EIGHT + from * DAY, until: MONDAY_EIGHT + to * DAY };
      const numbers = await readNumbers(config, window);
      const byHand = countByHand(events, pages, names, window.since, window.until, zone);

      expect(numbers.opened).toEqual(byHand.opened);
      expect(numbers.times).toEqual(byHand.times);
      const days = numbers.days.flatMap(({ day, opened }) =>
        Object.entries(opened).flatMap(([severity, count]) => (count === 0 ? [] : [[`${day} ${severity}`, count]])),
      );
      expect(Object.fromEntries(days)).toEqual(byHand.perDay);
      const noise = numbers.noise.map(({ alertname, incidents, acknowledged, resolvedByItself, firedAgain }) => [
        alertname,
        { incidents, acknowledged, byItself: resolvedByItself, again: firedAgain },
      ]);
      const loud = Object.entries(byHand.noise).filter(([, { incidents, again }]) => incidents + again > 0);
      expect(Object.fromEntries(noise)).toEqual(Object.fromEntries(loud));
      expect(Object.fromEntries(numbers.pages.map(({ person, pages: count }) => [person, count]))).toEqual(
        byHand.people,
      );
    }
    await world.close();
  });

  it('are measured as they happen, too', async () => {
    const world = await openReportsWorld({ startAt: MONDAY_EIGHT + HOUR });
    const down = { alertname: 'GiannaServiceDown', severity: 'critical' };
    await world.deliver([{ fingerprint: 'a', labels: down, startsAt: world.clock.now() }]);
    await world.passTo(world.clock.now() + 240_000);
    await world.ask('ack', 'GI-1');
    await world.passTo(world.clock.now() + 600_000);
    await world.deliver([{ fingerprint: 'a', status: 'resolved', labels: down, endsAt: world.clock.now() }]);
    await world.awayUntil(world.clock.now() + 60_000);
    await world.ask('resolve', 'GI-1');

    const text = await world.registry().metrics();

    // the process that saw the acknowledgement is gone: what it counted went with it
    expect(text).toContain('gianna_ops_incidents_resolve_seconds_sum{severity="P0"} 900');
    expect(text).toContain('gianna_ops_incidents_resolve_seconds_count{severity="P0"} 1');
    await world.close();
  });

  it('count a page by person, means and time of the day', async () => {
    // Saturday 23:30 in São Paulo
    const world = await openReportsWorld({ startAt: Date.UTC(2026, 10, 29, 2, 30) });
    const down = { alertname: 'GiannaServiceDown', severity: 'critical' };
    await world.deliver([{ fingerprint: 'a', labels: down, startsAt: world.clock.now() }]);
    await world.passTo(world.clock.now() + 240_000);
    await world.ask('ack', 'GI-1');

    const text = await world.registry().metrics();

    expect(text).toContain('gianna_ops_oncall_pages_sent_total{person="ana",means="dm",hours="night"} 1');
    expect(text).toContain('gianna_ops_oncall_pages_sent_total{person="marco",means="thread",hours="night"} 1');
    expect(text).toContain('gianna_ops_incidents_acknowledge_seconds_sum{severity="P0"} 240');
    await world.close();
  });
});

describe('pages', () => {
  it('that were folded into one direct message count once, by whatever means else they went', async () => {
    const world = await openReportsWorld({ startAt: MONDAY_EIGHT });
    const journal = world.journal();
    const page = (incident: string, means: string, reference: string) => {
      const key = `page|${incident}|${means}`;
      const data = { incident, cycle: 1, level: 1, round: 0, means, people: ['ana'], targets: [] };
      return [
        { op: 'ask', key, kind: 'page', incident, data },
        { op: 'close', key, state: 'done', result: { reference } },
      ] as const;
    };
    const effects = [
      ...page('GI-1', 'dm', 'D1/1.1'),
      ...page('GI-1', 'thread', 'C1/2.1'),
      ...page('GI-2', 'thread', 'C1/3.1'),
      ...page('GI-2', 'dm', 'D1/1.1'),
      ...page('GI-3', 'thread', 'C1/4.1'),
    ];
    await journal.append({ at: MONDAY_EIGHT, actor: 'auto', effects });

    const window = { since: MONDAY_EIGHT, until: MONDAY_EIGHT + HOUR };
    const numbers = await createReadNumbers({ journal, isFix })(testConfig(), window);

    expect(numbers.pages.map(({ person, pages }) => [person, pages])).toEqual([['ana', 2]]);
    await world.close();
  });
});

describe('createPagedAt', () => {
  const { oncall } = testConfig();
  const rules = { timezone: 'UTC', days: ['Mon'], from: '09:00', to: '18:00', holidays: null } as const;
  const people = { ana: { slack: [], email: null, phone: null, timezone: 'Asia/Tokyo', webhook: null } };
  const pagedAt = createPagedAt(
    { ...oncall, people, businessTime: rules },
    createBusinessClock(rules, () => false),
  );

  it.each([
    ['ana', '2026-11-23T14:00Z', { hour: 23, isBusiness: true, isNight: true }],
    ['ben', '2026-11-23T14:00Z', { hour: 14, isBusiness: true, isNight: false }],
    ['ben', '2026-11-23T06:59Z', { hour: 6, isBusiness: false, isNight: true }],
    ['ben', '2026-11-23T07:00Z', { hour: 7, isBusiness: false, isNight: false }],
    ['constructor', '2026-11-24T10:00Z', { hour: 10, isBusiness: false, isNight: false }],
  ])('tells %s at %s by the own clock', (person, at, expected) => {
    expect(pagedAt(person, Date.parse(at))).toEqual(expected);
  });
});

describe('quantile', () => {
  it.each([
    [[], 0.5, null],
    [[7], 0.9, 7],
    [[1, 2], 0.5, 1],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9, 9],
  ])('of %j at %f is %s', (values, share, expected) => {
    expect(quantile(values, share)).toBe(expected);
  });
});
