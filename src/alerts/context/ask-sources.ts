import type { Clock } from '../../core/clock.ts';
import { OpsError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { ContextPart, MissingSource } from './context.ts';
import type { ContextSource, ContextSubject } from './source.ts';

/** How one source ended. */
export type Answered =
  | { readonly kind: 'found'; readonly part: ContextPart }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'late' | 'failed'; readonly missing: MissingSource };

export interface AskDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** A source ended in this way after so long. */
  readonly answered: (source: string, how: Answered['kind'], seconds: number) => void;
}

/** Time that each source has. */
export const SOURCE_LIMIT_MS = 5_000;

/** Asks one source, for at most its time; never rejects. `stop` ends it early, as if it were late. */
export async function askSource(
  deps: AskDeps,
  source: ContextSource,
  subject: ContextSubject,
  stop: AbortSignal,
): Promise<Answered> {
  const begun = deps.clock.monotonicMs();
  const answer = await within(deps, source, subject, stop);
  deps.answered(source.name, answer.kind, (deps.clock.monotonicMs() - begun) / 1000);
  return answer;
}

function within(deps: AskDeps, source: ContextSource, subject: ContextSubject, stop: AbortSignal): Promise<Answered> {
  const limit = new AbortController();
  return new Promise((resolve) => {
    const end = (answer: Answered) => {
      cancel();
      stop.removeEventListener('abort', late);
      resolve(answer);
      limit.abort();
    };
    const late = () => end({ kind: 'late', missing: missing(source, `no answer within ${SOURCE_LIMIT_MS / 1000} s`) });
    const cancel = deps.clock.after(SOURCE_LIMIT_MS, late);
    stop.addEventListener('abort', late, { once: true });
    if (stop.aborted) return late();
    start(source, subject, limit.signal).then(
      (part) => end(part === null ? { kind: 'nothing' } : { kind: 'found', part }),
      (error: unknown) => end({ kind: 'failed', missing: failed(deps, source, subject, error) }),
    );
  });
}

/** Also what a source throws at once becomes a rejection. */
async function start(source: ContextSource, subject: ContextSubject, signal: AbortSignal): Promise<ContextPart | null> {
  return source.gather(subject, signal);
}

function failed({ logger }: AskDeps, source: ContextSource, { incident }: ContextSubject, error: unknown) {
  if (error instanceof OpsError) return missing(source, error.message);
  logger.error({ err: error, source: source.name, incident: incident.id }, 'source of context failed as a bug');
  return missing(source, 'it failed; see the log');
}

function missing({ title }: ContextSource, reason: string): MissingSource {
  return { title, reason };
}
