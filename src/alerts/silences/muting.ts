/** Which incidents are silent because every alert of theirs that fires is muted. Pure. */
import type { Actor } from '../../core/command.ts';
import type { SilenceMatcher } from '../alertmanager.ts';
import type { Labels } from '../payload.ts';
import { compileMatchers, type MatchLabels } from './match.ts';

/** A silence in force, made here or elsewhere. */
export interface InForce {
  /** `SIL-<n>`, or Alertmanager's id of one made elsewhere. */
  readonly id: string;
  readonly by: Actor;
  readonly endsAt: number;
  readonly matchers: readonly SilenceMatcher[];
  /** Digest and text of why. */
  readonly reason: { readonly digest: string; readonly text: string };
}

/** A silence whose matchers are compiled. */
export interface Muting extends InForce {
  readonly matches: MatchLabels;
}

/** Compiles silences once for many alerts; one whose expressions we cannot read mutes nothing here. */
export function compileMuting(silences: readonly InForce[]): readonly Muting[] {
  return silences.flatMap((silence) => {
    try {
      return [{ ...silence, matches: compileMatchers(silence.matchers) }];
    } catch {
      return [];
    }
  });
}

/**
 * The silence that an incident's silence ends with; null: some alert of it is not muted, or none fires. Each alert is
 * muted until the last of its silences ends, the incident until the first of its alerts is heard again.
 */
export function silenceOver(alerts: readonly Labels[], muting: readonly Muting[]): Muting | null {
  let first: Muting | null = null;
  for (const labels of alerts) {
    const over = lastToEnd(muting.filter(({ matches }) => matches(labels)));
    if (over === null) return null;
    if (first === null || over.endsAt < first.endsAt) first = over;
  }
  return first;
}

function lastToEnd(muting: readonly Muting[]): Muting | null {
  return muting.reduce<Muting | null>((last, each) => (last === null || each.endsAt > last.endsAt ? each : last), null);
}
