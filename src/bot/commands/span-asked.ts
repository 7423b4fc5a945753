import { formatDuration } from '../../core/duration.ts';
import type { Desk } from '../listen/deps.ts';
import type { Asker } from './asker.ts';
import { type Span, secondsOf, wallTimeOf } from './spans.ts';
import { zoneOfAsker } from './zone.ts';

/** How long a span is for its asker, and how it was read. */
export interface SpanAsked {
  readonly seconds: number;
  readonly readAs: string;
}

/** Turns what a person said of a time into seconds, by that person's own clock; null: nothing was said. */
export async function spanAsked(span: Span | null, asker: Asker, deps: Desk): Promise<SpanAsked | null> {
  if (span === null) return null;
  const now = deps.clock.now();
  const zone = await zoneOfAsker(asker.userId, deps);
  const seconds = secondsOf(span, now, zone);
  const end = wallTimeOf(now + seconds * 1000, zone);
  return { seconds, readAs: `🕑 ${formatDuration(seconds)}, until ${end}.` };
}
