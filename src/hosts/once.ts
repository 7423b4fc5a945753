import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Clock } from '../core/clock.ts';
import { transient } from '../core/errors.ts';
import { sha256 } from './digest.ts';
import { type ActionResult, RESTART_MODES, type ServiceAction, type ServiceTarget } from './driver.ts';

/** Writes the process that does the work beside the lock, for whoever looks after a crash. */
export type NoteProcess = (pid: number) => Promise<void>;
/** Runs an action unless its key was used for this target before; then reports what is known of the first. */
export type Once = (key: string, target: ServiceTarget, act: Act) => Promise<ActionResult>;
type Act = (note: NoteProcess) => Promise<ActionResult>;

const Undo = z.union([
  z.object({ kind: z.literal('restart'), mode: z.enum(RESTART_MODES) }),
  z.object({ kind: z.literal('start'), replicas: z.int().min(1).exactOptional() }),
  z.object({ kind: z.literal('stop') }),
]) satisfies z.ZodType<ServiceAction>;
/** `result.json`. */
const Result = z.object({
  outcome: z.enum(['done', 'not-done', 'unknown']),
  summary: z.string(),
  undo: Undo.exactOptional(),
}) satisfies z.ZodType<ActionResult>;

const UNSAFE_IN_NAMES = /[^A-Za-z0-9._-]/g;

/**
 * At most once on this machine (DESIGN.md, Rules of the engine room): making the folder `<folder>/<key>-<target>` is
 * the lock; it holds `call.json` (process, start time) and, once it is over, `result.json` (outcome, end time). It lies
 * in the service account's own state folder, not in /run, since run numbers are unique within one database only and
 * the lock must outlive a reboot.
 */
export function createOnce(folder: string, clock: Clock): Once {
  const underWay = new Map<string, Promise<ActionResult>>();
  async function perform(lock: string, target: ServiceTarget, act: Act): Promise<ActionResult> {
    if (!(await takeLock(folder, lock))) return firstResult(lock);
    const startedAt = new Date(clock.now()).toISOString();
    const note: NoteProcess = (pid) => save(lock, 'call.json', { pid, startedAt, target: target.id });
    await note(process.pid);
    const result = await act(note);
    await save(lock, 'result.json', { ...result, endedAt: new Date(clock.now()).toISOString() });
    return result;
  }
  return async (key, target, act) => {
    const lock = join(folder, lockName(key, target));
    const first = underWay.get(lock);
    if (first !== undefined) return reportFirst(await first);
    const work = perform(lock, target, act);
    underWay.set(lock, work);
    try {
      return await work;
    } finally {
      underWay.delete(lock);
    }
  };
}

function reportFirst(first: ActionResult): ActionResult {
  return { ...first, summary: `not done again; the first time: ${first.summary}` };
}

function lockName(key: string, target: ServiceTarget): string {
  const digest = sha256(JSON.stringify([key, target.host, target.id])).slice(0, 12);
  return `${key.replace(UNSAFE_IN_NAMES, '_').slice(0, 80)}-${digest}`;
}

async function takeLock(folder: string, lock: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await mkdir(lock, { mode: 0o700 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw transient(
      'LOCK_FAILED',
      `The lock ${lock} could not be made; nothing was done.`,
      'Make the state folder writable for the account that runs gianna-ops.',
      error,
    );
  }
}

async function firstResult(lock: string): Promise<ActionResult> {
  const first = Result.safeParse(await read(join(lock, 'result.json')));
  if (first.success) return reportFirst(first.data);
  const call = await read(join(lock, 'call.json'));
  const since = typeof call?.startedAt === 'string' ? ` at ${call.startedAt}` : '';
  return { outcome: 'unknown', summary: `begun before${since}, and its end was not seen; not done again` };
}

async function read(file: string): Promise<Record<string, unknown> | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return value !== null && typeof value === 'object' ? { ...value } : null;
  } catch {
    return null; // Not written (yet), or cut by a crash: not known is the answer.
  }
}

async function save(lock: string, name: string, value: object): Promise<void> {
  const whole = join(lock, `.${name}`);
  await writeFile(whole, JSON.stringify(value), { mode: 0o600 });
  await rename(whole, join(lock, name));
}
