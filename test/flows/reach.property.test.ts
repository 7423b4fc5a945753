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
import { judgeReach } from '../support/reach-oracle.ts';

const STARTED_AT = Date.UTC(2026, 10, 23, 13);
const CASES = 1_000;
const SEED = 'GIANNA_TEST_REACH_SEED';
const PATIENCE_MS = 240_000;
const TICK_MS = 5_000;
const TICKS = 40;
/** So long after each other the clock of an acknowledgement strikes, in ticks: what a step asks for comes to an end. */
const CLOCK_TICKS = 24;
/** A lap, and what its last step asks for comes to an end. */
const TICKS_WITH_CLOCK = 110;
/** A page that hangs is answered only after this many ticks: later than 30 s. */
const HANGS_TICKS = 9;
const AFTER_S = (CLOCK_TICKS * TICK_MS) / 1000;
const EXPIRES = { askAfterSeconds: AFTER_S, pageOwnerAfterSeconds: AFTER_S, nextLevelAfterSeconds: AFTER_S };
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
  /** Whether acknowledgements expire. */
  readonly isClocked: boolean;
  /** Tick at which a person shows up after it; null: nobody does. */
  readonly noteTick: number | null;
  readonly escalation: Escalation;
  readonly rolls: number[];
  readonly fates: Map<string, { fate: Fate; answerTick: number }>;
  ackedAt: number | null;
  notedAt: number | null;
}

describe(`1,000 incidents whose pages do not arrive (variable ${SEED})`, () => {
  it(
    'reach somebody or try everything and tell channel ops, page nobody twice, and after an acknowledgement nobody but by its clock',
    async () => {
      const random = seededRandom(SEED, 'reach');
      const folder = mkdtempSync(join(tmpdir(), 'gianna-reach-'));
      const clock = createFakeClock(STARTED_AT);
      const path = join(folder, 'journal.db');
      const journal = await openSqliteJournal({ path, clock, logger: silentLogger, scratch: true });
      const cases = Array.from({ length: CASES }, (_, n) => drawCase(n + 1, random, journal));
      const classes = new Map<string, number>();
      const count = (name: string) => classes.set(name, (classes.get(name) ?? 0) + 1);

      await Promise.all(cases.map((each) => move(journal, clock, each, {})));
      for (let tick = 0; tick < TICKS_WITH_CLOCK; tick += 1) {
        const living = cases.filter(({ isClocked }) => tick < TICKS || isClocked);
        await Promise.all(living.map((each) => live(journal, clock, each, tick)));
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
  ['clock: next means', 30],
  ['clock: second channel', 10],
  ['clock: nobody reached', 3],
  ['clock: somebody shows up', 20],
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
  const ackTick = random.next() < 0.35 ? random.between(0, 12) : null;
  const isClocked = ackTick !== null && random.next() < 0.7;
  const noteTick = isClocked && random.next() < 0.4 ? ackTick + random.between(20, 60) : null;
  const ackExpires = isClocked ? EXPIRES : null;
  const policy = { ...base.severities[severity], ...plain, levels, ackExpires };
  const severities = { ...base.severities, [severity]: policy };
  const config = testConfig({ severities, oncall: { ...base.oncall, people, contacts } });
  const means: readonly Means[] = ['dm', 'thread', ...some(OTHERS, 0.7)];
  const parts = { journal, config: { current: () => config }, logger: silentLogger, metrics: createMetricsRegistry() };
  const escalation = createEscalation({ ...parts, means: new Set(means) });
  escalation.stop();
  const rolls = Array.from({ length: 400 }, () => random.next());
  const drawn = { id: `GI-${number}`, config, means, severity, ackTick, isClocked, noteTick, escalation, rolls };
  return { ...drawn, fates: new Map(), ackedAt: null, notedAt: null };
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
  if (each.noteTick === tick) {
    await move(journal, clock, each, {}, 'slack:U1');
    each.notedAt = clock.now();
  }
  const open = await journal.effects({ kinds: PAGE_KINDS, incident: each.id, states: ['wanted', 'claimed'] });
  for (const effect of open) {
    const drawn = each.fates.get(effect.key) ?? drawFate(effect, tick, each.rolls);
    each.fates.set(effect.key, drawn);
    // on its way: an acknowledgement does not drop it
    if (drawn.fate.startsWith('hangs') || drawn.answerTick <= tick) await journal.claim(effect.key, clock.now());
    if (drawn.answerTick > tick) continue;
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

async function move(
  journal: Journal,
  clock: FakeClock,
  each: Case,
  change: Partial<IncidentState>,
  actor = 'auto',
): Promise<void> {
  const row = await journal.aggregate<IncidentState>('incident', each.id);
  const before = row?.state ?? null;
  const after: IncidentState = { ...(before ?? incidentOf(each, clock.now())), ...change };
  const events = [{ type: 'incident.alerts-changed', v: 1, data: { firing: after.firing, ended: after.ended } }];
  const followed = await each.escalation.follow({ at: clock.now(), actor, before, after, events });
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

async function judge(journal: Journal, each: Case, count: (name: string) => void): Promise<void> {
  const events = await journal.eventsOf('escalation', each.id);
  const effects = await journal.effects({ kinds: PAGE_KINDS, incident: each.id });
  const pages = effects.map(({ data, ...page }) => ({ ...page, request: data as PageRequest }));
  expectFolded(events, (await journal.aggregate<EscalationState>('escalation', each.id))?.state ?? null);
  const { levels, ackExpires } = each.config.severities[each.severity];
  const { people, contacts } = each.config.oncall;
  const fateOf = (key: string) => each.fates.get(key)?.fate ?? 'sent';
  const clock = ackExpires === null ? null : { ...ackExpires, endsAt: STARTED_AT + (TICKS_WITH_CLOCK - 1) * TICK_MS };
  judgeReach({ ...each, levels, people, contacts, clock, fateOf }, { events, pages }, count);
}

function expectFolded(events: readonly StoredEvent[], stored: EscalationState | null): void {
  let state: EscalationState | null = null;
  for (const event of events) state = escalationEvolvers.escalation(state, event);
  expect(state).toEqual(stored);
}
