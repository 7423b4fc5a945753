import { formatDuration } from '../../core/duration.ts';
import { plain, printTime } from '../table.ts';
import type { ExplainedStep } from './explanation.ts';

const REASONS = {
  'not-configured': 'this means is not set up',
  'not-applicable': 'no such address',
  'nobody-on-call': 'nobody is on call',
  'quiet-hours': 'quiet hours',
  'not-preferred': 'they prefer other means',
} as const;

interface Line {
  readonly first: ExplainedStep;
  readonly last: ExplainedStep;
  readonly times: number;
}

/** One moment in which pages go out, who does not get one beneath it. */
export function printStep({ first, last, times }: Line): string[] {
  const after = `+${formatDuration(first.afterSeconds)}`.padEnd(8);
  const until = times === 1 ? '' : ` (${times} times, to +${formatDuration(last.afterSeconds)})`;
  const waited = first.deferred ? ' (waited for business time)' : '';
  const line = `  ${after} ${printTime(first.at)}  ${whatText(first)}${until}${waited}: ${plain(reached(first))}`;
  return [line, ...skipped(first)];
}

/** Whether two repeats reach and miss the same people by the same means. */
export function sameReach(one: ExplainedStep, other: ExplainedStep): boolean {
  const reach = ({ pages, skipped, fallback, exhausted }: ExplainedStep) =>
    JSON.stringify([pages, skipped, fallback, exhausted]);
  return reach(one) === reach(other);
}

function whatText({ level, repeat, exhausted }: ExplainedStep): string {
  if (exhausted) return 'exhausted';
  return repeat === 0 ? `level ${level}` : `repeat of level ${level}`;
}

/** `ana by thread, dm; channel:ops by thread`. */
function reached({ pages, fallback }: ExplainedStep): string {
  const receivers = pages.flatMap(({ means, people, targets }) =>
    [...people, ...targets].map((who) => ({ who, means })),
  );
  return `${byWhom(receivers)}${fallback ? " (nobody by the level's own means)" : ''}`;
}

function skipped(step: ExplainedStep): string[] {
  const reasons = [...new Set(step.skipped.map(({ reason }) => reason))];
  return reasons.map((reason) => {
    const missed = step.skipped
      .filter((skip) => skip.reason === reason)
      .map(({ target, person, means }) => ({ who: person ?? target, means }));
    return `${' '.repeat(11)}not ${plain(byWhom(missed))} (${REASONS[reason]})`;
  });
}

function byWhom(receivers: ReadonlyArray<{ readonly who: string; readonly means: string }>): string {
  const means = new Map<string, string[]>();
  for (const { who, means: by } of receivers) means.set(who, [...(means.get(who) ?? []), by]);
  return [...means].map(([who, by]) => `${who} by ${[...new Set(by)].join(', ')}`).join('; ');
}
