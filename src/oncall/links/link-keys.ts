import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The keys of links: those that were given, else one that is made once and kept beside the database (mode 0600). */
export function loadLinkKeys(given: readonly string[], file: string): readonly string[] {
  if (given.length > 0) return given;
  const kept = readKeys(file);
  if (kept.length > 0) return kept;
  mkdirSync(dirname(file), { recursive: true });
  const key = randomBytes(32).toString('hex');
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  return [key];
}

function readKeys(file: string): string[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.map((line) => line.trim()).filter((line) => line !== '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
