/**
 * What may be silenced: an asked-for silence and what it would mute come in, a refusal with what to narrow or null
 * goes out. Pure. A P0, and another service than the one it is about, only two people together mute (docs/silences.md).
 */
import { SEVERITIES, type Severity } from '../../core/config/config.ts';
import { formatDuration } from '../../core/duration.ts';
import { beyondOf, refuseBeyond } from './beyond.ts';
import { highestOf } from './blast.ts';
import type { Case } from './case.ts';
import { compileMatchers } from './match.ts';
import { checkMatchers } from './matcher.ts';
import { contradictionIn, isNarrow, labelsOfMatchers, NARROWING } from './narrow.ts';
import type { SilenceRefusal, SilenceRequest } from './request.ts';

const SHORTEST_SECONDS = 10;
const SHORTEST_REASON = 3;
const LONGEST_REASON = 300;

/** Why the words of a request cannot be taken, whatever they would mute; null: they can. */
export function refuseWords({ matchers, seconds, reason }: SilenceRequest): SilenceRefusal | null {
  const read = checkMatchers(matchers);
  if (read.kind === 'wrong')
    return refusal('matchers', 'MATCHER_INVALID', `${read.text} Nothing was silenced.`, read.remedy);
  const against = contradictionIn(read.matchers);
  if (against !== null) {
    const text = `No alert can satisfy both ${against[0]} and ${against[1]}: it would mute nothing.`;
    return refusal('matchers', 'MATCHES_NOTHING', text, 'Take one of them out.');
  }
  if (!isNarrow(read.matchers)) {
    const text = 'It does not say what it is about: it could mute nearly everything.';
    return refusal(
      'matchers',
      'MATCHES_EVERYTHING',
      text,
      `Name at least one of ${NARROWING.join(', ')} by = or a narrow =~.`,
    );
  }
  return refuseReason(reason) ?? refuseSeconds(seconds);
}

/** Why a silence is not made, whoever agrees to it; null: it may be. The words come first, then what it would mute. */
export function refuseAlways(given: Case): SilenceRefusal | null {
  return refuseWords(given.request) ?? refuseWatchdog(given) ?? refuseLong(given);
}

/** Why a silence is not made; null: it may be. `agreed`: what a second person saw that it mutes, and agreed to. */
export function judgeSilence(given: Case, agreed: readonly string[] = []): SilenceRefusal | null {
  return refuseAlways(given) ?? refuseBeyond(beyondOf(given), agreed);
}

/** The most urgent severity that a silence concerns. */
export function severityConcerned({ now, week, incident, routed }: Case): Severity {
  const muted = highestOf([...now, ...week]);
  const known = [muted, incident?.severity ?? null].filter((severity) => severity !== null);
  return SEVERITIES.find((severity) => known.includes(severity)) ?? routed.severity;
}

/** The longest silence of a severity, in seconds. A P0 that two people mute together is muted no longer than a P1. */
export function longestFor(severity: Severity, longest: Case['longest']): number {
  return longest[severity === 'P0' ? 'P1' : severity];
}

function refuseReason(reason: string): SilenceRefusal | null {
  const { length } = [...reason.trim()];
  if (length >= SHORTEST_REASON && length <= LONGEST_REASON) return null;
  const text = length < SHORTEST_REASON ? 'A reason is missing.' : `The reason has ${length} characters.`;
  return refusal('reason', 'REASON_INVALID', text, `Say why in ${SHORTEST_REASON} to ${LONGEST_REASON} characters.`);
}

function refuseSeconds(seconds: number): SilenceRefusal | null {
  if (Number.isSafeInteger(seconds) && seconds >= SHORTEST_SECONDS) return null;
  const text = 'It is not said for how long, or for too short a time.';
  return refusal(
    'duration',
    'DURATION_INVALID',
    text,
    `Give a duration such as 30m or 2h, ${SHORTEST_SECONDS}s at least.`,
  );
}

function refuseWatchdog({ request: { matchers }, watchdog }: Case): SilenceRefusal | null {
  if (!matchers.some(({ name, isEqual }) => name === 'alertname' && isEqual)) return null;
  if (!compileMatchers(matchers)({ ...labelsOfMatchers(matchers), alertname: watchdog })) return null;
  const text = `It would mute ${watchdog}, the alert that proves that alerts arrive at all.`;
  return refusal('matchers', 'WOULD_MUTE_WATCHDOG', text, 'Leave it out of the matchers.');
}

function refuseLong(given: Case): SilenceRefusal | null {
  const severity = severityConcerned(given);
  const longest = longestFor(severity, given.longest);
  if (given.request.seconds <= longest) return null;
  const asked = formatDuration(given.request.seconds);
  const text = `${asked} is too long for ${severity}: ${formatDuration(longest)} is the longest.`;
  return refusal('duration', 'SILENCE_TOO_LONG', text, 'Shorten it; it can be extended before it ends.');
}

function refusal(field: SilenceRefusal['field'], code: string, text: string, remedy: string): SilenceRefusal {
  return { field, code, text, remedy };
}
