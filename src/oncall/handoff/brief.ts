import type { JsonObject } from '../../core/json.ts';
import type { Notice } from '../../journal/notice.ts';
import { type DigestSilence, silenceText } from '../reports/daily-digest.ts';
import { timeText } from '../reports/words.ts';
import type { HandoffState } from './handoff-state.ts';
import { namesOf, type Telling } from './notices.ts';

/** What an effect of kind `brief` carries. */
export type BriefRequest = JsonObject & { readonly handoff: string };

/** What somebody who comes on call has to know: lines of foreign text, not escaped; null: it could not be learnt. */
export interface BriefFacts {
  readonly open: readonly string[];
  readonly silences: readonly DigestSilence[] | null;
  readonly failing: readonly string[] | null;
  readonly happened: readonly string[];
}

/** A brief that is late speaks of a shift that has begun. */
type TellingNow = Telling & { readonly now: number };

const MOST_LINES = 12;

/** What the next person reads before the shift begins. */
export function briefFor(state: HandoffState, facts: BriefFacts, person: string, telling: TellingNow): Notice {
  const { id, schedule, at, until } = state;
  const zone = telling.zoneOf(person);
  const end = until === null ? '' : ` to ${timeText(zone, until)}`;
  const previous = namesOf(state.from, telling);
  const mustAccept = state.status === 'waiting';
  const stays = previous === '' ? 'you are first in line from then on' : `${previous} stays first in line`;
  return {
    to: { person },
    title: `Your shift in ${schedule} ${at > telling.now ? 'begins' : 'began'} ${timeText(zone, at)}`,
    lines: [
      `${timeText(zone, at)}${end} (${zone})${previous === '' ? '' : `, after ${previous}`}.`,
      ...section('Open incidents', facts.open, 'none'),
      ...section('Silences', facts.silences?.map((silence) => silenceText(silence, zone)) ?? null, 'none'),
      ...section('Failing probes', facts.failing, 'none'),
      ...section('What happened', facts.happened, 'nothing'),
      ...(mustAccept ? [`Please accept ${id}: until somebody does, ${stays}.`] : []),
    ],
    ...(mustAccept ? { buttons: [{ action: 'handoff-accept', about: id, label: 'Accept the shift' }] } : {}),
  };
}

/** What whoever leaves reads at the same time. */
export function noteFor(state: HandoffState, person: string, telling: TellingNow): Notice {
  const { schedule, at } = state;
  const next = namesOf(state.to, telling);
  const line =
    state.status === 'waiting'
      ? `${next} has the brief. Until ${next} accepts, you stay first in line, also after that time; you are told either way.`
      : `${next} takes over; nothing needs to be accepted.`;
  return {
    to: { person },
    title: `Your shift in ${schedule} ${at > telling.now ? 'ends' : 'ended'} ${timeText(telling.zoneOf(person), at)}`,
    lines: [line],
  };
}

function section(title: string, lines: readonly string[] | null, none: string): string[] {
  if (lines === null) return [`${title}: could not be asked.`];
  if (lines.length === 0) return [`${title}: ${none}.`];
  const more = lines.length - MOST_LINES;
  const shown = lines.slice(0, MOST_LINES).map((line) => `• ${line}`);
  return [`${title} (${lines.length}):`, ...shown, ...(more > 0 ? [`• and ${more} more`] : [])];
}
