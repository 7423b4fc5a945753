import type { RemediationRule } from '../../core/config/config.ts';
import { formatDuration } from '../../core/duration.ts';
import type { RemediationState, Skip } from './remediation-state.ts';

const HOUR_MS = 3600_000;
const MINUTE_MS = 60_000;

/** Whether a rule may ask for a run now, by what it has done. `until`: when it may be looked again. */
export type AskDecision =
  | { readonly kind: 'ask'; readonly n: number }
  | { readonly kind: 'skip'; readonly skip: Skip; readonly why: string; readonly until: number }
  | { readonly kind: 'off' };

/** One run at a time for a rule and service, a pause between two on a service, and so many in any hour. */
export function decideAsk(
  state: RemediationState,
  rule: Pick<RemediationRule, 'cooldownSeconds' | 'mostPerHour'>,
  { service, now }: { readonly service: string | null; readonly now: number },
): AskDecision {
  if (state.status === 'off') return { kind: 'off' };
  const open = state.open.find((run) => run.service === service);
  if (open !== undefined) {
    return {
      kind: 'skip',
      skip: 'running',
      why: `${open.run ?? 'a run'} for ${open.incident} is not over`,
      until: now + MINUTE_MS,
    };
  }
  const last = state.last.find((each) => each.service === service);
  const restedAt = (last?.at ?? Number.NEGATIVE_INFINITY) + rule.cooldownSeconds * 1000;
  if (restedAt > now) {
    const left = formatDuration((restedAt - now) / 1000);
    return { kind: 'skip', skip: 'cooldown', why: `it ran a short time ago; again in ${left}`, until: restedAt };
  }
  const recent = state.recent.filter((at) => at > now - HOUR_MS);
  if (recent.length < rule.mostPerHour) return { kind: 'ask', n: state.asked + 1 };
  const until = Math.min(...recent) + HOUR_MS;
  const why = `${recent.length} of at most ${rule.mostPerHour} runs an hour are spent`;
  return { kind: 'skip', skip: 'budget', why, until: Number.isFinite(until) ? until : now + HOUR_MS };
}
