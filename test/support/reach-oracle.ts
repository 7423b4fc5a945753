/** The oracle of pages that fail, hang and are answered: looks at pages and events alone, and at what addresses people have. */
import { expect } from 'vitest';

/** A page as the journal has it. */
interface AskedPage {
  readonly key: string;
  readonly state: string;
  readonly askedAt: number;
  readonly request: Request;
}

/** What a page says of itself. */
interface Request {
  readonly cycle: number;
  readonly level: number;
  readonly round: number;
  readonly means: string;
  readonly people: readonly string[];
  readonly targets: readonly string[];
  readonly notice?: string;
  readonly beyond?: { readonly why: string; readonly number: number };
}

interface ToldEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Addresses {
  readonly email: string | null;
  readonly phone: string | null;
  readonly webhook: object | null;
}

/** One incident, what was configured for it, and what happened to it. */
export interface ReachedWorld {
  readonly id: string;
  readonly severity: string;
  readonly means: readonly string[];
  readonly levels: ReadonlyArray<{ readonly by: readonly string[] }>;
  readonly people: Readonly<Record<string, Addresses>>;
  readonly contacts: Readonly<Record<string, { readonly person: string | null }>>;
  /** When acknowledgements expire, and when it was looked at last; null: they do not expire. */
  readonly clock: {
    readonly askAfterSeconds: number;
    readonly pageOwnerAfterSeconds: number;
    readonly nextLevelAfterSeconds: number;
    readonly endsAt: number;
  } | null;
  readonly ackedAt: number | null;
  /** When a person showed up after it. */
  readonly notedAt: number | null;
  readonly fateOf: (key: string) => string;
}

const OTHERS = ['email', 'webhook', 'sms', 'voice'];

export type Count = (name: string) => void;

/** Throws where a promise was broken; counts what was met. */
export function judgeReach(
  world: ReachedWorld,
  seen: { readonly events: readonly ToldEvent[]; readonly pages: readonly AskedPage[] },
  count: Count,
): void {
  const { pages } = seen;
  const asked = pages.filter(({ request }) => request.notice === undefined);
  countClasses(world, seen, count);
  if (world.ackedAt !== null) expectStopped(world, world.ackedAt, seen, count);
  if (world.ackedAt !== null) expectStrikes(world, world.ackedAt, asked);
  for (const step of stepsOf(asked)) {
    expectOnce(world, step);
    if (isCutShort(world, step)) continue;
    if (isLast(step, asked)) expectReachedOrTried(world, step, count);
    if (world.severity !== 'P2') expectSecondChannel(world, step, count);
  }
}

function countClasses(
  world: ReachedWorld,
  { events, pages }: { readonly events: readonly ToldEvent[]; readonly pages: readonly AskedPage[] },
  count: Count,
): void {
  for (const { type, data } of events) {
    if (type === 'page.next-means' && isFollowed(data)) count(`next means: ${data.why}`);
    if (type === 'escalation.unreachable') count('channel ops told');
    if (type === 'page.admin-told') count('an admin told');
  }
  for (const { state } of pages) if (state !== 'dropped') count(`page ${state === 'done' ? 'sent' : state}`);
  count(world.severity);
}

function isFollowed({ next }: ToldEvent['data']): boolean {
  return Array.isArray(next) && next.length > 0;
}

/** After an acknowledgement nothing follows a page of the policy, nor a question once somebody has shown up. */
function expectStopped(
  { id, clock, notedAt }: ReachedWorld,
  ackedAt: number,
  { events, pages }: { readonly events: readonly ToldEvent[]; readonly pages: readonly AskedPage[] },
  count: Count,
): void {
  count('acknowledged');
  const acked = events.findIndex(({ type }) => type === 'escalation.stopped');
  const followed = events.slice(acked).filter(({ type }) => type === 'page.next-means');
  const late = pages.filter(({ askedAt }) => askedAt > ackedAt);
  for (const { data } of followed) expect(data.beyond, id).toBeDefined();
  for (const page of pages) expect(late.includes(page), `${id}: ${page.key}`).toBe(page.request.beyond !== undefined);
  if (clock === null) expect([followed, late], id).toEqual([[], []]);
  if (followed.some(({ data }) => isFollowed(data))) count('clock: next means');
  if (notedAt === null) return;
  count('clock: somebody shows up');
  const answered = new Set(pages.filter(({ askedAt }) => askedAt <= notedAt).map(({ request }) => callOf(request)));
  for (const { key, askedAt, request } of pages)
    expect(askedAt > notedAt && answered.has(callOf(request)), `${id}: ${key}`).toBe(false);
}

/** The clock strikes at its times and at no other, whatever becomes of its pages. */
function expectStrikes(world: ReachedWorld, ackedAt: number, asked: readonly AskedPage[]): void {
  const expected = world.clock === null ? [] : strikesOf(world.clock, ackedAt, world.notedAt);
  const seen = stepsOf(asked.filter(({ request }) => request.beyond !== undefined));
  const strikes = seen.map((step) => `${step[0]?.request.beyond?.why} ${firstOf(step)}`);
  expect(strikes, world.id).toEqual(expected);
}

function strikesOf(clock: NonNullable<ReachedWorld['clock']>, ackedAt: number, notedAt: number | null): string[] {
  const lap = [
    ['ask', clock.askAfterSeconds],
    ['owner', clock.pageOwnerAfterSeconds],
    ['level', clock.nextLevelAfterSeconds],
  ] as const;
  const strikes: string[] = [];
  const run = (from: number, to: number) => {
    let at = from;
    for (let n = 0; ; n += 1) {
      const [why, seconds] = lap[n % lap.length] ?? lap[0];
      at += seconds * 1000;
      if (at > to) return;
      strikes.push(`${why} ${at}`);
    }
  };
  run(ackedAt, notedAt ?? clock.endsAt);
  if (notedAt !== null) run(notedAt, clock.endsAt);
  return strikes;
}

/** Nobody waited for its pages any more before they could come to something, or it was not looked at so long. */
function isCutShort({ clock, ackedAt, notedAt }: ReachedWorld, step: readonly AskedPage[]): boolean {
  if (step[0]?.request.beyond === undefined || clock === null) return ackedAt !== null;
  const from = firstOf(step);
  const to = from + clock.pageOwnerAfterSeconds * 1000;
  return to > clock.endsAt || (notedAt !== null && notedAt >= from && notedAt <= to);
}

function firstOf(step: readonly AskedPage[]): number {
  return Math.min(...step.map(({ askedAt }) => askedAt));
}

function callOf({ beyond }: Request): string {
  return beyond === undefined ? 'policy' : `${beyond.why} ${beyond.number}`;
}

function stepsOf(pages: readonly AskedPage[]): AskedPage[][] {
  const steps = new Map<string, AskedPage[]>();
  for (const page of pages) {
    const { cycle, level, round } = page.request;
    const name = [cycle, level, round, callOf(page.request)].join('|');
    steps.set(name, [...(steps.get(name) ?? []), page]);
  }
  return [...steps.values()];
}

/** A later level of the policy pages anew; each step of a clock has its time. */
function isLast(step: readonly AskedPage[], pages: readonly AskedPage[]): boolean {
  const level = step[0]?.request.level ?? 0;
  if (step[0]?.request.beyond !== undefined) return true;
  return pages.every(({ request }) => request.beyond !== undefined || request.level <= level);
}

/** Nobody twice by one means, at one address, in one step. */
function expectOnce(world: ReachedWorld, step: readonly AskedPage[]): void {
  const names = step.flatMap(({ request }) => {
    const { people, targets, means } = request;
    if (means === 'thread') return [`${[...people, ...targets].join('+')} thread`];
    return [...people, ...targets].map((who) => `${who} ${means}`);
  });
  expect(new Set(names).size, `${world.id}: ${names.join(', ')}`).toBe(names.length);
}

/** Everything is answered by now: a page of the step was sent, or every address was tried and the channel told. */
function expectReachedOrTried(world: ReachedWorld, step: readonly AskedPage[], count: Count): void {
  const isSent = step.some(({ state }) => state === 'done');
  if (isSent) return;
  count(step[0]?.request.beyond === undefined ? 'nobody reached' : 'clock: nobody reached');
  const told = step.some(({ request }) => request.means === 'thread' && request.targets.includes('channel:ops'));
  expect(told, `${world.id}: channel ops is told`).toBe(true);
  for (const { request } of step) {
    const { people, targets, level } = request;
    for (const person of people) {
      for (const means of possible(world, level, person))
        expect(isTried(world, step, person, means), `${world.id} ${person} ${means}`).toBe(true);
    }
    expect(people.length + targets.length, world.id).toBeGreaterThan(0);
  }
}

/** Whom only hanging or failing pages of Slack reach, another means has reached or tried. */
function expectSecondChannel(world: ReachedWorld, step: readonly AskedPage[], count: Count): void {
  for (const { key, request } of step) {
    const { people, means, level } = request;
    const fate = world.fateOf(key);
    if (means !== 'dm' || !fate.startsWith('hangs')) continue;
    for (const person of people) {
      const ways = possible(world, level, person);
      if (ways.length === 0) continue;
      const isOther = OTHERS.some((way) => isTried(world, step, person, way));
      expect(isOther, `${world.id}: ${person} has ${ways.join(', ')}`).toBe(true);
      if (request.beyond !== undefined) count('clock: second channel');
    }
  }
}

function possible(world: ReachedWorld, level: number, person: string): readonly string[] {
  const by = world.levels[level - 1]?.by ?? [];
  const named = by.filter((means) => means !== 'dm' && means !== 'thread');
  const order = named.length > 0 ? named : OTHERS;
  const { email = null, phone = null, webhook = null } = world.people[person] ?? {};
  const has = (means: string) => (means === 'email' ? email : means === 'webhook' ? webhook : phone) !== null;
  return order.filter((means) => world.means.includes(means) && has(means));
}

/** By the person's own address, or by that of the contact who they are. */
function isTried(world: ReachedWorld, step: readonly AskedPage[], person: string, means: string): boolean {
  return step.some(({ request }) => {
    if (request.means !== means) return false;
    if (request.people.includes(person)) return true;
    return request.targets.some((target) => world.contacts[target.replace('contact:', '')]?.person === person);
  });
}
