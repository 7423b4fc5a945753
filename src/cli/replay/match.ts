import type { ReplayedIncident } from './outcome.ts';

/** Incidents of two replays that are about the same alerts. */
export interface Matched {
  readonly before: readonly ReplayedIncident[];
  readonly after: readonly ReplayedIncident[];
}

/** Puts together what shares an alert, in either replay; in the order in which it began. */
export function matchIncidents(before: readonly ReplayedIncident[], after: readonly ReplayedIncident[]): Matched[] {
  const sets = createSets();
  for (const [side, incidents] of [before, after].entries()) {
    for (const { id, about } of incidents) for (const key of about) sets.join(`${side}|${id}`, `alert|${key}`);
  }
  const clusters = new Map<string, { before: ReplayedIncident[]; after: ReplayedIncident[] }>();
  for (const [side, incidents] of [before, after].entries()) {
    for (const incident of incidents) {
      const root = sets.rootOf(`${side}|${incident.id}`);
      const cluster = clusters.get(root) ?? { before: [], after: [] };
      clusters.set(root, cluster);
      (side === 0 ? cluster.before : cluster.after).push(incident);
    }
  }
  return [...clusters.values()].sort((one, other) => beginOf(one) - beginOf(other));
}

function beginOf({ before, after }: Matched): number {
  return Math.min(...[...before, ...after].map(({ openedAt }) => openedAt));
}

/** Disjoint sets by a representative each. */
function createSets() {
  const parents = new Map<string, string>();
  function rootOf(item: string): string {
    let root = item;
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
    for (let each = item; each !== root; ) {
      const next = parents.get(each) ?? root;
      parents.set(each, root);
      each = next;
    }
    return root;
  }
  return {
    rootOf,
    join: (one: string, other: string): void => {
      const [first, second] = [rootOf(one), rootOf(other)];
      if (first !== second) parents.set(first, second);
    },
  };
}
