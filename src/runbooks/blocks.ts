import type { Clock } from '../core/clock.ts';
import type { Config, ConfigSource } from '../core/config/config.ts';
import { OpsError } from '../core/errors.ts';
import type { ShellOf } from '../hosts/shell.ts';
import type { Journal } from '../journal/port.ts';
import { runOfMark } from './lease/find-orphans.ts';
import { LEASE, type LeaseState } from './lease/lease-state.ts';
import type { Block } from './steps/firewall/block-element.ts';
import { lookAtFirewall } from './steps/firewall/look.ts';
import { type RunView, viewRun } from './views.ts';

/** A block that is in a host's firewall now: who made it, why, until when, and what it has dropped. */
export interface ListedBlock {
  readonly host: string;
  readonly address: string;
  /** Null: nobody knows, or the journal does not have it. */
  readonly run: string | null;
  readonly by: string | null;
  readonly reason: string | null;
  readonly incident: string | null;
  /** ISO 8601 UTC, by the host's own count; null: it does not say. */
  readonly until: string | null;
  /** Packets dropped; null: it does not count. */
  readonly hits: number | null;
  /** The lease that keeps it through a reboot; null: none does. */
  readonly lease: string | null;
}

export interface BlocksSeen {
  readonly blocks: readonly ListedBlock[];
  /** Hosts whose firewall could not be read, and why. */
  readonly unread: ReadonlyArray<{ readonly host: string; readonly reason: string }>;
}

export interface BlocksDeps {
  readonly journal: Pick<Journal, 'aggregate' | 'aggregates' | 'payloads'>;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly shellOf: ShellOf;
}

/** Asks every host on which programs run what of ours it blocks at present, all at once; one that is dead delays none. */
export function createBlocks(deps: BlocksDeps): () => Promise<BlocksSeen> {
  return async () => {
    const { hosts } = deps.config.current();
    const names = Object.keys(hosts).filter((name) => hosts[name]?.connect !== 'docker');
    const looks = await Promise.all(names.map((host) => lookAt(host, hosts, deps)));
    const found = looks.flatMap(({ host, blocks }) => blocks.map((block) => ({ host, block })));
    const runs = await runsOf(
      found.map(({ block }) => block),
      deps,
    );
    const leases = (await deps.journal.aggregates<LeaseState>(LEASE, { open: true })).map(({ state }) => state);
    const blocks = found.map(({ host, block }) => listed(host, block, { runs, leases, now: deps.clock.now() }));
    return { blocks: blocks.sort(byAddress), unread: looks.flatMap(({ unread }) => unread) };
  };
}

async function lookAt(host: string, hosts: Config['hosts'], { shellOf }: BlocksDeps) {
  const config = hosts[host];
  const commands = config === undefined || config.connect === 'docker' ? null : (config.firewall ?? null);
  try {
    const { blocks } = await lookAtFirewall(shellOf(host), commands);
    return { host, blocks, unread: [] };
  } catch (error) {
    if (!(error instanceof OpsError) || error.family === 'bug') throw error;
    return { host, blocks: [], unread: [{ host, reason: error.message }] };
  }
}

async function runsOf(blocks: readonly Block[], { journal }: BlocksDeps): Promise<ReadonlyMap<string, RunView>> {
  const ids = new Set(blocks.flatMap(({ comment }) => (comment === null ? [] : (runOfMark(comment) ?? []))));
  const runs = await Promise.all([...ids].map((id) => viewRun(journal, id)));
  return new Map(runs.flatMap((run) => (run === null ? [] : [[run.id, run] as const])));
}

interface Known {
  readonly runs: ReadonlyMap<string, RunView>;
  readonly leases: readonly LeaseState[];
  readonly now: number;
}

function listed(
  host: string,
  { address, comment, leftSeconds, hits }: Block,
  { runs, leases, now }: Known,
): ListedBlock {
  const id = comment === null ? null : runOfMark(comment);
  const run = id === null ? undefined : runs.get(id);
  const lease = leases.find((each) => each.run === id && each.hosts.includes(host));
  return {
    host,
    address: address.text,
    run: id,
    by: run?.by ?? null,
    reason: run?.reason ?? null,
    incident: run?.incident ?? null,
    until: leftSeconds === null ? null : new Date(now + leftSeconds * 1000).toISOString(),
    hits,
    lease: lease?.id ?? null,
  };
}

function byAddress(one: ListedBlock, other: ListedBlock): number {
  return one.address.localeCompare(other.address) || one.host.localeCompare(other.host);
}
