import type { Clock } from '../../core/clock.ts';
import type { Severity } from '../../core/config/config.ts';

/** The last direct message that paged a person. */
export interface LastPage {
  /** Where it is recorded: `page:<effect>`. */
  readonly key: string;
  readonly channel: string;
  readonly ts: string;
  /** Monotonic time at which it was sent. */
  readonly at: number;
  /** The gravest of what it names. */
  readonly severity: Severity;
  /** Incidents that were added to it afterwards, without a sound. */
  readonly added: ReadonlySet<string>;
  /** Monotonic time of its last edit. */
  readonly editedAt: number;
  readonly isFull: boolean;
}

/** Per person at most one page a minute by direct message (CONFIG.md): further ones fold into it. */
export interface Folds {
  /** The page that a further one folds into; null: it is a minute old, or there is none. */
  openTo(person: string): LastPage | null;
  /** The last page, however old. */
  lastTo(person: string): LastPage | null;
  sent(person: string, page: Omit<LastPage, 'added' | 'editedAt' | 'isFull'>): void;
  added(person: string, incidents: readonly string[], severity: Severity): void;
  /** It names as many as it can. */
  filled(person: string): void;
  /** Milliseconds until a page of this severity to this person may be taken up. */
  restMs(person: string, severity: Severity): number;
  /** The last page is not there any more. */
  forget(person: string): void;
}

/** A page's message changes at most this often while more fold into it. */
const EDIT_EVERY_MS = 3_000;
/** A page of a minute. */
export const FOLD_MS = 60_000;

/** Remembers who was paged last; `ring` is called at the end of a minute in which something was added. */
export function createFolds(clock: Clock, ring: (person: string) => void): Folds {
  const last = new Map<string, LastPage>();
  return {
    openTo: (person) => {
      const page = last.get(person);
      return page === undefined || clock.monotonicMs() - page.at >= FOLD_MS ? null : page;
    },
    lastTo: (person) => last.get(person) ?? null,
    sent: (person, page) => {
      last.set(person, { ...page, added: new Set(), editedAt: page.at, isFull: false });
    },
    added: (person, incidents, severity) => {
      const page = last.get(person);
      if (page === undefined) return;
      if (page.added.size === 0) {
        const ringOnce = () => {
          if (last.get(person)?.key === page.key) ring(person);
        };
        clock.after(page.at + FOLD_MS - clock.monotonicMs(), ringOnce);
      }
      last.set(person, {
        ...page,
        added: new Set([...page.added, ...incidents]),
        severity: severity < page.severity ? severity : page.severity,
        editedAt: clock.monotonicMs(),
      });
    },
    filled: (person) => {
      const page = last.get(person);
      if (page !== undefined) last.set(person, { ...page, isFull: true });
    },
    restMs: (person, severity) => {
      const page = last.get(person);
      const now = clock.monotonicMs();
      if (page === undefined || now - page.at >= FOLD_MS || isGraver(severity, page.severity)) return 0;
      if (page.isFull) return page.at + FOLD_MS - now;
      return page.editedAt > page.at ? Math.max(0, page.editedAt + EDIT_EVERY_MS - now) : 0;
    },
    forget: (person) => void last.delete(person),
  };
}

/** A P0 is never held back behind something lesser. */
export function isGraver(severity: Severity, before: Severity): boolean {
  return severity === 'P0' && before !== 'P0';
}
