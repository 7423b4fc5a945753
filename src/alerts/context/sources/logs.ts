import type { Redact } from '../../../core/redact.ts';
import type { ContextSource } from '../source.ts';

/** Reads the last lines of a service, of whatever keeps them; null: nothing does. Control sequences are gone already. */
export type TailLogs = (
  service: string,
  options: { readonly tail: number; readonly since: number; readonly signal: AbortSignal },
) => Promise<{ readonly from: string; readonly lines: readonly string[] } | null>;

/** It may have written its last words some time before it was noticed. */
const BEFORE_MS = 15 * 60_000;
/** More are read than kept: a secret of several lines is known by its first one. */
const READ = 100;
const KEPT = 20;
const LONGEST_LINE = 300;

/** The last lines of the incident's service since a little before it fired, redacted. */
export function logSource(tailLogs: TailLogs, redact: Redact): ContextSource {
  return {
    name: 'logs',
    title: 'Log lines',
    gather: async ({ service, firedAt }, signal) => {
      if (service === null) return null;
      const tail = await tailLogs(service, { tail: READ, since: firedAt - BEFORE_MS, signal });
      if (tail === null) return null;
      // as one text, so that a secret of several lines is seen as one
      const lines = redact(tail.lines.join('\n')).split('\n');
      const kept = lines.slice(-KEPT).map(clipped);
      const isCut = lines.length > KEPT || lines.some((line) => line.length > LONGEST_LINE);
      return { kind: 'logs', from: tail.from, lines: tail.lines.length === 0 ? [] : kept, isCut };
    },
  };
}

function clipped(line: string): string {
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 1)}…` : line;
}
