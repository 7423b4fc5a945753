import { readFile } from 'node:fs/promises';
import type { Shell } from './shell.ts';

const MEMINFO = '/proc/meminfo';
const LOOK = { timeoutMs: 5000, maxBytes: 64 * 1024 };

/** Bytes that programs of a host could take now without swapping (`MemAvailable`); null: nobody can tell. */
export async function availableMemory(shell: Shell | null): Promise<number | null> {
  try {
    if (shell === null) return readAvailable(await readFile(MEMINFO, 'utf8'));
    const { exitCode, stdout } = await shell.run(['cat', MEMINFO], LOOK);
    return exitCode === 0 ? readAvailable(stdout) : null;
  } catch {
    return null; // not Linux, or not reached: what is not known refuses nothing
  }
}

function readAvailable(text: string): number | null {
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kib === undefined ? null : Number(kib) * 1024;
}
