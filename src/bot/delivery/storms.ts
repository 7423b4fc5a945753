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
  /** Puts new incidents of a storm on rosters; resolves with the ids of the rosters that say something new. */
  arrange(): string[];
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
  /** A roster or a thread went out: keeps both moving. */
  posted(word: string, what: 'roster' | 'p0'): void;
  /** Whether a roster goes before the thread of a P0 now: the first one, then two for each such thread. */
  isRostersTurn(word: string): boolean;
}

/** UX.md 3.12: more than ten new groups within a minute. */
const MOST_CALM = 10;
const WITHIN_MS = 60_000;
/** Groups that one message names (PERFORMANCE.md, least work for a storm). */
const ON_A_ROSTER = 200;
const SOON_MS = 1_000;
const NEW_ROSTER_EVERY_MS = 5_000;
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
  unplaced: Set<string>;
  posted: { roster: number; p0: number };
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
    if (!isNew) return;
    channel.fresh.push({ incident, at: deps.monotonicMs(), facts });
    if (channel.storm !== null) join(channel.storm, incident);
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
      unplaced: new Set(),
      posted: { roster: 0, p0: 0 },
      openedAt: Number.NEGATIVE_INFINITY,
    };
    for (const { incident } of channel.fresh) join(storm, incident);
    for (const incident of channel.waiting.keys()) join(storm, incident);
    channel.storm = storm;
    deps.began();
    known.set(storm.id, storm);
    for (const id of [...known.keys()].slice(0, -KEPT)) known.delete(id);
  }

  function join(storm: Live, incident: string): void {
    if (channelOf(storm.word).waiting.has(incident)) storm.waiting.add(incident);
    if (storm.places.has(incident)) return;
    if (storm.unplaced.size === 0) deps.gather();
    storm.places.set(incident, -1);
    storm.unplaced.add(incident);
    words.set(incident, storm.word);
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

  /** Many that nobody knows of yet do not wait until the last roster may be edited; but one more a few seconds is enough. */
  function wantsNewRoster(storm: Live, added: number): boolean {
    if (storm.rosters.length === 0 || added <= MOST_CALM) return false;
    if (deps.monotonicMs() - storm.openedAt < NEW_ROSTER_EVERY_MS) return false;
    return deps.restMs(`${storm.id}/${storm.rosters.length - 1}`) > SOON_MS;
  }

  function place(storm: Live): Set<number> {
    const severities = new Map(channelOf(storm.word).fresh.map(({ incident, facts }) => [incident, facts.severity]));
    const severityOf = (incident: string) =>
      channelOf(storm.word).waiting.get(incident)?.severity ?? severities.get(incident) ?? 'P3';
    const added = [...storm.unplaced].sort(
      (one, other) => Number(severityOf(one) > severityOf(other)) - Number(severityOf(one) < severityOf(other)),
    );
    const changed = new Set<number>();
    if (wantsNewRoster(storm, added.length)) {
      storm.rosters.push([]);
      storm.openedAt = deps.monotonicMs();
    }
    for (const incident of added) {
      const last = storm.rosters.at(-1);
      const hasRoom = last !== undefined && last.length < ON_A_ROSTER;
      if (hasRoom) last.push(incident);
      else storm.rosters.push([incident]);
      storm.places.set(incident, storm.rosters.length - 1);
      changed.add(storm.rosters.length - 1);
    }
    storm.unplaced.clear();
    return changed;
  }

  function roster(id: string): { storm: Live; part: number } | null {
    const storm = known.get(id.slice(0, id.lastIndexOf('/')));
    return storm === undefined ? null : { storm, part: Number(id.slice(id.lastIndexOf('/') + 1)) };
  }

  return {
    waits,
    isShown,
    arrange: () => {
      const ids: string[] = [];
      for (const { storm } of channels.values()) {
        if (storm === null || storm.unplaced.size === 0) continue;
        for (const part of place(storm)) ids.push(`${storm.id}/${part}`);
      }
      return ids;
    },
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
    posted: (word, what) => {
      const storm = channels.get(word)?.storm;
      if (storm != null) storm.posted[what] += 1;
    },
    isRostersTurn: (word) => {
      const posted = channels.get(word)?.storm?.posted;
      return posted === undefined || posted.roster <= 2 * posted.p0;
    },
  };
}
