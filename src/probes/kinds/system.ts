import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { requireLocal } from '../../hosts/inventory.ts';
import type { Finding } from '../finding.ts';
import { judgeMeasures, type Measure } from '../measures.ts';
import type { KindDeps, ProbeOf } from './deps.ts';

/** Disk (as `df` counts it), memory (without what can be reclaimed) and load a processor of this machine, in per cent. */
export async function probeSystem(config: ProbeOf<'system'>, deps: KindDeps): Promise<Finding> {
  requireLocal(deps.config, config.host);
  const measures: Measure[] = [
    { name: 'disk', value: await usedDisk(config.path), unit: '%' },
    { name: 'memory', value: usedMemory(await readFile('/proc/meminfo', 'utf8')), unit: '%' },
    { name: 'load', value: perCent((loadavg()[0] ?? 0) / availableParallelism()), unit: '%' },
  ];
  return { target: `${config.host}:${config.path}`, ...judgeMeasures(measures, config) };
}

async function usedDisk(path: string): Promise<number> {
  const { blocks, bfree, bavail } = await statfs(path);
  const used = blocks - bfree;
  return perCent(used + bavail === 0 ? 0 : used / (used + bavail));
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
