/** Who was paged for an incident, when, by what, with what answer: from effects and events alone. */
import type { Means } from '../../core/config/config.ts';
import type { Effect, JournalReader, StoredEvent } from '../../journal/port.ts';
import { ESCALATION } from '../escalation-state.ts';
import { PAGE_KINDS, PAPER, type PageRequest } from '../page.ts';
import { type Answer, answerAfter } from './answer.ts';

type Reader = Pick<JournalReader, 'aggregate' | 'effects' | 'eventsAbout'>;

/** One page; times are epoch ms. */
export interface PagedRow {
  /** Number of the policy start, 1-based level, 0 the level itself and then its repeats. */
  readonly cycle: number;
  readonly level: number;
  readonly round: number;
  /** Keys of oncall.people, and targets as written that are no person. */
  readonly people: readonly string[];
  readonly targets: readonly string[];
  readonly means: Means;
  /** Why it goes beyond the levels of the policy (a call for help, the clock of an acknowledgement); null: it does not. */
  readonly beyond: string | null;
  /** null: it was never asked for (`skipped`). */
  readonly askedAt: number | null;
  /** Seconds between when it fell due and when it was asked for. */
  readonly lateSeconds: number;
  readonly outcome: Outcome;
  /** Why it was not sent, dropped or skipped; what went wrong. */
  readonly why: string | null;
  readonly sentAt: number | null;
  /** Where it can be found, or the vendor's name for it. */
  readonly reference: string | null;
  /** How many pages one message carried. */
  readonly folded: number;
  /** When the vendor said so; null: not known. */
  readonly deliveredAt: number | null;
  readonly answer: Answer | null;
}
export type Outcome =
  | 'sent'
  /** The vendor took it, and says that it did not arrive. */
  | 'undelivered'
  | 'failed'
  | 'unknown'
  | 'superseded'
  | 'dropped'
  /** Of a drill on paper: written down, never sent. */
  | 'paper'
  /** Asked for, not sent yet. */
  | 'wanted'
  | 'claimed'
  | 'skipped';

/** A row a page, in the order in which they were asked for; null when there is no such incident. */
export async function readPaged(reader: Reader, incident: string): Promise<PagedRow[] | null> {
  if ((await reader.aggregate('incident', incident)) === null) return null;
  const [events, effects] = await Promise.all([
    reader.eventsAbout(incident),
    reader.effects({ kinds: PAGE_KINDS, incident }),
  ]);
  const own = events.filter(({ kind, id }) => kind === ESCALATION && id === incident);
  const rows = [
    ...effects.map((effect) => rowOfPage(effect, events, own)),
    ...own.filter(({ type }) => type === 'page.skipped').flatMap(rowsOfSkipped),
  ];
  return rows.sort((a, b) => a.at - b.at || a.row.level - b.row.level).map(({ row }) => row);
}

interface Placed {
  readonly at: number;
  readonly row: PagedRow;
}

function rowOfPage(effect: Effect, events: readonly StoredEvent[], own: readonly StoredEvent[]): Placed {
  const { cycle, level, round, people, targets, means, dueAt, beyond } = effect.data as PageRequest;
  const isOf = ({ data }: StoredEvent) => data.cycle === cycle && data.level === level && data.round === round;
  // a page beyond the policy (a call for help, the clock of an acknowledgement) is asked for by other events
  const ofLevel = beyond === undefined ? own.find((event) => ASKS.has(event.type) && isOf(event)) : undefined;
  const asked = ofLevel ?? own.findLast(({ at }) => at <= effect.askedAt);
  const said = own.find((event) => DELIVERY.has(event.type) && isOf(event) && isSamePlace(event, effect));
  const isLost = said?.type === 'page.undelivered';
  const sentAt = effect.state === 'done' ? effect.closedAt : null;
  const row: PagedRow = {
    ...{ cycle, level, round, people, targets, means },
    beyond: beyond?.why ?? null,
    askedAt: effect.askedAt,
    lateSeconds: Math.max(0, Math.round((effect.askedAt - dueAt) / 1000)),
    outcome: isLost ? 'undelivered' : outcomeOf(effect),
    why: isLost ? String(said?.data.detail) : (textIn(effect, 'error') ?? reasonIn(effect)),
    sentAt,
    reference: textIn(effect, 'reference'),
    folded: Number(effect.result?.folded ?? 1),
    deliveredAt: isLost ? null : (said?.at ?? null),
    answer: asked === undefined ? null : answerAfter(events, asked, sentAt ?? effect.askedAt),
  };
  return { at: effect.askedAt, row };
}

const ASKS: ReadonlySet<string> = new Set(['escalation.paged', 'escalation.exhausted']);

/** What a vendor says of a page that it took. */
const DELIVERY: ReadonlySet<string> = new Set(['page.delivered', 'page.undelivered']);

function isSamePlace(event: StoredEvent, { data }: Effect): boolean {
  const place = ({ means, people, targets }: Effect['data']) => JSON.stringify([means, people, targets]);
  return place(event.data) === place(data);
}

function outcomeOf({ state, result }: Effect): Outcome {
  if (state === 'done') return 'sent';
  if (state === 'dropped' && result?.reason === PAPER) return 'paper';
  return state === 'failed' && result?.outcome === 'superseded' ? 'superseded' : state;
}

function textIn({ result }: Effect, key: string): string | null {
  const value = result?.[key];
  return typeof value === 'string' ? value : null;
}

function reasonIn(effect: Effect): string | null {
  const reason = textIn(effect, 'reason');
  return reason === PAPER ? null : reason;
}

function rowsOfSkipped({ at, data }: StoredEvent): Placed[] {
  const pages = data.pages as ReadonlyArray<{ target: string; person: string | null; means: Means }>;
  return pages.map(({ target, person, means }) => ({
    at,
    row: {
      cycle: Number(data.cycle),
      level: Number(data.level),
      round: Number(data.round),
      people: person === null ? [] : [person],
      targets: person === null ? [target] : [],
      means,
      beyond: null,
      askedAt: null,
      lateSeconds: 0,
      outcome: 'skipped',
      why: String(data.reason),
      sentAt: null,
      reference: null,
      folded: 1,
      deliveredAt: null,
      answer: null,
    },
  }));
}
