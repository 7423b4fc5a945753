import { transient } from '../../core/errors.ts';
import type { LogLine, LogOptions } from '../driver.ts';
import { firstLine } from '../printable.ts';
import type { Shell } from '../shell.ts';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1024 * 1024;
const LINE = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})([+-]\d{2}):?(\d{2}) \S+ (.*)$/;

/** The last lines of a unit in the journal of its host, oldest first. */
export async function readJournal(shell: Shell, unit: string, options: LogOptions): Promise<LogLine[]> {
  const { tail, since, signal } = options;
  const from = `--since=@${Math.floor(since / 1000)}`;
  const argv = ['journalctl', '--no-pager', '--quiet', '--output=short-iso', `--lines=${tail}`, from, `--unit=${unit}`];
  const result = await shell.run(argv, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, env: { TZ: 'UTC' }, signal });
  if (result.exitCode === 0) return readLines(result.stdout);
  const said = result.failure ?? (firstLine(result.stderr) || `exit ${result.exitCode}`);
  throw transient(
    'JOURNAL_UNREAD',
    `The journal of ${unit} on ${shell.host} could not be read: ${said}.`,
    'Put the account of gianna-ops there into the group systemd-journal.',
  );
}

/** `2026-11-22T14:00:09+0000 web-1 worker[42]: text`; what has no time of its own belongs to the line before. */
function readLines(text: string): LogLine[] {
  const lines: LogLine[] = [];
  for (const line of text.split('\n')) {
    const [, time, hours, minutes, rest] = LINE.exec(line) ?? [];
    if (line === '' || line.startsWith('-- ')) continue;
    if (rest === undefined) lines.push({ at: lines.at(-1)?.at ?? null, text: line.trimStart() });
    else lines.push({ at: Date.parse(`${time}${hours}:${minutes}`), text: rest.replace(/^[^\s:[]+(\[\d+\])?: /, '') });
  }
  return lines;
}
