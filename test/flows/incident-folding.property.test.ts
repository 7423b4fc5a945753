import { describe, expect, it } from 'vitest';
import type { IncidentView } from '../../src/alerts/incident-view.ts';
import { listIncidents } from '../../src/alerts/views.ts';
import type { EscalationState } from '../../src/oncall/escalation-state.ts';
import { testConfig, testRoute } from '../support/config.ts';
import { type IncidentWorld, openIncidentWorld } from '../support/incident-world.ts';
import type { PayloadAlert } from '../support/payloads.ts';
import { type Random, seededRandom } from '../support/random.ts';

const WORLDS = 30;
const STEPS = 40;
const MINUTE = 60_000;
const PATIENCE_MS = 300_000;

/** d stands on c, c on b, b on a; e on nothing. */
const STANDS_ON: Readonly<Record<string, readonly string[]>> = { a: [], b: ['a'], c: ['b'], d: ['c'], e: [] };
const SERVICES = Object.keys(STANDS_ON);
const SEVERITIES = ['P0', 'P1', 'P2'];

function chained() {
  const base = testConfig();
  const { redis } = base.services;
  if (redis === undefined) throw new Error('the configuration has no redis');
  return testConfig({
    defaultService: null,
    services: Object.fromEntries(SERVICES.map((name) => [name, { ...redis, dependsOn: STANDS_ON[name] ?? [] }])),
    routing: {
      ...base.routing,
      routes: SEVERITIES.map((severity, index) => testRoute(index + 1, { severity }, severity as 'P0')),
      groupBy: ['service', 'n'],
      flapping: { changes: 3, withinSeconds: 1800, staysSeconds: 600 },
    },
  });
}

describe('links between incidents, under random deliveries, people and time', () => {
  it(
    'never hide what fires: what is folded stands beneath something that is worked on and no less urgent',
    async () => {
      const random = seededRandom('GIANNA_TEST_SEED', 'folding');
      const met = { folded: 0, unfolded: 0, merged: 0 };
      for (let world = 0; world < WORLDS; world += 1) {
        const opened = await openIncidentWorld({ config: chained() });
        for (let step = 0; step < STEPS; step += 1) {
          const what = await act(opened, random);
          await check(opened, `seed ${random.seed}, world ${world}, step ${step}: ${what}`);
        }
        count(await opened.journal.eventsAfter(0, 10_000), met);
        await opened.close();
      }

      console.log(met);
      expect(Math.min(met.folded, met.unfolded, met.merged)).toBeGreaterThan(10);
    },
    PATIENCE_MS,
  );
});

async function act(world: IncidentWorld, random: Random): Promise<string> {
  const choice = random.next();
  const newest = (await world.journal.nextNumber('incident')) - 1;
  const some = () => `GI-${random.between(Math.max(1, newest - 5), Math.max(1, newest))}`;
  const incident = some();
  const reason = { reason: 'why' };
  if (choice < 0.45) return deliver(world, random);
  if (choice < 0.6) {
    const minutes = random.pick([0, 1, 3, 6, 31]);
    await world.pass(minutes * MINUTE);
    return `pass ${minutes}m`;
  }
  const [verb, args] = random.pick([
    ['ack', {}],
    ['resolve', {}],
    ['resolve', {}],
    ['merge', { into: some(), ...reason }],
    ['merge', { into: some(), ...reason }],
    ['merge', { into: some(), ...reason }],
    ['unmerge', {}],
    ['severity', { to: random.pick(SEVERITIES), ...reason }],
    ['snooze', { seconds: 300, ...reason }],
    ['reopen', reason],
  ] as const);
  const answer = await world.ask(verb, incident, args);
  return `${verb} ${incident} ${JSON.stringify(args)}: ${answer.text}`;
}

/** Up to three payloads that wait behind each other. */
async function deliver(world: IncidentWorld, random: Random): Promise<string> {
  const now = world.clock.now();
  const alerts = Array.from({ length: random.between(1, 3) }, () => {
    const service = random.pick(SERVICES);
    const n = String(random.between(1, 2));
    const labels = { alertname: `Trouble${service}`, service, n, severity: random.pick(SEVERITIES) };
    const isEnd = random.next() < 0.45;
    const times = isEnd ? { status: 'resolved' as const, startsAt: now - 1, endsAt: now } : { startsAt: now };
    return { fingerprint: `${service}${n}`, labels, ...times };
  });
  await world.deliverTogether(...alerts.map((alert): [PayloadAlert[]] => [[alert]]));
  return `deliver ${JSON.stringify(alerts)}`;
}

async function check(world: IncidentWorld, where: string): Promise<void> {
  const all = await listIncidents(world.journal, { now: world.clock.now(), all: true });
  const byId = new Map(all.map((view) => [view.id, view]));
  for (const view of all) {
    const problem = (await problemOf(world, view, byId)) ?? null;
    expect(problem === null ? null : `${view.id} ${problem} (${where})`).toBeNull();
  }
}

async function problemOf(
  world: IncidentWorld,
  view: IncidentView,
  all: ReadonlyMap<string, IncidentView>,
): Promise<string | null> {
  const target = view.foldedUnder === null ? null : all.get(view.foldedUnder);
  const isFiring = view.status === 'firing' || view.status === 'acknowledged';
  if (target !== null && !target?.folded.includes(view.id)) return 'is not named by its target';
  for (const child of view.folded)
    if (all.get(child)?.foldedUnder !== view.id) return `names ${child}, which is not its`;
  if (target != null && isFiring) {
    if (target.foldedUnder !== null) return 'stands in a chain';
    if (target.severity > view.severity) return 'is more urgent than its target';
    const isWorkedOn = target.status === 'firing' || target.status === 'acknowledged';
    if (!isWorkedOn && !(target.status === 'recovered' && target.flapping !== null))
      return `fires under ${target.status}`;
  }
  const rows = await world.journal.occurrencesOf(view.id);
  const firing = rows.filter(({ status }) => status === 'firing').length;
  if (firing !== view.alerts.firing || rows.length - firing !== view.alerts.resolved) return 'counts wrong';
  const escalation = await world.journal.aggregate<EscalationState>('escalation', view.id);
  const isPaged = (escalation?.state.status ?? 'stopped') !== 'stopped';
  const mustPage =
    view.status === 'firing' && view.foldedUnder === null && view.quiet === null && view.flapping === null;
  if (mustPage && !isPaged) return 'fires and nobody is paged';
  const mayPage = view.status === 'firing' && view.foldedUnder === null && view.quiet === null;
  return isPaged && !mayPage ? 'is paged for' : null;
}

function count(events: ReadonlyArray<{ type: string; data: object }>, met: Record<string, number>): void {
  for (const { type, data } of events) {
    const isMerge = type === 'incident.folded' && 'by' in data && data.by !== 'dependency';
    const what = isMerge ? 'merged' : type.replace('incident.', '');
    if (what in met) met[what] = (met[what] ?? 0) + 1;
  }
}
