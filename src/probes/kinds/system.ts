import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { transient } from '../../core/errors.ts';
import { requireHost } from '../../hosts/known-hosts.ts';
import { firstLine } from '../../hosts/printable.ts';
import type { Shell } from '../../hosts/shell.ts';
import type { Finding } from '../finding.ts';
import { judgeMeasures, type Measure } from '../measures.ts';
import type { KindDeps, ProbeOf } from './deps.ts';

/** Per cent in use. */
interface Used {
  readonly disk: number;
  readonly memory: number;
  readonly load: number;
}

/**
 * Disk (as `df` counts it), memory (without what can be reclaimed) and load a processor of a host, in per cent: of this
 * machine by the kernel itself, of one reached by SSH by `cat` and `df` there.
 */
export async function probeSystem(config: ProbeOf<'system'>, deps: KindDeps, signal: AbortSignal): Promise<Finding> {
  const { connect } = requireHost(deps.config, config.host);
  const timeoutMs = config.timeoutSeconds * 1000;
  const used =
    connect === 'local'
      ? await lookHere(config.path)
      : await lookThere(deps.shellOf(config.host), config.path, { timeoutMs, signal });
  const measures: Measure[] = [
    { name: 'disk', value: used.disk, unit: '%' },
    { name: 'memory', value: used.memory, unit: '%' },
    { name: 'load', value: used.load, unit: '%' },
  ];
  return { target: `${config.host}:${config.path}`, ...judgeMeasures(measures, config) };
}

async function lookHere(path: string): Promise<Used> {
  const { blocks, bfree, bavail } = await statfs(path);
  return {
    disk: usedDisk(blocks - bfree, bavail),
    memory: usedMemory(await readFile('/proc/meminfo', 'utf8')),
    load: perCent((loadavg()[0] ?? 0) / availableParallelism()),
  };
}

const MAX_BYTES = 256 * 1024;

async function lookThere(
  shell: Shell,
  path: string,
  limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Used> {
  const read = async (argv: readonly string[]) => {
    const { exitCode, failure, stdout, stderr } = await shell.run(argv, { ...limits, maxBytes: MAX_BYTES });
    if (exitCode === 0) return stdout;
    const why = failure ?? (firstLine(stderr) || `exit ${exitCode}`);
    throw transient('PROBE_FAILED', `${shell.host}: ${argv[0]}: ${why}`, 'Try it there by hand.');
  };
  const [kernel, df] = await Promise.all([
    read(['cat', '/proc/meminfo', '/proc/loadavg', '/proc/stat']),
    read(['df', '-P', '-k', '--', path]),
  ]);
  const processors = kernel.match(/^cpu\d+ /gm)?.length ?? Number.NaN;
  const load = Number(/^(\d+\.\d+) \d+\.\d+ \d+\.\d+ \d+\/\d+ \d+$/m.exec(kernel)?.[1] ?? Number.NaN);
  const [, used, available] = /\s(\d+)\s+(\d+)\s+\d+%\s/.exec(df) ?? [];
  return {
    disk: usedDisk(Number(used ?? Number.NaN), Number(available ?? Number.NaN)),
    memory: usedMemory(kernel),
    load: perCent(load / processors),
  };
}

function usedDisk(used: number, available: number): number {
  return perCent(used + available === 0 ? 0 : used / (used + available));
}

/** Per cent in use, from the text of /proc/meminfo; NaN when it does not say. */
export function usedMemory(meminfo: string): number {
  const kibibytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? Number.NaN);
  return perCent(1 - kibibytes('MemAvailable') / kibibytes('MemTotal'));
}

function perCent(share: number): number {
  return Math.round(share * 1000) / 10;
}
