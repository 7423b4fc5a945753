import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import * as z from 'zod';
import { transient } from '../../core/errors.ts';
import type { Span } from '../coverage.ts';
import { PARSE_CHILD } from './parse-child.ts';

/** The largest calendar that is read. */
export const MOST_BYTES = 5 * 1024 * 1024;
const TIMEOUT_MS = 10_000;
const MOST_STARTS = 20_000;
const MOST_OUTPUT_BYTES = 32 * 1024 * 1024;
const MEMORY_MB = 256;

const Event = z.object({
  summary: z.string(),
  attendees: z.array(z.string()),
  organizer: z.string(),
  zone: z.string(),
  isDay: z.boolean(),
  from: z.number(),
  to: z.number(),
  starts: z.array(z.number()),
});
/** An event of a calendar: `from` and `to` of its first time (epoch ms), and every moment at which it begins. */
export type IcsEvent = z.infer<typeof Event>;
const Answer = z.union([z.array(Event), z.object({ why: z.string() })]);

/** Where the parts of node-ical lie, for a process that knows no path. */
function libraries(): string[] {
  const require = createRequire(import.meta.url);
  return [require.resolve('node-ical'), require.resolve('node-ical/lib/tz-utils.js')];
}

/**
 * Reads a calendar in a process of its own, which has ten seconds and 256 MB. Times without a zone are those of `zone`.
 * Throws CALENDAR_UNREADABLE with what is wrong.
 */
export async function readIcs(bytes: Uint8Array, { zone, span }: { zone: string; span: Span }): Promise<IcsEvent[]> {
  if (bytes.length > MOST_BYTES) throw unreadable(`it has more than ${MOST_BYTES / 1024 / 1024} MiB`);
  const answer = Answer.safeParse(await parse(bytes, zone, span));
  if (!answer.success) throw unreadable('it holds what no calendar does');
  if ('why' in answer.data) throw unreadable(answer.data.why);
  return answer.data;
}

function parse(bytes: Uint8Array, zone: string, { from, to }: Span): Promise<unknown> {
  const limit = [`--max-old-space-size=${MEMORY_MB}`, '-e', PARSE_CHILD];
  const argv = [...limit, ...libraries(), String(from), String(to), String(MOST_STARTS)];
  const options = {
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
    maxBuffer: MOST_OUTPUT_BYTES,
    env: { TZ: zone },
  } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, argv, options, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout));
      else reject(unreadable(error.killed === true ? LATE : whyFailed(stderr), error));
    });
    // a child that has given up reads no further; its answer says why
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(bytes);
  });
}

const LATE = `it cannot be read within ${TIMEOUT_MS / 1000} s; a rule may repeat without end`;

function whyFailed(stderr: string): string {
  if (stderr.includes('heap out of memory')) return `it needs more than ${MEMORY_MB} MB to be read`;
  if (stderr.includes('Maximum iterations')) return 'a rule repeats more than 10000 times in the span that is read';
  const said = /^\w*Error: (.*)$/m.exec(stderr)?.[1];
  return said === undefined ? 'the reading itself failed' : `what it says cannot be understood (${said.slice(0, 120)})`;
}

/** A calendar that cannot be had now: what is wrong with it. */
export function unreadable(why: string, cause?: unknown): Error {
  return transient('CALENDAR_UNREADABLE', why, 'Mend the calendar; its last good copy holds meanwhile.', cause);
}
