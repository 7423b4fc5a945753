/** Keys and indexes from the top of a file to a value. */
export type Path = ReadonlyArray<string | number>;

/** One thing that is wrong in the configuration: the row of `check --json` (DESIGN.md, Contracts). */
export interface Problem {
  /** Relative to the configuration folder: `routes.yml`, `runbooks/restart.yml`; `environment` for a variable. */
  readonly file: string;
  /** 1-based; 1:1 when the whole file is meant. */
  readonly line: number;
  readonly column: number;
  /** `routes[0].channel`; empty when the whole file is meant. */
  readonly path: string;
  readonly severity: 'error' | 'warning';
  /** What is wrong and what is allowed. Never the value of a secret. */
  readonly message: string;
  /** What to do, or the name that was probably meant; null when the message says it all. */
  readonly hint: string | null;
}

/** How a check reports something at a place of a file; the place becomes line and column. */
export type Report = (finding: {
  readonly file: string;
  readonly path: Path;
  /** Where to point: at the key, or at its value (default). */
  readonly at?: 'key' | 'value';
  readonly severity?: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string | null;
}) => void;

/** `['routes', 0, 'channel']` → `routes[0].channel`; a key that is no plain word is quoted. */
export function printPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[\w-]+$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}

/** Order of reading: by file, line, column; errors before warnings at one place. */
export function compareProblems(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column || (a.severity < b.severity ? -1 : a.severity > b.severity ? 1 : 0);
}

/** "did you mean …?" for names that are near; null when there is none. */
export function didYouMean(names: readonly string[]): string | null {
  return names.length === 0 ? null : `did you mean ${names.map((name) => `"${name}"`).join(' or ')}?`;
}
