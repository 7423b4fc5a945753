/**
 * Carries out what was asked of Alertmanager: an effect comes in, the events that say how it ended go out. Asked for
 * durably before; run again after a crash, when it looks first for what the process before it may have made.
 */
import { OpsError } from '../../core/errors.ts';
import { isTransient } from '../../journal/back-off.ts';
import type { EffectEnd, EffectExecutor } from '../../journal/effects.ts';
import type { Batch, Effect } from '../../journal/port.ts';
import { asText } from '../about.ts';
import { mergeParts } from '../incident-batch.ts';
import { batchOfSilence } from './append.ts';
import type { Carried, CarryOutDeps } from './carried.ts';
import { changeHeld } from './carry-out-change.ts';
import { makeSilence } from './carry-out-create.ts';
import { effectOf, type SilenceOp } from './effect.ts';
import { failureNotice } from './notices.ts';
import { silenceEvent } from './silence-events.ts';
import { SILENCE, type SilenceState } from './silence-state.ts';
import { warnAuthor } from './warn.ts';

/** An Alertmanager that is away is asked again for so long; then the asker is told that it was not done. */
const RETRY_FOR_MS = 2 * 60_000;
const AT_ONCE = 4;

/** The executor of effects of kind `silence`. */
export function createSilenceExecutor(deps: CarryOutDeps): EffectExecutor {
  return { idempotent: true, concurrency: AT_ONCE, run: (effect) => carryOut(deps, effect) };
}

async function carryOut(deps: CarryOutDeps, effect: Effect): Promise<EffectEnd> {
  const { silence, op } = effectOf(effect);
  const row = await deps.journal.aggregate<SilenceState>(SILENCE, silence);
  if (row === null) return { state: 'done', result: { skipped: true } };
  try {
    const carried = await ask(deps, row.state, op);
    deps.metrics.carriedOut(op, 'done');
    return ended(deps, effect, 'done', carried);
  } catch (error) {
    const why = whyFailed(deps, effect, error);
    deps.metrics.carriedOut(op, why === null ? 'again' : 'failed');
    if (why === null) throw error;
    const level = error instanceof OpsError ? 'warn' : 'error';
    deps.logger[level]({ err: error, silence, op }, 'silence could not be carried out');
    return ended(deps, effect, 'failed', failed(effect, op, row.state, why));
  }
}

async function ask(deps: CarryOutDeps, state: SilenceState, op: SilenceOp): Promise<Carried> {
  const client = deps.alertmanager();
  if (op === 'warn') return warnAuthor(deps, client, state);
  if (client === null) throw noneConfigured();
  return op === 'create' ? makeSilence(deps, client, state) : changeHeld(deps, client, state);
}

/** null: it is tried again. */
function whyFailed(deps: CarryOutDeps, { askedAt }: Effect, error: unknown): string | null {
  if (!(error instanceof OpsError)) return 'something went wrong inside gianna-ops; look into its log';
  if (isTransient(error) && deps.clock.now() - askedAt < RETRY_FOR_MS) return null;
  return `${error.message} ${error.remedy}`;
}

function failed(effect: Effect, op: SilenceOp, state: SilenceState, why: string): Carried {
  const text = asText(why);
  const notice = op === 'warn' ? {} : failureNotice(effect.key, state, op, why);
  const payloads = new Map([...(notice.payloads ?? []), [text.digest, text.text] as const]);
  const part = { ...notice, payloads };
  if (op === 'create') {
    const event = silenceEvent('silence.failed', { why: text.digest });
    return { part, decide: ({ status }) => (status === 'requested' ? { events: [event], actor: 'auto' } : null) };
  }
  const event = silenceEvent('silence.change-failed', { why: text.digest });
  return { part, decide: ({ pending }) => (pending === null ? null : { events: [event], actor: 'auto' }) };
}

function ended(
  deps: CarryOutDeps,
  effect: Effect,
  state: 'done' | 'failed',
  { decide, part = {} }: Carried,
): EffectEnd {
  const batch = async (): Promise<Batch> => {
    const at = deps.clock.now();
    const changed = await batchOfSilence(deps.journal, effectOf(effect).silence, at, decide);
    return mergeParts(changed ?? { at, actor: 'auto' }, [part]);
  };
  return { state, result: {}, batch };
}

function noneConfigured(): OpsError {
  return new OpsError({
    code: 'NO_ALERTMANAGER',
    family: 'refusal',
    message: 'No Alertmanager is configured any more.',
    remedy: 'Name it in routes.yml.',
  });
}
