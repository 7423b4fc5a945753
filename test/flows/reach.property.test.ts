import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { IncidentState } from '../../src/alerts/incident-state.ts';
import type { Config, ContactConfig, Means, PersonConfig, Target } from '../../src/core/config/config.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import type { Batch, Effect, Journal, StoredEvent } from '../../src/journal/port.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createEscalation, type Escalation, escalationEvolvers } from '../../src/oncall/escalation.ts';
import type { EscalationState } from '../../src/oncall/escalation-state.ts';
import { PAGE_KINDS, type PageRequest, type PageResult } from '../../src/oncall/page.ts';
import { newIncident } from '../oncall/escalation-room.ts';
import { testConfig } from '../support/config.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { silentLogger } from '../support/journal.ts';
import { type Random, seededRandom } from '../support/random.ts';

const CASES = 1_000;
const SEED = 'GIANNA_TEST_REACH_SEED';
const PATIENCE_MS = 240_000;
const TICK_MS = 5_000;
const TICKS = 40;
/** A page that hangs is answered only after this many ticks: later than 30 s. */
const HANGS_TICKS = 9;
const OTHERS: readonly Means[] = ['email', 'webhook', 'sms', 'voice'];
const TARGETS = ['schedule:primary', 'person:ben', 'contact:manager', 'contact:ops', 'channel:ops', 'email:x@y.com'];

type Fate = 'sent' | 'failed' | 'unknown' | 'deactivated' | 'quiet' | 'hangs then sent' | 'hangs then failed';
const FATES: readonly Fate[] = [
  'sent',
  'failed',
  'failed',
  'unknown',
  'deactivated',
  'quiet',
  'hangs then sent',
  'hangs then failed',
];

interface Case {
  readonly id: string;
  readonly config: Config;
  readonly means: readonly Means[];
  readonly severity: 'P0' | 'P1' | 'P2';
  /** Tick of an acknowledgement; null: nobody acknowledges. */
  readonly ackTick: number | null;
  readonly escalation: Escalation;
  readonly rolls: number[];
  readonly fates: Map<string, { fate: Fate; answerTick: number }>;
  ackedAt: number | null;
}

describe(`1,000 incidents whose pages do not arrive (variable ${SEED})`, () => {
  it(
    'reach somebody or try everything and tell channel ops, page nobody twice, and nobody after an acknowledgement',
    async () => {
      const random = seededRandom(SEED, 'reach');
      const folder = mkdtempSync(join(tmpdir(), 'gianna-reach-'));
      const clock = createFakeClock(Date.UTC(2026, 10, 23, 13));
      const path = join(folder, 'journal.db');
      const journal = await openSqliteJournal({ path, clock, logger: silentLogger, scratch: true });
      const cases = Array.from({ length: CASES }, (_, n) => drawCase(n + 1, random, journal));
      const classes = new Map<string, number>();
      const count = (name: string) => classes.set(name, (classes.get(name) ?? 0) + 1);

      await Promise.all(cases.map((each) => move(journal, clock, each, {})));
      for (let tick = 0; tick < TICKS; tick += 1) {
        await Promise.all(cases.map((each) => live(journal, clock, each, tick)));
        clock.advance(TICK_MS);
      }
      for (const each of cases) await judge(journal, each, count);

      console.log(
        [...classes]
          .sort()
          .map(([name, number]) => `${name} ${number}`)
          .join(', '),
      );
      for (const [name, floor] of FLOORS) expect(classes.get(name) ?? 0, name).toBeGreaterThanOrEqual(floor);
      await journal.close();
      rmSync(folder, { recursive: true, force: true });
    },
    PATIENCE_MS,
  );
});

/** What has to have struck, so that the run says something. */
const FLOORS: ReadonlyArray<readonly [string, number]> = [
  ['page sent', 500],
  ['page failed', 500],
  ['page unknown', 100],
  ['next means: refused', 100],
  ['next means: unknown', 30],
  ['next means: unsent', 50],
  ['next means: do-not-disturb', 10],
  ['channel ops told', 20],
  ['nobody reached', 5],
  ['acknowledged', 100],
  ['an admin told', 1],
];

function drawCase(number: number, random: Random, journal: Journal): Case {
  const base = testConfig();
  const some = <T>(list: readonly T[], chance: number) => list.filter(() => random.next() < chance);
  const address = <T>(value: T, chance = 0.6) => (random.next() < chance ? value : null);
  const person = (slack: string): PersonConfig => ({
    ...(base.oncall.people.ben as PersonConfig),
    slack: random.next() < 0.9 ? [slack] : [],
    email: address('p@c.com'),
    phone: address('+1-555-0100'),
    webhook: address({ url: 'https://hooks.c.com/p', secret: null }, 0.2),
  });
  const contact = (who: string | null): ContactConfig => ({
    ...(base.oncall.contacts.ops as ContactConfig),
    person: who,
    email: address('c@c.com'),
    phone: address('+1-555-0101', 0.2),
    webhook: null,
  });
  const people = { ana: person('U1'), ben: person('U2'), marco: person('U02MGR') };
  const contacts = { ...base.oncall.contacts, manager: contact('marco'), ops: contact(null) };
  const level = (afterSeconds: number) => {
    const notify = some(TARGETS, 0.35);
    const by = [...some(['dm', 'thread'] as const, 0.7), ...some(OTHERS, 0.2)];
    return {
      afterSeconds,
      notify: (notify.length > 0 ? notify : TARGETS.slice(0, 1)).map(targetOf),
      by: by.length > 0 ? by : (['dm'] as Means[]),
    };
  };
  const severity = random.pick(['P0', 'P0', 'P1', 'P1', 'P2'] as const);
  const levels = random.next() < 0.7 ? [level(0)] : [level(0), level(75)];
  const plain = { clock: 'wall', nextBusinessDayAt: null, repeat: null, digest: false } as const;
  const severities = { ...base.severities, [severity]: { ...base.severities[severity], ...plain, levels } };
  const config = testConfig({ severities, oncall: { ...base.oncall, people, contacts } });
  const means: readonly Means[] = ['dm', 'thread', ...some(OTHERS, 0.7)];
  const parts = { journal, config: { current: () => config }, logger: silentLogger, metrics: createMetricsRegistry() };
  const escalation = createEscalation({ ...parts, means: new Set(means) });
  escalation.stop();
  const ackTick = random.next() < 0.25 ? random.between(0, 12) : null;
  const rolls = Array.from({ length: 200 }, () => random.next());
  return { id: `GI-${number}`, config, means, severity, ackTick, escalation, rolls, fates: new Map(), ackedAt: null };
}

function targetOf(written: string): Target {
  const colon = written.indexOf(':');
  return { kind: written.slice(0, colon) as Target['kind'], name: written.slice(colon + 1) };
}

/** One tick of one incident: its timers, the answers that come, perhaps an acknowledgement. */
async function live(journal: Journal, clock: FakeClock, each: Case, tick: number) {
  for (const kind of ['escalation', 'page']) {
    for (const timer of await journal.timersOf(kind, each.id)) {
      if (timer.dueAt > clock.now()) continue;
      const handler = each.escalation.timers[`${kind}.${timer.purpose}` as keyof Escalation['timers']];
      const batch = await handler(timer, clock.now());
      if (batch === null) throw new Error(`${each.id}: a timer that nobody wants`);
      await append(journal, batch);
    }
  }
  if (each.ackTick === tick) {
    await move(journal, clock, each, { status: 'acknowledged', owner: 'slack:U1', acknowledgedAt: clock.now() });
    each.ackedAt = clock.now();
  }
  const open = await journal.effects({ kinds: PAGE_KINDS, incident: each.id, states: ['wanted', 'claimed'] });
  for (const effect of open) {
    const drawn = each.fates.get(effect.key) ?? drawFate(effect, tick, each.rolls);
    each.fates.set(effect.key, drawn);
    if (drawn.answerTick > tick) continue;
    await journal.claim(effect.key, clock.now());
    await append(journal, {
      at: clock.now(),
      actor: 'auto',
      ...(await each.escalation.pageClosed(effect, resultOf(drawn.fate))),
    });
  }
}

/** The rolls of one incident are its own, so that a seed says the same however the incidents take turns. */
function drawFate({ data }: Effect, tick: number, rolls: number[]) {
  const isSlack = data.means === 'dm' || data.means === 'thread';
  const fates: readonly Fate[] = isSlack ? FATES : ['sent', 'failed', 'failed', 'unknown'];
  const fate = fates[Math.floor((rolls.pop() ?? 0) * fates.length)] ?? 'sent';
  return { fate, answerTick: tick + (fate.startsWith('hangs') ? HANGS_TICKS : Math.floor((rolls.pop() ?? 0) * 3)) };
}

function resultOf(fate: Fate): PageResult {
  const plain = { error: null, reference: null, lateSeconds: 0 };
  if (fate === 'unknown') return { ...plain, outcome: 'unknown', error: 'answer_lost' };
  if (fate === 'failed' || fate === 'hangs then failed') return { ...plain, outcome: 'failed', error: 'refused' };
  if (fate === 'deactivated') return { ...plain, outcome: 'failed', error: 'user_disabled' };
  return { ...plain, outcome: 'sent', ...(fate === 'quiet' ? { doNotDisturb: true as const } : {}) };
}

async function append(journal: Journal, batch: Batch): Promise<void> {
  const { kind } = await journal.append(batch);
  if (kind === 'conflict') throw new Error('conflict');
}

async function move(journal: Journal, clock: FakeClock, each: Case, change: Partial<IncidentState>): Promise<void> {
  const row = await journal.aggregate<IncidentState>('incident', each.id);
  const before = row?.state ?? null;
  const after: IncidentState = { ...(before ?? incidentOf(each, clock.now())), ...change };
  const events = [{ type: 'incident.alerts-changed', v: 1, data: { firing: after.firing, ended: after.ended } }];
  const followed = await each.escalation.follow({ at: clock.now(), actor: 'auto', before, after, events });
  const incident = each.id;
  const own = {
    kind: 'incident',
    id: incident,
    expected: row?.version ?? 0,
    key: incident,
    state: after,
    events,
    incident,
  };
  await append(journal, {
    at: clock.now(),
    actor: 'auto',
    ...followed,
    aggregates: [own, ...(followed.aggregates ?? [])],
  });
}

function incidentOf({ id, severity }: Case, now: number): IncidentState {
  return { ...newIncident(now), id, severity, group: id };
}

/** The oracle: looks at pages and events alone, and at what addresses people have. */
async function judge(journal: Journal, each: Case, count: (name: string) => void): Promise<void> {
  const events = await journal.eventsOf('escalation', each.id);
  const pages = await journal.effects({ kinds: PAGE_KINDS, incident: each.id });
  const policy = pages.filter(({ data }) => data.notice === undefined);
  countClasses(each, events, pages, count);
  expectFolded(events, (await journal.aggregate<EscalationState>('escalation', each.id))?.state ?? null);
  if (each.ackedAt !== null) {
    count('acknowledged');
    const acked = events.findIndex(({ type }) => type === 'escalation.stopped');
    expect(
      events.slice(acked).map(({ type }) => type),
      each.id,
    ).not.toContain('page.next-means');
    for (const { askedAt } of pages) expect(askedAt, each.id).toBeLessThanOrEqual(each.ackedAt);
  }
  for (const step of stepsOf(policy)) {
    expectOnce(each, step);
    if (each.ackedAt === null && isLast(step, policy)) expectReachedOrTried(each, step, count);
    if (each.ackedAt === null && each.severity !== 'P2') expectSecondChannel(each, step);
  }
}

function countClasses(
  each: Case,
  events: readonly StoredEvent[],
  pages: readonly Effect[],
  count: (name: string) => void,
) {
  for (const { type, data } of events) {
    if (type === 'page.next-means' && (data.next as unknown[]).length > 0) count(`next means: ${data.why}`);
    if (type === 'escalation.unreachable') count('channel ops told');
    if (type === 'page.admin-told') count('an admin told');
  }
  for (const { state } of pages) if (state !== 'dropped') count(`page ${state === 'done' ? 'sent' : state}`);
  count(each.severity);
}

function expectFolded(events: readonly StoredEvent[], stored: EscalationState | null): void {
  let state: EscalationState | null = null;
  for (const event of events) state = escalationEvolvers.escalation(state, event);
  expect(state).toEqual(stored);
}

function stepsOf(pages: readonly Effect[]): Effect[][] {
  const steps = new Map<string, Effect[]>();
  for (const page of pages) {
    const name = `${page.data.cycle}|${page.data.level}|${page.data.round}`;
    steps.set(name, [...(steps.get(name) ?? []), page]);
  }
  return [...steps.values()];
}

function isLast(step: readonly Effect[], pages: readonly Effect[]): boolean {
  const level = Number(step[0]?.data.level);
  return pages.every(({ data }) => Number(data.level) <= level);
}

/** Nobody twice by one means, at one address, in one step. */
function expectOnce(each: Case, step: readonly Effect[]): void {
  const names = step.flatMap(({ data }) => {
    const { people, targets, means } = data as PageRequest;
    if (means === 'thread') return [`${[...people, ...targets].join('+')} thread`];
    return [...people, ...targets].map((who) => `${who} ${means}`);
  });
  expect(new Set(names).size, `${each.id}: ${names.join(', ')}`).toBe(names.length);
}

/** Everything is answered by now: a page of the step was sent, or every address was tried and the channel told. */
function expectReachedOrTried(each: Case, step: readonly Effect[], count: (name: string) => void): void {
  const isSent = step.some(({ state }) => state === 'done');
  if (isSent) return;
  count('nobody reached');
  const told = step.some(({ data }) => data.means === 'thread' && (data.targets as string[]).includes('channel:ops'));
  expect(told, `${each.id}: channel ops is told`).toBe(true);
  for (const { data } of step) {
    const { people, targets, level } = data as PageRequest;
    for (const person of people) {
      for (const means of possible(each, level, person))
        expect(isTried(each, step, person, means), `${each.id} ${person} ${means}`).toBe(true);
    }
    expect(people.length + targets.length, each.id).toBeGreaterThan(0);
  }
}

/** Whom only hanging or failing pages of Slack reach, another means has reached or tried. */
function expectSecondChannel(each: Case, step: readonly Effect[]): void {
  for (const { key, data } of step) {
    const { people, means, level } = data as PageRequest;
    const fate = each.fates.get(key)?.fate ?? 'sent';
    if (means !== 'dm' || !fate.startsWith('hangs')) continue;
    for (const person of people) {
      const ways = possible(each, level, person);
      if (ways.length === 0) continue;
      const isOther = OTHERS.some((way) => isTried(each, step, person, way));
      expect(isOther, `${each.id}: ${person} has ${ways.join(', ')}`).toBe(true);
    }
  }
}

function possible(each: Case, level: number, person: string): readonly Means[] {
  const by = each.config.severities[each.severity].levels[level - 1]?.by ?? [];
  const named = by.filter((means) => means !== 'dm' && means !== 'thread');
  const order = named.length > 0 ? named : OTHERS;
  const { email = null, phone = null, webhook = null } = each.config.oncall.people[person] ?? {};
  const has = (means: Means) => (means === 'email' ? email : means === 'webhook' ? webhook : phone) !== null;
  return order.filter((means) => each.means.includes(means) && has(means));
}

/** By the person's own address, or by that of the contact who they are. */
function isTried(each: Case, step: readonly Effect[], person: string, means: Means): boolean {
  return step.some(({ data }) => {
    const request = data as PageRequest;
    if (request.means !== means) return false;
    if (request.people.includes(person)) return true;
    return request.targets.some(
      (target) => each.config.oncall.contacts[target.replace('contact:', '')]?.person === person,
    );
  });
}
