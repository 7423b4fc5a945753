import { SHORTEST_SECRET } from '../../core/logger.ts';
import { printable } from '../../hosts/printable.ts';
import { isSecretRef, type SecretRef } from '../secret-ref.ts';
import type { UnitOutcome } from './step.ts';

/** Opens the secrets of one unit while it runs, and keeps them out of all that it says. */
export interface SecretKeeper {
  /** The value of a field; a refusal when the environment does not hold it. */
  open(field: string | SecretRef): string;
  /** The same in any depth of a value that becomes JSON. */
  openAll(value: unknown): unknown;
  /** Replaces every secret that was opened. */
  hide(text: string): string;
  /** A copy of an outcome whose every text is free of them. */
  hideIn<Outcome extends Pick<UnitOutcome, 'status' | 'summary' | 'results'>>(outcome: Outcome): Outcome;
  /** Passes output on while it comes; holds back as much as could be the begin of a secret. */
  readonly log: (text: string) => void;
  /** Passes on what is held back. */
  endLog(): void;
}

const HIDDEN = '[redacted]';

/** A keeper that has opened nothing yet. */
export function createSecretKeeper(deps: {
  readonly secretOf: (ref: SecretRef) => string;
  readonly log: (text: string) => void;
}): SecretKeeper {
  const forms = new Set<string>();
  let held = '';
  function open(field: string | SecretRef): string {
    if (!isSecretRef(field)) return field;
    const value = deps.secretOf(field);
    for (const form of formsOf(value)) forms.add(form);
    return value;
  }
  function openAll(value: unknown): unknown {
    if (isLoneRef(value)) return open(value);
    if (Array.isArray(value)) return value.map(openAll);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, openAll(inner)]));
  }
  function hide(text: string): string {
    let safe = text;
    for (const form of longestFirst(forms)) safe = safe.replaceAll(form, HIDDEN);
    return safe;
  }
  function hideIn<Outcome extends Pick<UnitOutcome, 'status' | 'summary' | 'results'>>(outcome: Outcome): Outcome {
    const results = Object.entries(outcome.results ?? {}).map(([name, value]) => {
      return [name, typeof value === 'string' ? hide(value) : value] as const;
    });
    const hidden = { ...outcome, summary: hide(outcome.summary) };
    return outcome.results === undefined ? hidden : { ...hidden, results: Object.fromEntries(results) };
  }
  return {
    open,
    openAll,
    hide,
    hideIn,
    log: (text) => {
      const safe = hide(held + text);
      const keep = Math.max(0, (longestFirst(forms)[0]?.length ?? 0) - 1);
      const cut = Math.max(0, safe.length - keep);
      held = safe.slice(cut);
      if (cut > 0) deps.log(safe.slice(0, cut));
    },
    endLog: () => {
      if (held !== '') deps.log(held);
      held = '';
    },
  };
}

/** As it is, as a terminal prints it, inside JSON and inside a URL, and each of its lines: programs quote what they got. */
function formsOf(value: string): string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  return [value, printable(value), JSON.stringify(value).slice(1, -1), encodeURIComponent(value), ...lines].filter(
    (form) => form.length >= SHORTEST_SECRET,
  );
}

function longestFirst(forms: ReadonlySet<string>): string[] {
  return [...forms].sort((a, b) => b.length - a.length);
}

/** An object with further keys is the author's own JSON. */
function isLoneRef(value: unknown): value is SecretRef {
  return isSecretRef(value) && Object.keys(value).length === 1;
}
