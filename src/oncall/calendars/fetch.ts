import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CalendarSource } from '../../core/config/config.ts';
import { createHttp, whyNoAnswer } from '../../core/http.ts';
import { MOST_BYTES, unreadable } from './read-ics.ts';

const TIMEOUT_MS = 20_000;
const TOO_LARGE = `it has more than ${MOST_BYTES / 1024 / 1024} MiB`;

/**
 * The bytes of a calendar as they are now; throws CALENDAR_UNREADABLE. A URL is asked as the operator wrote it: where an
 * answer redirects to is never asked.
 */
export function fetchCalendar(source: CalendarSource, configDir: string): Promise<Uint8Array> {
  return 'file' in source ? readCalendarFile(resolve(configDir, source.file)) : ask(source.url);
}

async function readCalendarFile(path: string): Promise<Uint8Array> {
  try {
    return await readFileOf(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'CALENDAR_UNREADABLE') throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw unreadable(code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${code})`, error);
  }
}

async function readFileOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > MOST_BYTES) throw unreadable(TOO_LARGE);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

async function ask(url: string): Promise<Uint8Array> {
  const http = createHttp({ timeoutMs: TIMEOUT_MS, maxBytes: MOST_BYTES });
  const answer = await http
    .get<ArrayBuffer>(url, { responseType: 'arraybuffer', validateStatus: () => true })
    .catch((error: unknown) => {
      throw unreadable(isTooLarge(error) ? TOO_LARGE : `there is ${whyNoAnswer(error, TIMEOUT_MS)}`);
    });
  if (answer.status === 200) return new Uint8Array(answer.data);
  if (answer.status >= 300 && answer.status < 400) throw unreadable('it redirects: write the address it leads to');
  throw unreadable(`the answer is HTTP ${answer.status}`);
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && error.message.includes('maxContentLength');
}
