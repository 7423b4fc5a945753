import type { Problem } from '../../core/config/problem.ts';
import { plain } from '../table.ts';

/** A problem as one line: `config/runbooks/restart.yml:4:3 error: …`; `path` is how the reader finds the file. */
export function printProblem({ line, column, severity, message, hint }: Problem, path: string): string {
  const advice = hint === null ? '' : ` (${plain(hint)})`;
  return `${path}:${line}:${column} ${severity}: ${plain(message)}${advice}\n`;
}
