import type { Clock } from '../../core/clock.ts';
import type { Gate } from './gates.ts';
import { createHeap, type Heap } from './heap.ts';
import { isMoreValuable, type Job } from './jobs.ts';

/** What a job waits for before it is worth rendering. */
export type Line =
  /** Not known before it is taken up. */
  | { readonly kind: 'free' }
  /**
   * The tokens of one method and channel. Jobs of one `key` stand in one line. `isSerial`: one at a time; `restMs`: not
   * before, whatever the tokens; `spare`: how many tokens it leaves to others.
   */
  | {
      readonly kind: 'tokens';
      readonly key: string;
      readonly gate: Gate | null;
      readonly isSerial: boolean;
      readonly restMs?: number;
      readonly spare?: number;
    }
  /** Something that happens, and is told by `release`. */
  | { readonly kind: 'event'; readonly name: string };

export interface Queue {
  /** Gives a job its place, by its time, line and value; the one it had is void. */
  put(job: Job): void;
  /** The most valuable job that may be taken up now, or in how many milliseconds one may; null: not by time alone. */
  next(): { readonly job: Job } | { readonly job: null; readonly nextMs: number | null };
  /** What these jobs waited for has happened. */
  release(name: string): void;
}

type Place = { readonly job: Job; readonly stamp: number };

/**
 * Where jobs wait: by time, in the line of a gate, or for an event. A pick looks at the head of each line alone, so
 * that ten thousand waiting messages cost no more than ten.
 */
export function createQueue(deps: {
  clock: Clock;
  /** Whether it is still to be done and nobody has it in hand. */
  isWaiting: (job: Job) => boolean;
  lineOf: (job: Job) => Line;
  waitMs: (gate: Gate, inHand: number) => number;
  /** How many of a line are in hand. */
  inHand: (line: string) => number;
  isFirst: (one: Job, other: Job) => boolean;
}): Queue {
  const { clock, lineOf } = deps;
  const timed = createHeap<Place>((one, other) => one.job.notBefore < other.job.notBefore);
  const lines = new Map<string, Heap<Place>>();
  const parked = new Map<string, Place[]>();

  function isValid({ job, stamp }: Place): boolean {
    return job.stamp === stamp && deps.isWaiting(job);
  }

  function put(job: Job): void {
    job.stamp += 1;
    const place = { job, stamp: job.stamp };
    if (job.notBefore > clock.monotonicMs()) timed.push(place);
    else stand(place, lineOf(job));
  }

  function stand(place: Place, line: Line): void {
    if (line.kind === 'event') {
      const waiting = parked.get(line.name);
      if (waiting === undefined) parked.set(line.name, [place]);
      else waiting.push(place);
      return;
    }
    const name = nameOf(line);
    let heap = lines.get(name);
    if (heap === undefined) {
      heap = createHeap<Place>((one, other) => isMoreValuable(one.job, other.job));
      lines.set(name, heap);
    }
    heap.push(place);
  }

  function letDueIn(now: number): void {
    for (let place = timed.peek(); place !== undefined; place = timed.peek()) {
      if (isValid(place) && place.job.notBefore > now) return;
      timed.pop();
      if (isValid(place)) stand(place, lineOf(place.job));
    }
  }

  /** The first of a line that still belongs there, with the line as it is now. */
  function headOf(name: string, heap: Heap<Place>): { job: Job; line: Line } | null {
    for (let place = heap.peek(); place !== undefined; place = heap.peek()) {
      if (isValid(place)) {
        const line = lineOf(place.job);
        if (line.kind !== 'event' && nameOf(line) === name) return { job: place.job, line };
        heap.pop();
        stand(place, line);
      } else heap.pop();
    }
    return null;
  }

  function waitOf(line: Line): number | null {
    if (line.kind !== 'tokens') return 0;
    const inHand = deps.inHand(line.key);
    if (inHand > 0 && (line.isSerial || line.gate === null)) return null;
    return Math.max(line.restMs ?? 0, line.gate === null ? 0 : deps.waitMs(line.gate, inHand + (line.spare ?? 0)));
  }

  return {
    put,
    next: () => {
      const now = clock.monotonicMs();
      letDueIn(now);
      let best: Job | null = null;
      const due = timed.peek();
      let nextMs = due === undefined ? null : due.job.notBefore - now;
      for (const [name, heap] of lines) {
        const head = headOf(name, heap);
        if (head === null) {
          lines.delete(name);
          continue;
        }
        const waitMs = waitOf(head.line);
        if (waitMs === 0) best = best === null || deps.isFirst(head.job, best) ? head.job : best;
        else if (waitMs !== null) nextMs = Math.min(nextMs ?? waitMs, waitMs);
      }
      return best === null ? { job: null, nextMs } : { job: best };
    },
    release: (name) => {
      const places = parked.get(name);
      parked.delete(name);
      for (const place of places ?? []) if (isValid(place)) put(place.job);
    },
  };
}

/** The name of the line; jobs of the same name wait behind each other. */
export function nameOf(line: Exclude<Line, { kind: 'event' }>): string {
  return line.kind === 'free' ? '' : line.key;
}
