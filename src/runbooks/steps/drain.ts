import type { Config } from '../../core/config/config.ts';
import { OpsError } from '../../core/errors.ts';
import type { DriverOf, ServiceTarget } from '../../hosts/driver.ts';
import { firstLine } from '../../hosts/printable.ts';
import type { ShellOf } from '../../hosts/shell.ts';
import { pause } from '../run-log.ts';
import type { StepRunDeps } from './step.ts';

/** How one copy is kept from new requests while it goes, and given them again. */
export interface Drain {
  /** `first ["upstream","down","${copy.address}"] on edge-1, then 5 s`. */
  readonly says: string;
  readonly saysBack: string;
  /** Null: it is out, and what was under way had its time. Else why not, in words. */
  out(target: ServiceTarget, deps: StepRunDeps): Promise<string | null>;
  back(target: ServiceTarget, deps: StepRunDeps): Promise<string | null>;
}

export type DrainFound =
  | { readonly kind: 'drain'; readonly drain: Drain | null }
  | { readonly kind: 'blocked'; readonly reason: string };

const HOOK = { timeoutMs: 30_000, maxBytes: 64 * 1024 };

/** The drain of a service as hosts.yml says it; none is an answer, and so is a host that runs no programs. */
export function drainOf(service: string, { config, shellOf }: { config: Config; shellOf: ShellOf }): DrainFound {
  const drain = config.services[service]?.drain ?? null;
  if (drain === null) return { kind: 'drain', drain: null };
  try {
    shellOf(drain.host);
  } catch (error) {
    if (!(error instanceof OpsError) || error.family === 'bug') throw error;
    return { kind: 'blocked', reason: `${service} cannot be drained: ${error.message} ${error.remedy}` };
  }
  const call = (way: 'out' | 'back', target: ServiceTarget, deps: StepRunDeps) =>
    runHook({ way, argv: drain[way], host: drain.host }, target, deps);
  return {
    kind: 'drain',
    drain: {
      says: `first ${JSON.stringify(drain.out)} on ${drain.host}, then ${drain.waitSeconds} s for what is under way`,
      saysBack: `${JSON.stringify(drain.back)} on ${drain.host} once it is well`,
      out: async (target, deps) => {
        const wrong = await call('out', target, deps);
        if (wrong !== null) return wrong;
        await pause(deps.clock, drain.waitSeconds * 1000, deps.signal);
        return deps.signal.aborted ? 'it was stopped while it drained' : null;
      },
      back: (target, deps) => call('back', target, deps),
    },
  };
}

interface Hook {
  readonly way: 'out' | 'back';
  readonly argv: readonly string[];
  readonly host: string;
}

async function runHook({ way, argv, host }: Hook, target: ServiceTarget, deps: StepRunDeps): Promise<string | null> {
  const what = way === 'out' ? `${target.name} was not taken out of service` : `${target.name} was not put back`;
  try {
    const address = (await addressOf(target, deps.driverOf)) ?? '';
    const words: Readonly<Record<string, string>> = { name: nameOf(target), id: target.id, address };
    const filled = argv.map((word) =>
      word.replace(/\$\{copy\.(name|id|address)\}/g, (_, part: string) => words[part] ?? ''),
    );
    const { result } = await deps.shellOf(host).once(`${deps.key}-${way}`, filled, HOOK);
    if (result.exitCode === 0) return null;
    const said = firstLine(result.stderr) || firstLine(result.stdout);
    return `${what} (${result.failure ?? `exit ${result.exitCode}`}${said === '' ? '' : `: ${said}`})`;
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return `${what} (${error.message})`;
  }
}

async function addressOf(target: ServiceTarget, driverOf: DriverOf): Promise<string | null> {
  return (await driverOf(target.service).addressOf?.(target)) ?? null;
}

/** `web-1 (3f2a91c04d1e)` without the id. */
function nameOf({ name }: ServiceTarget): string {
  return name.replace(/ \([^()]*\)$/, '');
}
