import { patternOf, whyBadPattern } from '../label-match.ts';
import type { Path, Report } from '../problem.ts';

type Matches = Readonly<Record<string, unknown>>;

/** Regular expressions of a `match` can be used, and stand alone. */
export function checkPatterns(file: string, path: Path, match: Matches, report: Report): void {
  for (const [label, wanted] of Object.entries(match)) {
    if (Array.isArray(wanted)) {
      const index = wanted.findIndex((value) => patternOf(value) !== null);
      if (index < 0) continue;
      const message = 'a regular expression stands alone; write alternatives inside it: /one|two/';
      report({ file, path: [...path, label, index], message });
      continue;
    }
    const pattern = patternOf(wanted);
    const why = pattern === null ? null : whyBadPattern(pattern);
    if (why !== null) report({ file, path: [...path, label], message: `not a regular expression (RE2): ${why}` });
  }
}
