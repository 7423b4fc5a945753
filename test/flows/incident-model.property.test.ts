import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAlertDesk } from '../../src/alerts/desk.ts';
import type { IncidentView } from '../../src/alerts/incident-view.ts';
import { listIncidents } from '../../src/alerts/views.ts';
import { evolvers } from '../../src/cli/evolvers.ts';
import type { Command } from '../../src/core/command.ts';
import type { Config } from '../../src/core/config/config.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import type { InboxRow } from '../../src/journal/port.ts';
import { createTimerLoop } from '../../src/journal/timers.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { createEscalation } from '../../src/oncall/escalation.ts';
import type { EscalationState } from '../../src/oncall/escalation-state.ts';
import { testConfig, testConfigSource } from '../support/config.ts';
import {
  createIncidentModel,
  type IncidentModel,
  type ModelCommand,
  type ModelMessage,
  type ModelRules,
} from '../support/incident-model.ts';
import { openTestJournal, silentLogger, type TestJournal } from '../support/journal.ts';
import { countOf, patienceOf, tellRun } from '../support/large-run.ts';
import { bytesOf, type PayloadAlert, payload } from '../support/payloads.ts';
import { type Random, seededRandom } from '../support/random.ts';

/** Interleavings in all, and how many of them share a journal. */
const INTERLEAVINGS = countOf(3_000);
const TOGETHER = 100;
const ROUNDS = 9;
/**
 * In a third of the journals changes come briskly until everything ends in one of these rounds, and the next is a lull:
 * what flapped is quiet.
 */
const ENDS = [6, 8, null, null, null, null];
const PATIENCE_MS = patienceOf(1_200_000);

const MINUTE = 60_000;
const BRISK = [1000, 20_000, MINUTE, 4 * MINUTE];
const STEPS = [0, ...BRISK, 5 * MINUTE, 11 * MINUTE, 31 * MINUTE];
const ROUTING = { ...testConfig().routing, flapping: { changes: 3, withinSeconds: 1800, staysSeconds: 600 } };
/** Who is paged is not asked here: one person at every level, so that no schedule is computed. */
const SEVERITIES = Object.fromEntries(
  Object.entries(testConfig().severities).map(([severity, policy]) => [
    severity,
    { ...policy, levels: policy.levels.map((level) => ({ ...level, notify: [{ kind: 'person', name: 'ana' }] })) },
  ]),
) as unknown as Config['severities'];
const RULES: ModelRules = {
  reopenMs: 30 * MINUTE,
  autoResolveMs: 5 * MINUTE,
  flapping: { changes: 3, withinMs: 30 * MINUTE, staysMs: 10 * MINUTE },
};
const ALERTS = {
  p0: { alertname: 'GiannaServiceDown', severity: 'critical', component: 'health' },
  p1: { alertname: 'DatabaseConnectionIssue', severity: 'critical', component: 'database' },
  p2: { alertname: 'HighErrorRate', severity: 'warning', component: 'application' },
} as const;
const SEVERITY = { p0: 'P0', p1: 'P1', p2: 'P2' } as const;
type AlertName = keyof typeof ALERTS;
const NAMES = Object.keys(ALERTS) as AlertName[];

/** Classes of trouble that the interleavings have to meet, each this often in ten thousand of them. */
const MET: Readonly<Record<string, number>> = {
  'a delivery told twice': 1000,
  'a delivery told late, after younger ones': 1000,
  'an old start ignored': 300,
  'an old end ignored': 20,
  'a newer start whose end was never told': 300,
  'fires again after it recovered': 1000,
  'reopened by its alerts': 200,
  'reopened by a person': 100,
  'a new incident after a closed one': 100,
  'a new incident in place of a closed one': 10,
  'closed by what came after its time': 5,
  'resolved by itself': 200,
  'woken by its timer': 100,
  'woken because it is more urgent': 50,
  'raised above what a person chose': 50,
  'flapping begins': 100,
  'stayed firing after flapping': 20,
  'stayed quiet after flapping': 20,
  'a command refused': 1000,
  'a timer later than what came after it': 1000,
  'a crash with rows that wait': 500,
  'a crash between rows': 500,
  'a crash between deciding and appending': 500,
};

describe(`incidents under ${INTERLEAVINGS} interleavings of deliveries, people, timers and crashes`, () => {
  it(
    'are what a tiny reference says, whatever comes in whichever order',
    async () => {
      const random = seededRandom('GIANNA_TEST_SEED', 'incident model');
      const met = new Map<string, number>();
      for (let done = 0; done < INTERLEAVINGS; done += TOGETHER) {
        const world = await openWorld(random, Math.min(TOGETHER, INTERLEAVINGS - done), met);
        const endsAt = random.pick(ENDS);
        for (let round = 1; round <= ROUNDS; round += 1) {
          const left = endsAt === null ? Number.POSITIVE_INFINITY : endsAt - round;
          await world.round(round % 2 === 1, left);
        }
        await world.close();
      }

      tellRun({ seed: random.seed, interleavings: INTERLEAVINGS, ...Object.fromEntries([...met].sort()) });
      const missed = Object.entries(MET).filter(
        ([what, least]) => (met.get(what) ?? 0) < (least * INTERLEAVINGS) / 10_000,
      );
      expect(missed).toEqual([]);
    },
    PATIENCE_MS,
  );
});

/** One group of alerts: what was told of it, and what it must be. */
interface Lane {
  readonly name: string;
  readonly model: IncidentModel;
  readonly told: ModelMessage[];
  /** Held back, to come after younger ones. */
  readonly delayed: ModelMessage[];
  /** What really fires, since when. */
  readonly firing: Map<AlertName, number>;
  readonly steps: string[];
  incidents: IncidentView[];
}

type Item = { readonly lane: Lane } & (
  | { readonly kind: 'payload'; readonly messages: readonly ModelMessage[] }
  | { readonly kind: 'command'; readonly command: ModelCommand }
);

async function openWorld(random: Random, count: number, met: Map<string, number>) {
  const folder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  let store: TestJournal = await openTestJournal({
    path: join(mkdtempSync(join(folder, 'gianna-model-')), 'journal.db'),
  });
  let rooms = wire(store);
  const { clock } = store;
  const lanes = Array.from({ length: count }, (_, index) => newLane(`lane-${index}`));
  const items = new Map<string, Item>();
  let keys = 0;

  function meet(what: string, times = 1): void {
    met.set(what, (met.get(what) ?? 0) + times);
  }
  async function crash(what: string): Promise<void> {
    store = await store.restart();
    rooms = wire(store);
    meet(what, count);
  }
  async function put(item: Item): Promise<void> {
    keys += 1;
    const key = `k${keys}`;
    items.set(key, item);
    const isCommand = item.kind === 'command';
    const [lane, source] = isCommand ? (['people', 'command'] as const) : (['machines', 'alertmanager'] as const);
    const body = isCommand ? commandBody(item, clock.now()) : payloadBody(item);
    await store.journal.put({ lane, source, key, receivedAt: clock.now(), body });
  }
  function itemOf({ key }: InboxRow): Item {
    const item = items.get(key);
    if (item === undefined) throw new Error(`no item ${key}`);
    return item;
  }

  /** Works the inbox off, people first, with crashes on the way. */
  async function drain(): Promise<void> {
    for (;;) {
      const waiting = await store.journal.waiting(2 * count + 10);
      if (waiting.length === 0) return;
      const people = waiting.filter(({ lane }) => lane === 'people');
      if (people.length > 0) await Promise.all(people.map(decideCommand));
      else await decidePayloads(waiting);
      if (random.next() < 0.04) await crash('a crash between rows');
    }
  }
  async function decideCommand(row: InboxRow): Promise<void> {
    const item = itemOf(row);
    if (item.kind !== 'command') return;
    let kind = '';
    await decideUntilAppended(store.journal, async () => {
      const { batch, outcome } = await rooms.desk.command(JSON.parse(Buffer.from(row.body).toString()) as Command);
      kind = outcome.kind;
      return { ...(batch ?? { at: clock.now(), actor: 'auto' }), done: [row.id] };
    });
    const expected = item.lane.model.command(item.command, clock.now()) ? 'done' : 'refused';
    if (expected === 'refused') meet('a command refused');
    if (kind !== expected) fail(item.lane, { command: item.command, kind, expected });
  }
  async function decidePayloads(waiting: readonly InboxRow[]): Promise<void> {
    const rows = waiting.slice(0, 64);
    if (random.next() < 0.04) {
      await rooms.desk.receive(rows);
      await crash('a crash between deciding and appending');
    }
    const { batch, taken } = await rooms.desk.receive(rows);
    const done = rows.slice(0, taken);
    const base = batch ?? { at: clock.now(), actor: 'auto' };
    const result = await store.journal.append({ ...base, done: done.map(({ id }) => id) });
    expect(result.kind).toBe('appended');
    for (const row of done) {
      const item = itemOf(row);
      if (item.kind === 'payload') item.lane.model.deliver(item.messages, clock.now());
    }
  }
  async function runTimers(): Promise<void> {
    await rooms.timers.runDue();
    for (const { model } of lanes) model.pass(clock.now());
  }
  async function compare(): Promise<void> {
    const all = await listIncidents(store.journal, { now: clock.now(), all: true });
    const escalations = await store.journal.aggregates<EscalationState>('escalation');
    const paging = new Map(escalations.map(({ id, state }) => [id, state.status !== 'stopped']));
    const byLane = new Map<string, IncidentView[]>();
    for (const view of all.reverse()) {
      const name = view.about.groupLabels.lane ?? '';
      byLane.set(name, [...(byLane.get(name) ?? []), view]);
    }
    for (const lane of lanes) {
      lane.incidents = byLane.get(lane.name) ?? [];
      const seen = lane.incidents.map((view) => shown(view, lane.incidents, paging.get(view.id) ?? false));
      const wanted = lane.model.incidents.map((one, index) => {
        const { status, owner, severity, previous, quietUntil, flapping, paging: isPaging } = one;
        return {
          status,
          owner,
          severity,
          previous,
          quietUntil,
          flapping,
          paging: isPaging,
          ...lane.model.counts(index),
        };
      });
      if (JSON.stringify(seen) !== JSON.stringify(wanted)) fail(lane, { seen, wanted });
    }
  }
  function fail(lane: Lane, what: object): never {
    throw new Error(`${lane.name}, seed ${random.seed}:\n${lane.steps.join('\n')}\n${JSON.stringify(what, null, 1)}`);
  }

  let isEnded = false;
  return {
    /** `isCompared`: with what the reference says; the next commands name what is there then. */
    round: async (isCompared: boolean, roundsLeft: number) => {
      // everything ended in the round before: nothing comes for long enough that what flapped is quiet
      const isLull = isEnded;
      isEnded = roundsLeft === 0;
      const steps = Number.isFinite(roundsLeft) && roundsLeft >= 0 ? BRISK : STEPS;
      clock.advance(isLull ? 45 * MINUTE : random.pick(steps));
      const isLate = random.next() < 0.25;
      if (isLate) meet('a timer later than what came after it', count);
      else await runTimers();
      const puts: Array<Promise<void>> = [];
      for (const lane of lanes) {
        lane.steps.push(`${(clock.now() / 1000) % 100_000}s ${isLate ? 'late timers' : ''}`);
        if (isLull) continue;
        const items = isEnded ? endsOf(lane, clock.now()) : itemsOf(lane, random, clock.now(), meet);
        for (const item of items) puts.push(put(item));
      }
      await Promise.all(puts);
      if (random.next() < 0.2) await crash('a crash with rows that wait');
      await drain();
      if (isLate) await runTimers();
      if (isCompared) await compare();
    },
    close: async () => {
      for (const { model } of lanes) for (const what of model.seen) meet(what);
      const verified = await verifyJournal({ path: store.path, evolvers });
      await store.remove();
      expect(verified).toMatchObject({ ok: true, firstBad: null });
    },
  };
}

function wire({ journal, clock }: TestJournal) {
  const parts = {
    journal,
    config: testConfigSource(testConfig({ routing: ROUTING, severities: SEVERITIES })),
    clock,
    logger: silentLogger,
  };
  const metrics = createMetricsRegistry();
  const escalation = createEscalation({ ...parts, metrics });
  const desk = createAlertDesk({ ...parts, metrics, follow: escalation.follow });
  const handlers = { ...desk.timers, ...escalation.timers };
  return { desk, timers: createTimerLoop({ ...parts, handlers, metrics: createJournalMetrics(metrics) }) };
}

function newLane(name: string): Lane {
  const model = createIncidentModel(RULES);
  return { name, model, told: [], delayed: [], firing: new Map(), steps: [], incidents: [] };
}

/** What comes for a group in one round: mostly a delivery or a command, at times both or nothing. */
function itemsOf(lane: Lane, random: Random, now: number, meet: (what: string) => void): Item[] {
  const items: Item[] = [];
  if (random.next() < 0.8) {
    const messages = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => nextMessage(lane, random, now, meet));
    const told = messages.flatMap((message) => (message === null ? [] : [message]));
    if (told.length > 0) items.push({ lane, kind: 'payload', messages: told });
  }
  if (lane.incidents.length > 0 && random.next() < 0.35) {
    items.push({ lane, kind: 'command', command: nextCommand(lane, random) });
  }
  for (const item of items) lane.steps.push(JSON.stringify(item.kind === 'payload' ? item.messages : item.command));
  return items;
}

/** Everything that fires in a group has ended. */
function endsOf(lane: Lane, now: number): Item[] {
  const messages = [...lane.firing].map(([alert, start]) => {
    return { alert, severity: SEVERITY[alert], start, end: Math.max(start, now) };
  });
  lane.firing.clear();
  lane.told.push(...messages);
  if (messages.length === 0) return [];
  lane.steps.push(JSON.stringify(messages));
  return [{ lane, kind: 'payload', messages }];
}

/** What Alertmanager tells next: the truth, the same again, or what it held back; null: nothing this time. */
function nextMessage(lane: Lane, random: Random, now: number, meet: (what: string) => void): ModelMessage | null {
  const choice = random.next();
  if (choice < 0.15 && lane.told.length > 0) {
    meet('a delivery told twice');
    return random.pick(lane.told);
  }
  if (choice < 0.3) {
    const late = lane.delayed.pop();
    if (late !== undefined) meet('a delivery told late, after younger ones');
    return late ?? null;
  }
  const message = truth(lane, random, now);
  const isHeldBack = random.next() < 0.2;
  (isHeldBack ? lane.delayed : lane.told).push(message);
  return isHeldBack ? null : message;
}

function truth(lane: Lane, random: Random, now: number): ModelMessage {
  const alert = random.pick(NAMES);
  const severity = SEVERITY[alert];
  const since = lane.firing.get(alert);
  if (since === undefined || random.next() < 0.1) {
    const start = now - random.pick([0, 0, 500, 20_000]);
    lane.firing.set(alert, start);
    return { alert, severity, start, end: null };
  }
  if (random.next() < 0.2) return { alert, severity, start: since, end: null };
  lane.firing.delete(alert);
  return { alert, severity, start: since, end: Math.max(since, now - random.pick([0, 0, 500])) };
}

function nextCommand(lane: Lane, random: Random): ModelCommand {
  const latest = lane.incidents.length - 1;
  const incident = random.next() < 0.85 ? latest : random.between(0, latest);
  const verb = random.pick(['ack', 'ack', 'resolve', 'resolve', 'assign', 'snooze', 'unsnooze', 'severity', 'reopen']);
  const by = random.pick(['slack:U01ONCALL', 'slack:U02MGR']);
  const about = { verb: verb as ModelCommand['verb'], by, incident };
  if (verb === 'assign') return { ...about, to: random.pick(['slack:U03DEV', 'slack:U02MGR']) };
  if (verb === 'snooze') return { ...about, seconds: random.pick([60, 300, 1800]) };
  if (verb === 'severity') return { ...about, to: random.pick(['P0', 'P1', 'P2', 'P2', 'P3']) };
  return about;
}

function payloadBody(item: Extract<Item, { kind: 'payload' }>): Uint8Array {
  const alerts = item.messages.map(({ alert, start, end }): PayloadAlert => {
    const labels = ALERTS[alert as AlertName];
    const fingerprint = `${item.lane.name}-${alert}`;
    return { fingerprint, labels, startsAt: start, endsAt: end, status: end === null ? 'firing' : 'resolved' };
  });
  return bytesOf(payload(alerts, { groupLabels: { lane: item.lane.name } }));
}

function commandBody({ lane, command }: Extract<Item, { kind: 'command' }>, at: number): Uint8Array {
  const { verb, by, incident, to, seconds } = command;
  const args: Command['args'] = {
    reason: 'why',
    ...(to === undefined ? {} : { to }),
    ...(seconds === undefined ? {} : { seconds }),
  };
  const about = { incident: lane.incidents[incident]?.id ?? 'GI-0' };
  return bytesOf({ v: 1, verb, by, at, via: 'button', args, ...about } as Command);
}

function shown(view: IncidentView, all: readonly IncidentView[], paging: boolean) {
  const { status, owner, severity, quiet, flapping, alerts } = view;
  const before = all.findIndex(({ id }) => id === view.previous);
  const previous = before < 0 ? null : before;
  const quietUntil = quiet?.until ?? null;
  return {
    ...{ status, owner, severity, previous, quietUntil, flapping: flapping !== null, paging },
    ...{ firing: alerts.firing, ended: alerts.resolved },
  };
}
