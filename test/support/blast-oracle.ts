import type { Sent } from './week-of-alerts.ts';

/** What would have been muted, counted from the payloads alone: an oracle that knows nothing of the program. */
export interface Counted {
  readonly alerts: number;
  readonly incidents: number;
  readonly bySeverity: Readonly<Record<string, { readonly alerts: number; readonly incidents: number }>>;
  readonly byService: Readonly<Record<string, { readonly alerts: number; readonly incidents: number }>>;
}

export interface OracleMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

interface Firing {
  readonly fingerprint: string;
  readonly labels: Record<string, string>;
  readonly startsAt: number;
  endsAt: number;
  /** Rule and cluster: one incident. */
  readonly incident: string;
}

const HOUR = 3_600_000;
const GIANNA = [
  'application',
  'system',
  'health',
  'llm',
  'audio',
  'cache',
  'performance',
  'database',
  'conversation',
  'business',
];

/** Reads the payloads once; counts for any matchers and window. */
export function createBlastOracle(sent: readonly Sent[]) {
  const firings = firingsOf(sent);
  return (matchers: readonly OracleMatcher[], since: number, until: number): Counted => {
    const found = firings.filter((one) => one.startsAt <= until && one.endsAt >= since && muted(one, matchers));
    const group = (key: (one: Firing) => string) => {
      const keys = [...new Set(found.map(key))];
      return Object.fromEntries(keys.map((each) => [each, count(found.filter((one) => key(one) === each))]));
    };
    return { ...count(found), bySeverity: group(severityOf), byService: group(serviceOf) };
  };
}

function firingsOf(sent: readonly Sent[]): Firing[] {
  const firings = new Map<string, Firing>();
  const clusters = new Map<string, { number: number; last: number }>();
  for (const { at, group, alerts } of sent) {
    for (const { fingerprint = '', labels = {}, status = 'firing', startsAt = 0, endsAt } of alerts) {
      const key = `${fingerprint}|${startsAt}`;
      const known = firings.get(key);
      if (status === 'resolved') {
        if (known !== undefined) known.endsAt = endsAt ?? at;
        continue;
      }
      if (known !== undefined) continue;
      const cluster = clusters.get(group) ?? { number: 0, last: at };
      // what nobody resolves by hand stays one incident; the rest closes 35 minutes after its last end
      if (resolvesByItself(labels) && startsAt - cluster.last > 1.5 * HOUR) cluster.number += 1;
      clusters.set(group, { ...cluster, last: startsAt });
      const incident = `${group}|${cluster.number}`;
      firings.set(key, { fingerprint, labels, startsAt, endsAt: Number.POSITIVE_INFINITY, incident });
    }
  }
  return [...firings.values()];
}

function resolvesByItself(labels: Record<string, string>): boolean {
  return labels.severity !== 'critical';
}

function severityOf({ labels }: Firing): string {
  if (labels.severity === 'critical') return ['application', 'health'].includes(labels.component ?? '') ? 'P0' : 'P1';
  return labels.severity === 'info' ? 'P3' : 'P2';
}

function serviceOf({ labels }: Firing): string {
  if (GIANNA.includes(labels.component ?? '')) return 'gianna';
  return labels.service ?? 'gianna';
}

function muted({ labels }: Firing, matchers: readonly OracleMatcher[]): boolean {
  return matchers.every(({ name, value, isRegex, isEqual }) => {
    const actual = labels[name] ?? '';
    return (isRegex ? new RegExp(`^(?:${value})$`).test(actual) : actual === value) === isEqual;
  });
}

function count(firings: readonly Firing[]): { alerts: number; incidents: number } {
  return {
    alerts: new Set(firings.map(({ fingerprint }) => fingerprint)).size,
    incidents: new Set(firings.map(({ incident }) => incident)).size,
  };
}
