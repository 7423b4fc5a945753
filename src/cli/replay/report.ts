import type { Comparison } from './compare.ts';
import { isUnchanged } from './compare.ts';
import type { Matched } from './match.ts';
import type { ReplayedIncident, ReplayedPage, ReplayOutcome } from './outcome.ts';

/** What `replay --json` prints: times ISO 8601 UTC. Ids are those of the replay: name incidents by alert and time. */
export type ReplayJson = {
  readonly since: string;
  readonly until: string;
  readonly changed: boolean;
  readonly before: SideJson;
  readonly after: SideJson;
  readonly pages: {
    readonly appear: readonly PageJson[];
    readonly vanish: readonly PageJson[];
    readonly move: ReadonlyArray<{
      readonly before: PageJson;
      readonly after: PageJson;
      readonly what: readonly string[];
    }>;
  };
  readonly incidents: {
    readonly appear: readonly IncidentJson[];
    readonly vanish: readonly IncidentJson[];
    readonly merge: readonly MatchedJson[];
    readonly split: readonly MatchedJson[];
    readonly change: ReadonlyArray<{
      readonly before: IncidentJson;
      readonly after: IncidentJson;
      readonly what: readonly string[];
    }>;
  };
};

type SideJson = {
  readonly config: string;
  readonly pages: number;
  readonly incidents: number;
  /** Commands of people that were done again, and those that did not fit. */
  readonly commands: ReplayOutcome['commands'];
};
type PageJson = Omit<ReplayedPage, 'at'> & { readonly at: string };
type IncidentJson = Omit<ReplayedIncident, 'openedAt' | 'about'> & { readonly openedAt: string };
type MatchedJson = { readonly before: readonly IncidentJson[]; readonly after: readonly IncidentJson[] };

export interface Sides {
  readonly before: { readonly config: string; readonly outcome: ReplayOutcome };
  readonly after: { readonly config: string; readonly outcome: ReplayOutcome };
  readonly since: number;
  readonly until: number;
}

/** The comparison of two replays as JSON. */
export function reportReplay({ before, after, since, until }: Sides, comparison: Comparison): ReplayJson {
  const { pages, incidents } = comparison;
  return {
    since: iso(since),
    until: iso(until),
    changed: !isUnchanged(comparison),
    before: sideJson(before),
    after: sideJson(after),
    pages: {
      appear: pages.appear.map(pageJson),
      vanish: pages.vanish.map(pageJson),
      move: pages.move.map(({ before: one, after: other, what }) => {
        return { before: pageJson(one), after: pageJson(other), what };
      }),
    },
    incidents: {
      appear: incidents.appear.map(incidentJson),
      vanish: incidents.vanish.map(incidentJson),
      merge: incidents.merge.map(matchedJson),
      split: incidents.split.map(matchedJson),
      change: incidents.change.map(({ before: one, after: other, what }) => {
        return { before: incidentJson(one), after: incidentJson(other), what };
      }),
    },
  };
}

function sideJson({ config, outcome }: Sides['before']): SideJson {
  const { pages, incidents, commands } = outcome;
  return { config, pages: pages.length, incidents: incidents.length, commands };
}

function matchedJson({ before, after }: Matched): MatchedJson {
  return { before: before.map(incidentJson), after: after.map(incidentJson) };
}

function pageJson({ at, ...page }: ReplayedPage): PageJson {
  return { ...page, at: iso(at) };
}

function incidentJson({ about: _about, openedAt, ...incident }: ReplayedIncident): IncidentJson {
  return { ...incident, openedAt: iso(openedAt) };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
