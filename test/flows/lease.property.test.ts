import { describe, expect, it } from 'vitest';
import type { UndoAnswer, UndoAsked } from '../../src/runbooks/lease/executor.ts';
import { LEASE, type LeaseState } from '../../src/runbooks/lease/lease-state.ts';
import { createLeaseWorld, type LeaseWorld } from '../support/lease-world.ts';
import { type Random, seededRandom } from '../support/random.ts';

const SEED = 'GIANNA_TEST_LEASE_SEED';
const LEASES = 60;
const TICKS = 160;
const LONGEST_TICK_S = 240;

/** What stands on a host, seen from outside: no crash of the bot changes it. */
interface Change {
  readonly run: string;
  readonly lease: string;
  inForce: boolean;
  reverted: number;
  /** Before this it may not be reverted of itself; null: somebody lifted it. */
  until: number | null;
  underWay: boolean;
  busyUntil: number;
  failures: number;
  early: boolean;
}

/** The engine's part: an undo is begun once, goes on outside of the bot's life, and its end may be lost with the process. */
function createEngine(world: LeaseWorld, changes: ReadonlyMap<string, Change>, count: (name: string) => void) {
  let isDying: 'before' | 'after' | null = null;
  const never = () => new Promise<UndoAnswer>(() => {});
  const answer = async ({ run }: UndoAsked): Promise<UndoAnswer> => {
    const change = changes.get(run);
    if (change === undefined) throw new Error(`no ${run}`);
    if (isDying === 'before') {
      count('died before the engine took it');
      return never();
    }
    if (!change.inForce) {
      count('asked for what was undone already');
      return { kind: 'undone', proved: true, summary: 'undone before' };
    }
    if (!change.underWay && change.busyUntil > world.clock.now()) {
      count('busy');
      return { kind: 'busy', holder: 'RUN-900 by ana' };
    }
    change.underWay = true;
    if (isDying !== 'after') return { kind: 'accepted' };
    count('died after the engine took it');
    return never();
  };
  const revert = (change: Change) => {
    change.early ||= change.until !== null && world.clock.now() < change.until;
    change.inForce = false;
    change.underWay = false;
    change.reverted += 1;
  };
  return { answer, revert, dying: (when: typeof isDying) => (isDying = when) };
}

describe(`${LEASES} leases that are renewed, lifted, blocked and struck by crashes (variable ${SEED})`, () => {
  it('are each reverted exactly once, never before their time, and none is forgotten', {
    timeout: 60_000,
  }, async () => {
    const random = seededRandom(SEED, 'leases');
    const classes = new Map<string, number>();
    const count = (name: string) => classes.set(name, (classes.get(name) ?? 0) + 1);
    const world = await createLeaseWorld();
    const changes = new Map<string, Change>();
    const engine = createEngine(world, changes, count);
    world.answer = engine.answer;

    for (let n = 1; n <= LEASES; n += 1) await take(world, changes, n, random);
    for (let tick = 0; tick < TICKS; tick += 1) {
      for (const change of changes.values()) await act(world, change, engine.revert, random, count);
      const seconds = random.between(5, LONGEST_TICK_S);
      const fate = random.next();
      if (fate < 0.08) await die(world, engine, random.pick(['before', 'after'] as const), seconds);
      else if (fate < 0.12) {
        count('away');
        await world.away(seconds * 5);
      } else await world.pass(seconds);
      await expectWatched(world);
    }
    await finish(world, changes, engine.revert);

    const rows = await world.journal().aggregates<LeaseState>(LEASE, { limit: LEASES });
    for (const { state } of rows) count(`ended: ${state.how}`);
    console.log(`leases: ${[...classes].map(([name, times]) => `${name} ${times}`).join(', ')}`);
    const wrong = [...changes.values()].filter(({ reverted, early }) => reverted !== 1 || early);
    expect(wrong).toEqual([]);
    expect(rows.map(({ state }) => state.status)).toEqual(Array.from({ length: LEASES }, () => 'ended'));
    for (const name of [
      'renewed',
      'lifted',
      'busy',
      'away',
      'undo lost',
      'undo failed',
      'ended: expired',
      'ended: lifted',
    ])
      expect([name, classes.get(name) ?? 0]).not.toEqual([name, 0]);
    await world.close();
  });
});

async function take(world: LeaseWorld, changes: Map<string, Change>, n: number, random: Random): Promise<void> {
  const run = `RUN-${n}`;
  const seconds = random.between(60, (TICKS * LONGEST_TICK_S) / 4);
  const lease = await world.take(seconds, { run, limitSeconds: null });
  const until = world.clock.now() + seconds * 1000;
  const rest = { inForce: true, reverted: 0, underWay: false, busyUntil: 0, failures: 0, early: false };
  changes.set(run, { run, lease, until, ...rest });
}

/** What people, other runs and the engine do to one of them between two moments. */
async function act(
  world: LeaseWorld,
  change: Change,
  revert: (change: Change) => void,
  random: Random,
  count: (name: string) => void,
): Promise<void> {
  const { run, lease } = change;
  const roll = random.next();
  if (change.underWay) {
    if (roll < 0.4) return;
    if (roll < 0.5 && change.failures < 2) {
      count('undo failed');
      change.failures += 1;
      change.underWay = false;
      return world.ended({ kind: 'not-reverted', mayRetry: true, summary: 'no answer' }, { run });
    }
    revert(change);
    if (roll < 0.65) return count('undo lost');
    return world.ended({ kind: 'reverted', proved: true, summary: 'well' }, { run });
  }
  if (!change.inForce) return;
  if (roll < 0.02) {
    const seconds = random.between(60, 7200);
    const outcome = await world.command('renew', { lease, seconds });
    if (outcome.kind === 'refused') return count(`renewal refused: ${outcome.code}`);
    count('renewed');
    change.until = world.clock.now() + seconds * 1000;
  } else if (roll < 0.024) {
    count('lifted');
    change.until = null;
    change.underWay = true;
    await world.begun({ run });
  } else if (roll < 0.05) {
    change.busyUntil = world.clock.now() + random.between(10, 600) * 1000;
  }
}

/** The process dies while it asks the engine, or at nothing. */
async function die(
  world: LeaseWorld,
  engine: ReturnType<typeof createEngine>,
  when: 'before' | 'after',
  seconds: number,
): Promise<void> {
  engine.dying(when);
  await world.strike(seconds);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  engine.dying(null);
  await world.crash();
}

/** Whatever is not over has its next look as a row. */
async function expectWatched(world: LeaseWorld): Promise<void> {
  const open = await world.journal().aggregates<LeaseState>(LEASE, { open: true });
  for (const { id } of open) {
    const timers = await world.journal().timersOf(LEASE, id);
    expect([id, timers.filter(({ purpose }) => purpose === 'end').length]).toEqual([id, 1]);
  }
}

async function finish(world: LeaseWorld, changes: ReadonlyMap<string, Change>, revert: (change: Change) => void) {
  for (let rounds = 0; rounds < 80; rounds += 1) {
    await world.pass(1800);
    for (const change of changes.values()) {
      if (!change.underWay) continue;
      revert(change);
      await world.ended({ kind: 'reverted', proved: true, summary: 'well' }, { run: change.run });
    }
    if ((await world.leases().list()).length === 0) return;
  }
}
