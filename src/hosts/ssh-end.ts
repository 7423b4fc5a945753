import { OpsError } from '../core/errors.ts';
import { quoteArgv } from './quote.ts';
import type { Held, SshLine } from './ssh-line.ts';
import { openChannel } from './ssh-program.ts';
import { type WrappedCall, wrapEnd } from './wrapper.ts';

/** All of it stays within the 5 s that a call may last beyond its time limit. */
const WHOLE_MS = 4_500;
/** A connection that has not begun to look after it by then hangs: a new one is tried beside it. */
const PATIENCE_MS = 1_000;

interface Left {
  readonly line: SshLine;
  readonly call: WrappedCall;
  readonly pid: number | null;
  readonly why: 'timeout' | 'aborted';
}
interface Ended extends Left {
  readonly held: Held;
}

/**
 * Ends a program over a second channel and looks whether anything of it is left: true when not, null when nobody could
 * look. Where the connection hangs, a new one is tried.
 */
export async function endRemote({ line, held, call, pid, why }: Ended): Promise<boolean | null> {
  const command = quoteArgv(wrapEnd(call, pid, why));
  const over = AbortSignal.timeout(WHOLE_MS);
  const begun = new AbortController();
  const first = endOver(held, { command, call, over, begun });
  const second = wait(PATIENCE_MS, AbortSignal.any([begun.signal, over])).then((isLate) =>
    isLate ? endAnew(line, { command, call, over, begun }) : null,
  );
  return firstTold([first, second]);
}

const CHASE_EVERY_MS = 5_000;
const CHASE_TIMES = 120;

/** Goes on trying to end what nobody could look after, for ten minutes or until somebody could, or until the end of the line. */
export function chaseRemote({ line, call, pid, why }: Left): void {
  const command = quoteArgv(wrapEnd(call, pid, why));
  let times = 0;
  const next = () => {
    const timer = setTimeout(() => void look(), CHASE_EVERY_MS);
    timer.unref();
  };
  const look = async () => {
    times += 1;
    if (line.isClosed()) return;
    const over = AbortSignal.timeout(WHOLE_MS + PATIENCE_MS);
    const isGone = await endAnew(line, { command, call, over, begun: new AbortController() });
    if (isGone === null && times < CHASE_TIMES) next();
  };
  next();
}

interface Look {
  readonly command: string;
  readonly call: WrappedCall;
  readonly over: AbortSignal;
  /** Fired once the host has taken it. */
  readonly begun: AbortController;
}

async function endAnew(line: SshLine, look: Look): Promise<boolean | null> {
  try {
    const own = await line.open(WHOLE_MS - PATIENCE_MS);
    try {
      return await endOver(own, look);
    } finally {
      own.release();
    }
  } catch (error) {
    if (error instanceof OpsError) return null;
    throw error;
  }
}

async function endOver(held: Held, { command, call, over, begun }: Look): Promise<boolean | null> {
  let said = '';
  const stdout = {
    write: (chunk: Uint8Array) => {
      said += Buffer.from(chunk).toString('latin1');
    },
  };
  const output = { stdout, stderr: { write: () => undefined } };
  try {
    const program = await openChannel({ held, command, output, stop: over });
    if (program === null || program === 'lost') return null;
    begun.abort();
    const end = await program.run(new Uint8Array(), over);
    if (end.kind === 'exited') await program.drained(200);
    program.close();
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
  }
  if (said.includes(`${call.mark} gone`)) return true;
  return said.includes(`${call.mark} left`) ? false : null;
}

/** The first answer that is one; null when all are over without. */
function firstTold(answers: ReadonlyArray<Promise<boolean | null>>): Promise<boolean | null> {
  return new Promise((resolve, reject) => {
    for (const each of answers) each.then((told) => (told === null ? undefined : resolve(told)), reject);
    Promise.all(answers).then((all) => resolve(all.find((told) => told !== null) ?? null), reject);
  });
}

/** False when `stop` fires first. */
function wait(ms: number, stop: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (isOver: boolean) => {
      clearTimeout(timer);
      stop.removeEventListener('abort', cut);
      resolve(isOver);
    };
    const cut = () => settle(false);
    const timer = setTimeout(() => settle(true), ms);
    stop.addEventListener('abort', cut, { once: true });
    if (stop.aborted) cut();
  });
}
