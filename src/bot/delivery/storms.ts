import type { Severity } from '../../core/config/config.ts';

/** A person mentioned, or a page sent: further ones within a minute fold into it. */
export interface Mention {
  readonly at: number;
  readonly people: ReadonlySet<string>;
  /** The gravest of what it asked for. */
  readonly severity: Severity;
  /** Where it is: `C1/1700000000.000100`. */
  readonly reference: string;
}

/** More new threads than a channel takes at once: named by rosters, a thread each as tokens allow. */
export interface Storm {
  /** `ops/1700000000000`: our word for the channel and when it began. */
  readonly id: string;
  readonly word: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Incidents by the roster that names them, most urgent first when they were put there. */
  readonly rosters: readonly (readonly string[])[];
  /** Incidents whose thread is not open yet. */
  readonly waiting: ReadonlySet<string>;
  readonly isOver: boolean;
  /** Who was mentioned last in the channel because of it. */
  readonly mention: Mention | null;
}

/** What is known of an incident without asking the journal. */
export interface IncidentFacts {
  /** Our word for its channel. */
  readonly word: string;
  readonly severity: Severity;
}

export interface Storms {
  /** An incident wants a thread that is not there. */
  waits(incident: string, facts: IncidentFacts): void;
  /** Its thread is open, or it wants none any more. */
  isShown(incident: string): void;
  /** The ids of the rosters that are to take up incidents which are on none yet, one for each storm. */
  arrange(): string[];
  /** The storm of a roster began a moment ago: who is on none yet does not wait for its next refresh. */
  isYoung(id: string): boolean;
  /** A roster is about to be rendered: the most urgent of those on none come onto it. */
  fill(id: string): void;
  /** The storm of a channel that is not over. */
  of(word: string): Storm | null;
  /** A storm and the number of a roster by the roster's id; also of one that is over. */
  roster(id: string): { readonly storm: Storm; readonly part: number } | null;
  /** The roster that names an incident, while the storm is not over. */
  rosterOf(incident: string): { readonly id: string; readonly waits: boolean } | null;
  /** How many rosters the storm of this roster has. */
  rosterCount(id: string): number;
  mentioned(word: string, mention: Mention): void;
  /** Incidents that wait for their thread in a storm. */
  waiting(incident: string): boolean;
  /** Milliseconds for which threads wait to see whether a storm begins: several came in the last moment; 0: go on. */
  gatherMs(word: string): number;
  /** Milliseconds for which threads leave a channel's tokens to its first roster; 0 once it is there, or late. */
  firstRosterMs(word: string): number;
  /** A roster or a thread went out: keeps both moving. */
  rosterPosted(id: string): void;
  criticalPosted(word: string): void;
  /**
   * Whether a roster goes before the thread of a P0 now: the first one, one that names P0s which nobody knows of yet, then
   * two for each such thread.
   */
  isRostersTurn(word: string): boolean;
}

/** UX.md 3.12: more than ten new groups within a minute. */
const MOST_CALM = 10;
const WITHIN_MS = 60_000;
/** Groups that one message names (PERFORMANCE.md, least work for a storm). */
const ON_A_ROSTER = 200;
const SOON_MS = 1_000;
const NEW_ROSTER_EVERY_MS = 5_000;
const SEVERAL = 3;
const MOMENT_MS = 250;
const ROSTER_WITHIN_MS = 3_000;
const YOUNG_MS = 10_000;
/** How long a storm that is over is known, for the last edit of its rosters. */
const KEPT = 8;

interface Live {
  id: string;
  word: string;
  startedAt: number;
  rosters: string[][];
  waiting: Set<string>;
  isOver: boolean;
  mention: Mention | null;
  /** Number of the roster by incident; -1 while it is on none. */
  places: Map<string, number>;
  /** Those on none, with their severity. */
  unplaced: Map<string, Severity>;
  /** Numbers of the rosters that are there, and how many threads of P0 were opened. */
  posted: { rosters: Set<number>; p0: number };
  /** `arrange` is about to be called. */
  isGathering: boolean;
  /** Monotonic time of the last roster that was begun before the one before it was full. */
  openedAt: number;
}

interface Channel {
  /** Incidents that wait for a thread, oldest first. */
  waiting: Map<string, IncidentFacts>;
  /** New ones of the last minute, with their monotonic time. */
  fresh: Array<{ incident: string; at: number; facts: IncidentFacts }>;
  storm: Live | null;
}

/**
 * Notices when a channel gets more new threads than it takes. `ended` hears of each end, before the rosters say so.
 */
export function createStorms(deps: {
  now: () => number;
  monotonicMs: () => number;
  began: () => void;
  /** There is somebody new to put on a roster: `arrange` is wanted soon. */
  gather: () => void;
  /** Milliseconds until this roster may be edited again. */
  restMs: (roster: string) => number;
  ended: (storm: { readonly word: string; readonly total: number; readonly rosterIds: readonly string[] }) => void;
}): Storms {
  const channels = new Map<string, Channel>();
  const words = new Map<string, string>();
  const known = new Map<string, Live>();

  function channelOf(word: string): Channel {
    const channel = channels.get(word) ?? { waiting: new Map(), fresh: [], storm: null };
    channels.set(word, channel);
    return channel;
  }

  function waits(incident: string, facts: IncidentFacts): void {
    const channel = channelOf(facts.word);
    const isNew = !channel.waiting.has(incident);
    channel.waiting.set(incident, facts);
    words.set(incident, facts.word);
    if (channel.storm?.unplaced.has(incident) === true) channel.storm.unplaced.set(incident, facts.severity);
    if (!isNew) return;
    channel.fresh.push({ incident, at: deps.monotonicMs(), facts });
    if (channel.storm !== null) join(channel.storm, incident, facts.severity);
    else if (isStormy(channel)) begin(channel, facts.word);
  }

  function isStormy(channel: Channel): boolean {
    const since = deps.monotonicMs() - WITHIN_MS;
    while ((channel.fresh[0]?.at ?? since) < since) channel.fresh.shift();
    return channel.fresh.length > MOST_CALM || channel.waiting.size > MOST_CALM;
  }

  function begin(channel: Channel, word: string): void {
    const startedAt = deps.now();
    const storm: Live = {
      id: `${word}/${startedAt}`,
      word,
      startedAt,
      rosters: [],
      waiting: new Set(channel.waiting.keys()),
      isOver: false,
      mention: null,
      places: new Map(),
      unplaced: new Map(),
      posted: { rosters: new Set(), p0: 0 },
      isGathering: false,
      openedAt: Number.NEGATIVE_INFINITY,
    };
    for (const { incident, facts } of channel.fresh) join(storm, incident, facts.severity);
    for (const [incident, { severity }] of channel.waiting) join(storm, incident, severity);
    channel.storm = storm;
    deps.began();
    known.set(storm.id, storm);
    for (const id of [...known.keys()].slice(0, -KEPT)) known.delete(id);
  }

  function join(storm: Live, incident: string, severity: Severity): void {
    if (channelOf(storm.word).waiting.has(incident)) storm.waiting.add(incident);
    if (storm.places.has(incident)) return;
    storm.places.set(incident, -1);
    storm.unplaced.set(incident, severity);
    words.set(incident, storm.word);
    gather(storm);
  }

  function gather(storm: Live): void {
    if (storm.isGathering) return;
    storm.isGathering = true;
    deps.gather();
  }

  function isShown(incident: string): void {
    const word = words.get(incident);
    if (word === undefined) return;
    const channel = channelOf(word);
    if (channel.waiting.delete(incident)) channel.storm?.waiting.delete(incident);
    if (channel.storm === null) words.delete(incident);
    else if (channel.waiting.size === 0) end(channel, channel.storm);
  }

  function end(channel: Channel, storm: Live): void {
    storm.isOver = true;
    channel.storm = null;
    channel.fresh = [];
    for (const incident of storm.places.keys()) words.delete(incident);
    const rosterIds = storm.rosters.map((_list, part) => `${storm.id}/${part}`);
    deps.ended({ word: storm.word, total: storm.places.size, rosterIds });
  }

  /**
   * Many that nobody knows of yet do not wait until the last roster may be edited; but one more every few seconds is
   * enough. At the beginning it is there before its token is, and filled as it is sent.
   */
  function wantsNewRoster(storm: Live): boolean {
    const last = storm.rosters.at(-1);
    if (last === undefined || last.length >= ON_A_ROSTER) return true;
    if (!hidesSeveral(storm)) return false;
    const everyMs = isYoung(storm) ? 0 : NEW_ROSTER_EVERY_MS;
    if (deps.monotonicMs() - storm.openedAt < everyMs) return false;
    return deps.restMs(`${storm.id}/${storm.rosters.length - 1}`) > SOON_MS;
  }

  const isYoung = ({ startedAt }: Live) => deps.now() - startedAt < YOUNG_MS;

  /** So many that nobody knows of, that a message naming them all does more than a thread for one; fewer at the beginning. */
  function hidesSeveral(storm: Live): boolean {
    return isYoung(storm) ? storm.unplaced.size >= SEVERAL : storm.unplaced.size > MOST_CALM;
  }

  /** At the beginning: among them a P0. */
  function hidesCritical(storm: Live): boolean {
    if (!isYoung(storm) || !hidesSeveral(storm)) return false;
    return [...storm.unplaced.values()].includes('P0');
  }

  /** The roster that takes up those who are on none; at most one waits to be posted. */
  function openRoster(storm: Live): string {
    const isWaited = storm.rosters.length > storm.posted.rosters.size;
    if (!isWaited && wantsNewRoster(storm)) {
      storm.rosters.push([]);
      storm.openedAt = deps.monotonicMs();
    } else if (isYoung(storm) && hidesSeveral(storm)) gather(storm);
    return `${storm.id}/${storm.rosters.length - 1}`;
  }

  function fill(id: string): void {
    const found = roster(id);
    const list = found?.storm.rosters[found.part];
    if (found === null || list === undefined || found.part !== found.storm.rosters.length - 1) return;
    const { storm, part } = found;
    const mostUrgent = [...storm.unplaced].sort(([, one], [, other]) => Number(one > other) - Number(one < other));
    for (const [incident] of mostUrgent.slice(0, ON_A_ROSTER - list.length)) {
      list.push(incident);
      storm.places.set(incident, part);
      storm.unplaced.delete(incident);
    }
  }

  function roster(id: string): { storm: Live; part: number } | null {
    const storm = known.get(id.slice(0, id.lastIndexOf('/')));
    return storm === undefined ? null : { storm, part: Number(id.slice(id.lastIndexOf('/') + 1)) };
  }

  return {
    waits,
    isShown,
    arrange: () =>
      [...channels.values()].flatMap(({ storm }) => {
        if (storm === null) return [];
        storm.isGathering = false;
        return storm.unplaced.size === 0 ? [] : openRoster(storm);
      }),
    isYoung: (id) => {
      const found = roster(id);
      return found !== null && isYoung(found.storm);
    },
    fill,
    of: (word) => channels.get(word)?.storm ?? null,
    roster,
    rosterCount: (id) => roster(id)?.storm.rosters.length ?? 1,
    rosterOf: (incident) => {
      const storm = channels.get(words.get(incident) ?? '')?.storm ?? null;
      const part = storm?.places.get(incident);
      if (storm === null || part === undefined || part === -1) return null;
      return { id: `${storm.id}/${part}`, waits: storm.waiting.has(incident) };
    },
    mentioned: (word, mention) => {
      const storm = channels.get(word)?.storm;
      if (storm != null) storm.mention = mention;
    },
    waiting: (incident) => channels.get(words.get(incident) ?? '')?.storm?.waiting.has(incident) ?? false,
    rosterPosted: (id) => {
      const found = roster(id);
      found?.storm.posted.rosters.add(found.part);
    },
    criticalPosted: (word) => {
      const storm = channels.get(word)?.storm;
      if (storm != null) storm.posted.p0 += 1;
    },
    gatherMs: (word) => {
      const channel = channels.get(word);
      if (channel === undefined || channel.storm !== null) return 0;
      const since = deps.monotonicMs() - MOMENT_MS;
      const [first, ...others] = channel.fresh.filter(({ at }) => at > since);
      return first === undefined || others.length + 1 < SEVERAL ? 0 : first.at - since;
    },
    firstRosterMs: (word) => {
      const storm = channels.get(word)?.storm;
      if (storm == null || storm.posted.rosters.size > 0) return 0;
      return Math.max(0, storm.startedAt + ROSTER_WITHIN_MS - deps.now());
    },
    isRostersTurn: (word) => {
      const storm = channels.get(word)?.storm;
      if (storm == null || hidesCritical(storm)) return true;
      return storm.posted.rosters.size <= 2 * storm.posted.p0;
    },
  };
}
