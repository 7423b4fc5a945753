import { mkdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The last good copy of a calendar. */
export interface CalendarCopy {
  readonly bytes: Uint8Array;
  /** When it was read, epoch ms. */
  readonly readAt: number;
}

/** The copies in a folder: plain ICS files of nobody else's (mode 0600), whose time of change is when they were read. */
export interface CalendarCopies {
  load(key: string): Promise<CalendarCopy | null>;
  keep(key: string, copy: CalendarCopy): Promise<void>;
}

export function createCopies(folder: string): CalendarCopies {
  const pathOf = (key: string) => join(folder, `${key}.ics`);
  return {
    load: async (key) => {
      try {
        const [bytes, { mtimeMs }] = await Promise.all([readFile(pathOf(key)), stat(pathOf(key))]);
        return { bytes, readAt: Math.round(mtimeMs) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    keep: async (key, { bytes, readAt }) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const draft = `${pathOf(key)}.new`;
      await writeFile(draft, bytes, { mode: 0o600 });
      await utimes(draft, readAt / 1000, readAt / 1000);
      await rename(draft, pathOf(key));
    },
  };
}
