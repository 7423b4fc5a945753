import type { Severity } from '../../core/config/config.ts';

/** Lets so many incidents through within a minute that gathering never becomes the storm. */
export interface Pace {
  /** Whether context of this incident may be gathered now; asked again for the same one it says the same. */
  mayGather(incident: string, severity: Severity, now: number): boolean;
}

const WITHIN_MS = 60_000;
/** UX.md 3.12: more new groups than this within a minute are a storm. */
const IN_A_STORM = 10;
/** P0 go on through a storm, up to this many. */
const MOST_URGENT = 30;

/** Counts the last minute in memory: after a restart it begins anew. */
export function createPace(): Pace {
  const latest = new Map<string, number>();
  return {
    mayGather: (incident, severity, now) => {
      for (const [id, at] of latest) {
        if (at > now - WITHIN_MS) break;
        latest.delete(id);
      }
      if (latest.has(incident)) return true;
      const may = latest.size < (severity === 'P0' ? MOST_URGENT : IN_A_STORM);
      if (may) latest.set(incident, now);
      return may;
    },
  };
}
