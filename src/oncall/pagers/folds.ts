import type { Clock } from '../../core/clock.ts';
import { SEVERITIES, type Severity } from '../../core/config/config.ts';
import type { Effect, JournalReader } from '../../journal/port.ts';
import { type PageRequest, pageKindOf } from '../page.ts';
import type { OtherMeans } from './pager.ts';
import type { Sleeper } from './sleeper.ts';

/** A person gets one page a minute by a means: what else is wanted goes into the next one (CONFIG.md). */
const MINUTE_MS = 60_000;

/** What a page does that wants to go out. */
export type Turn<R> =
  /** It goes, and carries the others; `ended` tells them how. */
  | { readonly kind: 'lead'; readonly others: readonly Effect[]; readonly ended: (result: R) => void }
  /** Another one carried it: how that ended, and every incident that it named. */
  | { readonly kind: 'carried'; readonly result: R; readonly names: readonly string[] }
  /** Nobody wants it any more. */
  | { readonly kind: 'unwanted' }
  /** The bot stops: it is taken up again at the next start. */
  | { readonly kind: 'stopped' };

export interface FoldsDeps {
  readonly journal: Pick<JournalReader, 'effects'>;
  readonly clock: Clock;
  readonly sleeper: Sleeper;
  readonly means: OtherMeans;
  readonly isWanted: (effect: Effect) => Promise<boolean>;
}

interface Member<R> {
  readonly effect: Effect;
  readonly resolve: (turn: Turn<R>) => void;
}
interface Last {
  readonly at: number;
  readonly severity: Severity;
}

/** Lets one page a minute to each person out by one means; a P0 does not wait behind something lesser. */
export function createFolds<R>({ journal, clock, sleeper, means, isWanted }: FoldsDeps) {
  const waiting = new Map<string, Array<Member<R>>>();
  const going = new Map<string, Last>();

  async function lastTo(person: string): Promise<Last | null> {
    const known = going.get(person);
    if (known !== undefined && clock.now() - known.at < MINUTE_MS) return known;
    const since = clock.now() - MINUTE_MS;
    const done = await journal.effects({ kinds: [pageKindOf(means)], states: ['done'], askedSince: since - MINUTE_MS });
    const recent = done.filter(
      ({ closedAt, data }) => (closedAt ?? 0) > since && receiverOf(data as PageRequest) === person,
    );
    const last = recent.sort((a, b) => (b.closedAt ?? 0) - (a.closedAt ?? 0))[0];
    return last === undefined ? null : { at: last.closedAt ?? 0, severity: (last.data as PageRequest).severity };
  }

  function lead(person: string, severity: Severity, others: ReadonlyArray<Member<R>>, own: Effect): Turn<R> {
    const before = going.get(person);
    going.set(person, { at: clock.now(), severity });
    const names = namesOf([own, ...others.map(({ effect }) => effect)]);
    return {
      kind: 'lead',
      others: others.map(({ effect }) => effect),
      ended: (result) => {
        if (!isTaken(result)) restore(person, before);
        for (const { resolve } of others) resolve({ kind: 'carried', result, names });
      },
    };
  }

  function restore(person: string, before: Last | undefined): void {
    if (before === undefined) going.delete(person);
    else going.set(person, before);
  }

  async function release(person: string, ms: number): Promise<void> {
    await sleeper.sleep(ms);
    const members = waiting.get(person) ?? [];
    waiting.delete(person);
    if (sleeper.isStopped()) {
      for (const { resolve } of members) resolve({ kind: 'stopped' });
      return;
    }
    const wanted: Array<Member<R>> = [];
    for (const member of members) {
      if (await isWanted(member.effect)) wanted.push(member);
      else member.resolve({ kind: 'unwanted' });
    }
    const [first, ...others] = wanted.sort((a, b) => rankOf(a.effect) - rankOf(b.effect));
    first?.resolve(lead(person, severityOf(first.effect), others, first.effect));
  }

  return {
    /** Waits for the turn of a page; one that takes nobody's minute, or that is alone, goes at once. */
    enter: async (effect: Effect): Promise<Turn<R>> => {
      const person = receiverOf(effect.data as PageRequest);
      if (person === null) return { kind: 'lead', others: [], ended: () => undefined };
      const severity = severityOf(effect);
      const last = await lastTo(person);
      const isGraver = last !== null && SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(last.severity);
      if (last === null || isGraver) return lead(person, severity, [], effect);
      return new Promise((resolve) => {
        const members = waiting.get(person);
        if (members !== undefined) return void members.push({ effect, resolve });
        waiting.set(person, [{ effect, resolve }]);
        void release(person, last.at + MINUTE_MS - clock.now());
      });
    },
  };
}

/** Every incident that one message names, once. */
export function namesOf(effects: readonly Effect[]): string[] {
  return [...new Set(effects.flatMap(({ incident }) => incident ?? []))];
}

/** The person whose minute a page takes: PagerDuty knows its own people, an address is nobody, and a drill takes none. */
function receiverOf({ means, people, drill }: PageRequest): string | null {
  return means === 'pagerduty' || drill === true ? null : (people[0] ?? null);
}

function severityOf({ data }: Effect): Severity {
  return (data as PageRequest).severity;
}

function rankOf(effect: Effect): number {
  return SEVERITIES.indexOf(severityOf(effect)) * 1e15 + effect.askedAt;
}

function isTaken(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'kind' in result && result.kind === 'sent';
}
