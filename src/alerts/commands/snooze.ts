import { formatDuration } from '../../core/duration.ts';
import { decideOn, type Handle, isRefusal, readReason, refusal } from './act.ts';

/** `snooze { seconds, reason }`: no pages meanwhile, no longer than its severity allows; it wakes by itself. */
export const snooze: Handle = (act) => {
  const { id, state, config, context } = act;
  const { seconds } = act.command.args;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 60) {
    const what = 'For how long? At least a minute. Nothing was changed.';
    return refusal('DURATION_WRONG', what, `Try: snooze ${id} 30m why`);
  }
  const most = config.severities[state.severity].snoozeAtMostSeconds;
  if (seconds > most) {
    const what = `${id} is ${state.severity}: ${formatDuration(most)} is the most, ${formatDuration(seconds)} was asked for.`;
    return refusal('SNOOZE_TOO_LONG', `${what} Nothing was changed.`, 'Snooze it for less, or acknowledge it.');
  }
  const reason = readReason(act);
  if (isRefusal(reason)) return reason;
  const until = context.now + Math.round(seconds) * 1000;
  const text = `${id} snoozed for ${formatDuration(seconds)}: no pages until then, if it stays ${state.severity}.`;
  return decideOn(act, { verb: 'snooze', until, reason: reason.digest }) ?? { text, part: reason.part };
};

/** `unsnooze`: pages go on at the level they had reached. */
export const unsnooze: Handle = (act) => {
  return decideOn(act, { verb: 'unsnooze' }) ?? { text: `${act.id} is awake. Pages go on.` };
};
