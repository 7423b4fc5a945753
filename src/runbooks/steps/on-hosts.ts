import { OpsError } from '../../core/errors.ts';
import type { Shell, ShellOf } from '../../hosts/shell.ts';
import type { PlanTarget } from '../run-state.ts';
import type { PreparedStep } from './step.ts';

export type HostsFound =
  | { readonly kind: 'found'; readonly shells: readonly Shell[] }
  | { readonly kind: 'blocked'; readonly blockedBy: PreparedStep['blockedBy'] };

/** The shell of each host of a step, in their order; a host without one is an answer, not an exception. */
export function findShells(hosts: readonly string[], shellOf: ShellOf): HostsFound {
  const shells: Shell[] = [];
  const blockedBy: Array<{ kind: string; reason: string }> = [];
  for (const host of hosts) {
    try {
      shells.push(shellOf(host));
    } catch (error) {
      if (!(error instanceof OpsError) || error.family === 'bug') throw error;
      blockedBy.push({ kind: 'host', reason: `${error.message} ${error.remedy}` });
    }
  }
  if (hosts.length === 0) blockedBy.push({ kind: 'nothing-found', reason: 'no host is meant by `on`' });
  return blockedBy.length > 0 ? { kind: 'blocked', blockedBy } : { kind: 'found', shells };
}

/** A host, or something on it, as what a plan acts on. */
export function hostTarget(host: string, what = 'host', id = `host:${host}`): PlanTarget {
  return { host, service: what, id };
}

/** What a step that changes hosts holds against other runs. */
export function hostChanges(hosts: readonly string[]): string[] {
  return hosts.map((host) => `host:${host}`);
}

/** A step that cannot be carried out now, and why. */
export function blockedStep(
  planned: { readonly id: string; readonly kind: string; readonly target: string; readonly mutates: boolean },
  blockedBy: PreparedStep['blockedBy'],
): PreparedStep {
  return {
    planned: { ...planned, call: '', effect: 'nothing: see blockedBy', undo: null },
    targets: [],
    facts: [],
    changes: [],
    probes: [],
    blockedBy,
    units: [],
  };
}
