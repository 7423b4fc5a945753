import { SHORTEST_SECRET } from '../../core/logger.ts';
import type { Redact } from '../../core/redact.ts';
import { printable } from '../../hosts/printable.ts';
import type { OutputStream } from '../../hosts/shell.ts';
import { isSecretRef, type SecretRef } from '../secret-ref.ts';
import type { UnitOutcome } from './step.ts';

/** Opens the secrets of one unit while it runs, and keeps them out of all that it says. */
export interface SecretKeeper {
  /** The value of a field; a refusal when the environment does not hold it. */
  open(field: string | SecretRef): string;
  /** The same in any depth of a value that becomes JSON. */
  openAll(value: unknown): unknown;
  /** Replaces every secret that was opened, and what else looks like one: for what is shown, before it is cut. */
  hide(text: string): string;
  /** Replaces every secret that was opened: for results, which later steps use, before they are cut. */
  hideOpened(text: string): string;
  /** A copy of an outcome whose every text is free of them. */
  hideIn<Outcome extends Pick<UnitOutcome, 'status' | 'summary' | 'results'>>(outcome: Outcome): Outcome;
  /**
   * Passes output on while it comes, in whole lines but for very long ones, so that no stream breaks into a line of
   * another; holds back as much as could be the begin of a secret.
   */
  readonly log: (text: string, stream?: OutputStream) => void;
  /** Passes on what is held back; no line without an end when the output was cut, for it may end in half a secret. */
  endLog(isCut?: boolean): void;
}

const HIDDEN = '[redacted]';
const CUT = '[… the rest was not kept …]\n';
/** Of a line that has not ended, characters. */
const LONGEST_HELD = 4096;

/** A keeper that has opened nothing yet. */
export function createSecretKeeper(deps: {
  readonly secretOf: (ref: SecretRef) => string;
  readonly log: (text: string) => void;
  readonly redact: Redact;
}): SecretKeeper {
  const forms = new Set<string>();
  const held = new Map<OutputStream, string>();
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
  function hideOpened(text: string): string {
    let safe = text;
    for (const form of longestFirst(forms)) safe = safe.replaceAll(form, HIDDEN);
    return safe;
  }
  const hide = (text: string) => deps.redact(hideOpened(text));
  function hideIn<Outcome extends Pick<UnitOutcome, 'status' | 'summary' | 'results'>>(outcome: Outcome): Outcome {
    const results = Object.entries(outcome.results ?? {}).map(([name, value]) => {
      return [name, typeof value === 'string' ? hideOpened(value) : value] as const;
    });
    const hidden = { ...outcome, summary: hide(outcome.summary) };
    return outcome.results === undefined ? hidden : { ...hidden, results: Object.fromEntries(results) };
  }
  return {
    open,
    openAll,
    hide,
    hideOpened,
    hideIn,
    log: (text, stream = 'stdout') => {
      const safe = hideOpened((held.get(stream) ?? '') + text);
      const cut = cutOf(safe, Math.max(0, (longestFirst(forms)[0]?.length ?? 0) - 1));
      held.set(stream, safe.slice(cut));
      if (cut > 0) deps.log(safe.slice(0, cut));
    },
    endLog: (isCut = false) => {
      const all = isCut ? [...[...held.values()].map(wholeLines), CUT] : [...held.values()];
      const rest = all.filter((text) => text !== '');
      if (rest.length > 0) deps.log(rest.map((text) => text.replace(/\n$/, '')).join('\n') + endOf(rest.at(-1)));
      held.clear();
    },
  };
}

function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

function endOf(text: string | undefined): string {
  return text?.endsWith('\n') === true ? '\n' : '';
}

/** Up to where it may be passed on: before the last `keep` characters, and before a line that may go on. */
function cutOf(text: string, keep: number): number {
  const cut = Math.max(0, text.length - keep);
  const line = text.lastIndexOf('\n', cut - 1) + 1;
  return cut - line > LONGEST_HELD ? cut : line;
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
