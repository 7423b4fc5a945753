import { SEVERITIES, type Severity } from '../../core/config/config.ts';
import { isHigher } from '../severity.ts';
import { decideOn, type Handle, isRefusal, type Refusal, readReason, refusal } from './act.ts';

/** `severity { to, reason }`: up starts the new policy at its level 0, down goes on by the new policy. */
export const severity: Handle = (act) => {
  const { id, state, config, command } = act;
  const to = readSeverity(command.args.to);
  if (typeof to !== 'string') return to;
  const reason = readReason(act);
  if (isRefusal(reason)) return reason;
  const { digest } = config.severities[to];
  const text = isHigher(to, state.severity)
    ? `${id} raised from ${state.severity} to ${to}.`
    : `${id} lowered from ${state.severity} to ${to}. Its pages follow ${to} from now on.`;
  return decideOn(act, { verb: 'severity', to, digest, reason: reason.digest }) ?? { text, part: reason.part };
};

/** P0 to P3, however it is written; a refusal names the four. */
export function readSeverity(value: unknown): Severity | Refusal {
  const written = typeof value === 'string' ? value.trim().toUpperCase() : '';
  const known = SEVERITIES.find((each) => each === written);
  if (known !== undefined) return known;
  const what = written === '' ? 'No severity was named.' : `"${String(value).slice(0, 40)}" is no severity.`;
  return refusal('SEVERITY_UNKNOWN', `${what} Nothing was changed.`, `One of: ${SEVERITIES.join(', ')}`);
}
