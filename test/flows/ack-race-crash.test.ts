import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incidentJson } from '../../src/alerts/incident-json.ts';
import { viewIncident } from '../../src/alerts/views.ts';
import type { IncidentCard } from '../../src/bot/render/cards.ts';
import { waitsForAck } from '../../src/bot/render/folded-page.ts';
import { renderIncident } from '../../src/bot/render/incident.ts';
import { renderDmPage, renderPageOver } from '../../src/bot/render/page.ts';
import type { Command } from '../../src/core/command.ts';
import { type Config, MEANS } from '../../src/core/config/config.ts';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import type { Batch, Effect, StoredEvent } from '../../src/journal/port.ts';
import { withTimerEnded } from '../../src/journal/timers.ts';
import { PAGE_KINDS, type PageRequest } from '../../src/oncall/page.ts';
import { readEscalation } from '../../src/oncall/view.ts';
import { type AckWorld, ANA, openAckWorld } from '../support/ack-world.ts';
import { testConfig } from '../support/config.ts';
import { countOf, patienceOf, tellRun } from '../support/large-run.ts';

const SEED = Number(process.env.GIANNA_TEST_SEED ?? 20261130);
const RACES = countOf(1000);
const PATIENCE_MS = patienceOf(120_000);
const MINUTE = 60_000;

/** Turns of the event loop before, and between deciding and appending. */
type Turns = readonly [number, number];

/** One race: the timer of an incident rings while a person acts, and its pages are sent. */
interface Race {
  readonly verb: 'ack' | 'resolve' | 'both' | 'note' | 'unack';
  readonly person: Turns;
  readonly timer: Turns;
  readonly sender: Turns;
  readonly outcome: 'sent' | 'failed';
}

/**
 * Races at the same moment, so that they share the commits of the journal: of incidents that nobody has (`open`), or
 * that were acknowledged half an hour ago (`owned`). The process may die at some turn.
 */
interface Heat {
  readonly stage: 'open' | 'owned';
  readonly races: readonly Race[];
  readonly diesAt: number | null;
}

const A_HEAT = 20;
const A_WORLD = 3;
const turnsOf = fc.tuple(fc.nat(3), fc.nat(3));
const verbOf = fc.constantFrom<Race['verb'][]>('ack', 'ack', 'ack', 'resolve', 'both', 'note', 'unack');
const race: fc.Arbitrary<Race> = fc.record({
  verb: verbOf,
  person: turnsOf,
  timer: turnsOf,
  sender: turnsOf,
  outcome: fc.constantFrom<Race['outcome'][]>('sent', 'sent', 'failed'),
});
const heat: fc.Arbitrary<Heat> = fc.record({
  stage: fc.constantFrom('open' as const, 'owned' as const),
  races: fc.array(race, { minLength: A_HEAT, maxLength: A_HEAT }),
  diesAt: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: fc.nat(6) }),
});

/** What was met on the way, so that no fault is only hoped for. */
const CLASSES = [
  'person first',
  'timer first',
  'died',
  'died undecided',
  'in flight',
  'asked',
  'answered in time',
  'resolved',
  'un-acked',
  'followed',
];

const STATUS: ReadonlySet<string> = new Set(['incident.acknowledged', 'incident.unacknowledged', 'incident.resolved']);

class Died extends Error {}

describe(`ack, resolve, timers and a crash in ${RACES} interleavings (seed ${SEED})`, () => {
  it(
    'page nobody later than the ack, lose no page, and end the same on every surface',
    async () => {
      const met = new Map<string, number>(CLASSES.map((name) => [name, 0]));
      const heats = fc.sample(heat, { seed: SEED, numRuns: RACES / A_HEAT });

      // a store of their own for every few: a small one is read quickly
      for (let first = 0; first < heats.length; first += A_WORLD) {
        const isSlackAlone = (first / A_WORLD) % 2 === 0;
        const world = await openAckWorld(isSlackAlone ? {} : { config: byMessageAlone(), means: MEANS });
        for (const each of heats.slice(first, first + A_WORLD)) {
          for (const name of await run(world, each)) met.set(name, (met.get(name) ?? 0) + 1);
        }
        await world.close();
      }

      tellRun({ seed: SEED, interleavings: RACES, ...Object.fromEntries(met) });
      for (const name of CLASSES) expect([name, (met.get(name) ?? 0) >= RACES / 40]).toEqual([name, true]);
    },
    PATIENCE_MS,
  );
});

/** One page a person and level, so that one that fails is followed by another means. */
function byMessageAlone(): Config {
  const { severities } = testConfig();
  const levels = severities.P0.levels.map((level) => ({ ...level, by: ['dm'] as const }));
  return testConfig({ severities: { ...severities, P0: { ...severities.P0, levels } } });
}

async function run(world: AckWorld, { stage, races, diesAt }: Heat): Promise<string[]> {
  const ids = await world.openMany(races.length);
  if (stage === 'owned') await Promise.all(ids.map((id) => world.say('ack', id, ANA)));
  world.clock.advance((stage === 'owned' ? 30 : 5) * MINUTE);
  const alive = { is: true };
  const running = races.map((each, index) => start(world, need(ids[index]), each, { alive, committedAt: new Map() }));
  const [isDead] = await Promise.all([die(diesAt, alive), tick(world, alive), ...running.map(({ ended }) => ended)]);
  if (isDead) await world.crash();

  const met: string[] = [];
  for (const { id, verbs, life, done } of running) {
    if (isDead)
      await goOn(
        world,
        id,
        verbs.filter((_verb, index) => done[index] !== true),
        life,
      );
    await checkPages(world, id, life.committedAt);
    await checkSurfaces(world, id);
    met.push(
      ...(await classesOf(world, id)),
      ...(isDead ? ['died'] : []),
      ...(isDead && done.includes(false) ? ['died undecided'] : []),
    );
  }
  return met;
}

/** Begins one race; `done` says for each verb whether it came to its end. */
function start(world: AckWorld, id: string, each: Race, life: Life) {
  const verbs = each.verb === 'both' ? ['ack', 'resolve'] : [each.verb];
  const done: boolean[] = [];
  const acting = verbs.map(async (verb, index) => {
    done[index] = await attempt(() => act(world, id, verb, each.person, life));
  });
  const ringing = attempt(() => ring(world, id, each.timer, life));
  const sending = attempt(() => send(world, id, each, life));
  return { id, verbs, life, done, ended: Promise.all([...acting, ringing, sending]) };
}

/** After the restart: what was accepted is durable, so the inbox hands it over again; the timer rings. */
async function goOn(world: AckWorld, id: string, verbs: readonly string[], before: Life): Promise<void> {
  const life = { ...before, alive: { is: true } };
  await recover(world, id);
  for (const verb of verbs) await act(world, id, verb, [0, 0], life);
  await ring(world, id, [0, 0], life);
}

interface Life {
  readonly alive: { is: boolean };
  /** When what a person did was durable, by verb. */
  readonly committedAt: Map<string, number>;
}

async function act(
  world: AckWorld,
  incident: string,
  verb: string,
  [before, between]: Turns,
  life: Life,
): Promise<void> {
  await turns(before);
  const command: Command = {
    v: 1,
    verb,
    by: ANA,
    at: world.clock.now(),
    via: 'button',
    incident,
    args: { text: 'seen' },
  };
  await decideUntilAppended(world.journal(), async () => {
    return slowly((await world.parts().desk.command(command)).batch, between, life);
  });
  life.committedAt.set(verb, world.clock.now());
}

async function ring(world: AckWorld, incident: string, [before, between]: Turns, life: Life): Promise<void> {
  await turns(before);
  await decideUntilAppended(world.journal(), async () => {
    const timers = await world.journal().timersOf('escalation', incident);
    const timer = timers.find(({ dueAt }) => dueAt <= world.clock.now());
    if (timer === undefined) return null;
    const name = timer.purpose === 'ack' ? 'escalation.ack' : 'escalation.escalate';
    const batch = await world.parts().escalation.timers[name](timer, world.clock.now());
    return slowly(batch === null ? null : withTimerEnded(batch, timer), between, life);
  });
}

/** Sends the first wanted page: claimed before, closed after. */
async function send(world: AckWorld, incident: string, { sender, outcome }: Race, life: Life): Promise<void> {
  const [before, between] = sender;
  await turns(before);
  const [page] = await world.journal().effects({ kinds: PAGE_KINDS, states: ['wanted'], incident, limit: 1 });
  if (page === undefined || !(await world.journal().claim(page.key, world.clock.now()))) return;
  await turns(between);
  if (!life.alive.is) throw new Died();
  await close(world, page, outcome);
}

/** What a dead process had in hand: nobody knows whether it arrived. */
async function recover(world: AckWorld, incident: string): Promise<void> {
  for (const page of await world.journal().effects({ kinds: PAGE_KINDS, states: ['claimed'], incident })) {
    await close(world, page, 'unknown');
  }
}

function close(world: AckWorld, page: Effect, outcome: 'sent' | 'failed' | 'unknown') {
  const result = { outcome, error: null, reference: null, lateSeconds: 0 } as const;
  return decideUntilAppended(world.journal(), async () => {
    return { at: world.clock.now(), actor: 'auto', ...(await world.parts().escalation.pageClosed(page, result)) };
  });
}

/** Whether it came to its end; false: the process died before. */
async function attempt(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof Died) return false;
    throw error;
  }
}

async function die(at: number | null, alive: Life['alive']): Promise<boolean> {
  if (at === null) return false;
  await turns(at);
  alive.is = false;
  return true;
}

async function slowly(batch: Batch | null, count: number, life: Life): Promise<Batch | null> {
  await turns(count);
  if (!life.alive.is) throw new Died();
  return batch;
}

async function turns(count: number): Promise<void> {
  for (let each = 0; each < count; each += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Time goes on while they race. */
async function tick(world: AckWorld, alive: Life['alive']): Promise<void> {
  for (let each = 0; each < 8 && alive.is; each += 1) {
    await turns(1);
    world.clock.advance(400);
  }
}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing there');
  return value;
}

/** Nobody is asked after the ack but by its clock; nothing that was claimed later went out; nothing is lost. */
async function checkPages(world: AckWorld, id: string, committedAt: Life['committedAt']): Promise<void> {
  const events = await world.events(id);
  const last = (type: string) => events.filter((event) => event.type === type).at(-1);
  const { status } = await world.incident(id);
  const state = await world.state(id);
  const timers = (await world.journal().timersOf('escalation', id)).map(({ purpose, dueAt }) => `${purpose} ${dueAt}`);
  const pages = await world.journal().effects({ kinds: PAGE_KINDS, incident: id });
  const wanted = pages
    .filter((page) => page.state === 'wanted')
    .map(({ data }) => (data as PageRequest).beyond?.why ?? 'policy');

  expect(pages.filter((page) => page.state === 'claimed')).toEqual([]);
  if (status === 'firing') {
    expect(timers).toEqual([`escalate ${state?.next?.at}`]);
    expect(state?.status).toBe('running');
  } else {
    const ended = status === 'acknowledged' ? last('incident.acknowledged') : last('incident.resolved');
    const endedAt = committedAt.get(status === 'resolved' ? 'resolve' : 'ack') ?? ended?.at ?? 0;
    expect(last('escalation.paged')?.seq).toBeLessThan(ended?.seq ?? 0);
    const tooLate = pages.filter(({ state: end, claimedAt, data }) => {
      return end === 'done' && (data as PageRequest).beyond === undefined && (claimedAt ?? 0) > endedAt + 1_000;
    });
    expect(tooLate).toEqual([]);
    expect(wanted.filter((why) => why !== 'ask')).toEqual([]);
    if (status !== 'acknowledged') expect(wanted).toEqual([]);
    expect(timers).toEqual(status === 'acknowledged' ? [`ack ${state?.ack?.next.at}`] : []);
  }
  expect(followedTooLate(events), id).toEqual([]);
  for (let level = 1; level <= (state?.level ?? 0); level += 1) {
    const reached = events.some(({ type, data }) => type === 'escalation.paged' && data.level === level);
    const passed = events.some(({ type, data }) => {
      return (
        type === 'escalation.superseded' &&
        (data.steps as ReadonlyArray<{ level: number }>).some((step) => step.level === level)
      );
    });
    expect([level, reached || passed]).toEqual([level, true]);
  }
  // every level that was paged asked somebody, and every page has come to something
  for (const { data } of events.filter(({ type }) => type === 'escalation.paged')) {
    expect(pages.some((page) => (page.data as PageRequest).level === data.level)).toBe(true);
  }
}

/** Pages of the policy that went to another means after somebody had taken it, before that was taken back. */
function followedTooLate(events: readonly StoredEvent[]): StoredEvent[] {
  return events.filter(({ type, data, seq }) => {
    if (type !== 'page.next-means' || data.beyond !== undefined) return false;
    const before = events.filter((event) => event.seq < seq && STATUS.has(event.type)).at(-1);
    return before !== undefined && before.type !== 'incident.unacknowledged';
  });
}

/** Journal, `incidents --json`, the parent's buttons and the direct page say the same. */
async function checkSurfaces(world: AckWorld, id: string): Promise<void> {
  const journal = world.journal();
  const { status } = await world.incident(id);
  const state = await world.state(id);
  const json = await incidentJson({ journal, escalationOf: (one) => readEscalation(journal, one), describers: [] }, id);
  const card = await cardOf(world, id);
  const parent = verbsIn(renderIncident(card, String));

  expect(json?.status).toBe(status);
  const nextAt = status === 'firing' ? new Date(state?.next?.at ?? 0).toISOString() : null;
  expect(json).toMatchObject({ escalation: { nextAt } });
  expect(json?.ackExpiresAt).toBe(status === 'acknowledged' ? new Date(state?.ack?.next.at ?? 0).toISOString() : null);
  expect([parent.includes('ack'), parent.includes('resolve'), parent.includes('reopen')]).toEqual([
    status === 'firing',
    status === 'acknowledged',
    status === 'resolved',
  ]);
  expect(waitsForAck(card.view)).toBe(status === 'firing');
  const [page] = await journal.effects({ kinds: PAGE_KINDS, incident: id });
  const request = page?.data as PageRequest;
  const shown = { request, mentions: [], unnamed: [], permalink: null, isRepeat: false, lateSeconds: 0 };
  const direct = waitsForAck(card.view)
    ? renderDmPage(card, shown, String)
    : renderPageOver(card, { sentAt: page?.askedAt ?? 0 }, String);
  expect(verbsIn(direct)).toEqual(status === 'firing' ? ['ack', 'pass-on'] : []);
}

async function cardOf(world: AckWorld, id: string): Promise<IncidentCard> {
  const view = await viewIncident(world.journal(), id);
  if (view === null) throw new Error(`${id} is gone`);
  return {
    view,
    escalation: await world.parts().escalation.viewOf(id),
    timeline: [],
    service: { mayDiagnose: false, mayRestart: false, reason: null },
    diagnosis: null,
    context: null,
    running: null,
    resolvesItself: false,
  };
}

function verbsIn(payload: object): string[] {
  return [...JSON.stringify(payload).matchAll(/"action_id":"gi\.([a-z-]+)"/g)].map(([, verb]) => String(verb));
}

async function classesOf(world: AckWorld, id: string): Promise<string[]> {
  const events = await world.events(id);
  const types = events.map(({ type }) => type);
  const met: string[] = [];
  const acked = types.indexOf('incident.acknowledged');
  const levels = types.filter((type) => type === 'escalation.paged').length;
  if (acked >= 0) met.push(levels > 1 ? 'timer first' : 'person first');
  if (types.includes('ack.struck')) met.push('asked');
  if (types.includes('incident.noted') && acked >= 0 && !types.includes('ack.struck')) met.push('answered in time');
  if (types.includes('page.next-means')) met.push('followed');
  if (types.includes('incident.resolved')) met.push('resolved');
  if (types.includes('incident.unacknowledged')) met.push('un-acked');
  if (events.some(({ data }) => data.meanwhile === 'acknowledged')) met.push('in flight');
  return met;
}
