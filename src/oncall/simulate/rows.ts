import type { Config, Means, SeverityPolicy, Target } from '../../core/config/config.ts';
import type { ForecastStep } from '../forecast.ts';
import { peopleOnCall } from '../schedule.ts';
import { whyNot, whyThere } from './why.ts';

/** One person or address at one moment, and how it would be reached; `by` empty: it would not. */
export interface SimulatedRow {
  /** Pages, the end of the policy, the ack, and what the ack's clock does. */
  readonly kind: 'page' | 'exhausted' | 'ack' | 'ask' | 'page-owner' | 'next-level';
  /** Epoch ms. */
  readonly at: number;
  readonly afterSeconds: number;
  /** 1-based; 0 before the first. */
  readonly level: number;
  /** 0 the level itself, then its repeats. */
  readonly round: number;
  /** As written in severities.yml. */
  readonly target: string;
  /** Key of oncall.people; null for an address or when nobody is there. */
  readonly person: string | null;
  readonly by: readonly Means[];
  readonly reason: string;
}

interface Place {
  readonly target: string;
  readonly person: string | null;
}

/** The rows of one moment: a row for each target of the level and each person behind it, reached or not. */
export function rowsOf(step: ForecastStep, policy: SeverityPolicy, contact: string | null, config: Config) {
  const written = step.exhausted ? [] : (policy.levels[step.level - 1]?.notify ?? []);
  const own = written.flatMap((target) => placesOf(target, config, step.at));
  const added = contact === null ? [] : placesOf({ kind: 'contact', name: contact }, config, step.at);
  const places = [...own, ...(step.exhausted ? [] : added)];
  const rest = strays(step, places);
  return [
    ...distinct(places).map((place) => rowOf(step, place, reasonOf(place, own, step, config))),
    ...rest.map((place) => rowOf(step, place, strayReason(step))),
  ];
}

function placesOf(target: Target, { oncall }: Config, at: number): Place[] {
  const name = `${target.kind}:${target.name}`;
  if (target.kind === 'person') return [{ target: name, person: target.name }];
  if (target.kind === 'contact') return [{ target: name, person: oncall.contacts[target.name]?.person ?? null }];
  const schedule = target.kind === 'schedule' ? oncall.schedules[target.name] : undefined;
  const people = schedule === undefined ? [] : peopleOnCall(schedule, at);
  return people.length === 0 ? [{ target: name, person: null }] : people.map((person) => ({ target: name, person }));
}

/** Whoever is paged beside the level's own targets: channel ops, when nobody else could be reached. */
function strays(step: ForecastStep, places: readonly Place[]): Place[] {
  const people = step.pages.flatMap(({ people }) => people).map((person) => ({ target: `person:${person}`, person }));
  const targets = step.pages.flatMap(({ targets }) => targets).map((target) => ({ target, person: null }));
  return distinct([...people, ...targets]).filter(
    (stray) =>
      !places.some((place) => (stray.person === null ? place.target === stray.target : place.person === stray.person)),
  );
}

function rowOf(step: ForecastStep, { target, person }: Place, reason: string): SimulatedRow {
  const isFor = ({ people, targets }: ForecastStep['pages'][number]) =>
    targets.includes(target) || (person !== null && people.includes(person));
  return {
    kind: step.exhausted ? 'exhausted' : 'page',
    at: step.at,
    afterSeconds: step.afterSeconds,
    level: step.level,
    round: step.round,
    target,
    person,
    by: [...new Set(step.pages.filter(isFor).map(({ means }) => means))],
    reason,
  };
}

function reasonOf(place: Place, own: readonly Place[], step: ForecastStep, config: Config): string {
  const { target, person } = place;
  const skipped = step.skipped.filter((skip) => skip.target === target && skip.person === person);
  const isAdded = !own.some((each) => each.target === target);
  return [
    whyThere(target, config, step.at),
    ...(isAdded ? ['added to every level by the route'] : []),
    ...(step.deferred ? ['it was out of hours: the page waited for business time'] : []),
    whyNot(skipped.filter(({ reason }) => reason !== 'nobody-on-call')),
  ]
    .filter((part) => part !== '')
    .join('; ');
}

function strayReason({ exhausted }: ForecastStep): string {
  return exhausted
    ? 'nobody has acknowledged after the last repeat: the escalation is exhausted'
    : "nobody could be reached by the level's own means";
}

function distinct(places: readonly Place[]): Place[] {
  return [...new Map(places.map((place) => [JSON.stringify(place), place])).values()];
}
