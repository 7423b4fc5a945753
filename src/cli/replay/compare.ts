import { type Matched, matchIncidents } from './match.ts';
import type { ReplayedIncident, ReplayedPage, ReplayOutcome } from './outcome.ts';

/** What another configuration makes of the same rows. */
export interface Comparison {
  readonly pages: {
    readonly appear: readonly ReplayedPage[];
    readonly vanish: readonly ReplayedPage[];
    /** To another moment, person, means, severity or channel. */
    readonly move: readonly MovedPage[];
  };
  readonly incidents: {
    readonly appear: readonly ReplayedIncident[];
    readonly vanish: readonly ReplayedIncident[];
    /** The same alerts in fewer incidents, or in more. */
    readonly merge: readonly Matched[];
    readonly split: readonly Matched[];
    readonly change: readonly ChangedIncident[];
  };
}

export interface MovedPage {
  readonly before: ReplayedPage;
  readonly after: ReplayedPage;
  readonly what: ReadonlyArray<(typeof PAGE_FACTS)[number]>;
}

export interface ChangedIncident {
  readonly before: ReplayedIncident;
  readonly after: ReplayedIncident;
  readonly what: ReadonlyArray<(typeof INCIDENT_FACTS)[number]>;
}

const PAGE_FACTS = ['at', 'to', 'means', 'severity', 'channel'] as const;
const INCIDENT_FACTS = ['severity', 'channel', 'service', 'digest', 'openedAt'] as const;

/** Compares two replays of the same rows, pure. */
export function compareOutcomes(before: ReplayOutcome, after: ReplayOutcome): Comparison {
  const matched = matchIncidents(before.incidents, after.incidents);
  const [pagesBefore, pagesAfter] = [pagesByIncident(before), pagesByIncident(after)];
  const pages = matched.map((cluster) => comparePages(pagesBefore(cluster.before), pagesAfter(cluster.after)));
  const isSame = ({ before: one, after: other }: Matched) => one.length === other.length;
  const both = matched.filter((cluster) => cluster.before.length > 0 && cluster.after.length > 0);
  return {
    pages: {
      appear: inTime(pages.flatMap(({ appear }) => appear)),
      vanish: inTime(pages.flatMap(({ vanish }) => vanish)),
      move: pages.flatMap(({ move }) => move).sort((one, other) => one.before.at - other.before.at),
    },
    incidents: {
      appear: matched.filter(({ before: none }) => none.length === 0).flatMap((cluster) => cluster.after),
      vanish: matched.filter(({ after: none }) => none.length === 0).flatMap((cluster) => cluster.before),
      merge: both.filter((cluster) => cluster.after.length < cluster.before.length),
      split: both.filter((cluster) => cluster.after.length > cluster.before.length),
      change: both.filter(isSame).flatMap(changesIn),
    },
  };
}

/** Whether the two are the same to everybody. */
export function isUnchanged({ pages, incidents }: Comparison): boolean {
  return [...Object.values(pages), ...Object.values(incidents)].every((list) => list.length === 0);
}

/** Reads the pages of some incidents. */
function pagesByIncident({ pages }: ReplayOutcome): (incidents: readonly ReplayedIncident[]) => ReplayedPage[] {
  const byIncident = new Map<string, ReplayedPage[]>();
  for (const page of pages) {
    const own = byIncident.get(page.incident) ?? [];
    byIncident.set(page.incident, own);
    own.push(page);
  }
  return (incidents) => incidents.flatMap(({ id }) => byIncident.get(id) ?? []);
}

/** Pages about the same alerts: equal ones go out, then what is nearest to each other has moved. */
function comparePages(before: readonly ReplayedPage[], after: readonly ReplayedPage[]): Comparison['pages'] {
  const move: MovedPage[] = [];
  let [vanish, appear] = [[...before], [...after]];
  for (const keyOf of PAIRINGS) {
    const paired = pairUp(vanish, appear, keyOf);
    for (const [one, other] of paired.pairs) {
      const what = PAGE_FACTS.filter((fact) => one[fact] !== other[fact]);
      if (what.length > 0) move.push({ before: one, after: other, what });
    }
    ({ before: vanish, after: appear } = paired.rest);
  }
  return { appear, vanish, move };
}

type KeyOf = (page: ReplayedPage) => string;

/** The same in all; then the same page at another moment; then the same moment by other means, or for another person. */
const PAIRINGS: readonly KeyOf[] = [
  (page) => PAGE_FACTS.map((fact) => page[fact]).join('|'),
  ({ at, to, means }) => [at, to, means].join('|'),
  ({ to, means, level, repeat }) => [to, means, level, repeat].join('|'),
  ({ to, means }) => [to, means].join('|'),
  ({ at, means }) => [at, means].join('|'),
  ({ at, to }) => [at, to].join('|'),
];

function pairUp(before: readonly ReplayedPage[], after: readonly ReplayedPage[], keyOf: KeyOf) {
  const waiting = new Map<string, ReplayedPage[]>();
  for (const page of inTime(after)) waiting.set(keyOf(page), [...(waiting.get(keyOf(page)) ?? []), page]);
  const pairs: Array<[ReplayedPage, ReplayedPage]> = [];
  const unpaired: ReplayedPage[] = [];
  for (const page of inTime(before)) {
    const partner = waiting.get(keyOf(page))?.shift();
    if (partner === undefined) unpaired.push(page);
    else pairs.push([page, partner]);
  }
  return { pairs, rest: { before: unpaired, after: [...waiting.values()].flat() } };
}

function changesIn({ before, after }: Matched): ChangedIncident[] {
  return before.flatMap((one, index) => {
    const other = after[index];
    const what = other === undefined ? [] : INCIDENT_FACTS.filter((fact) => one[fact] !== other[fact]);
    return other === undefined || what.length === 0 ? [] : [{ before: one, after: other, what }];
  });
}

function inTime(pages: readonly ReplayedPage[]): ReplayedPage[] {
  const nameOf = ({ to, means }: ReplayedPage) => `${to}|${means}`;
  return [...pages].sort((one, other) => one.at - other.at || compareText(nameOf(one), nameOf(other)));
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
