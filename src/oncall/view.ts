import type { JournalReader } from '../journal/port.ts';
import type { EscalationContext } from './escalation-context.ts';
import { ESCALATION, type EscalationState } from './escalation-state.ts';
import type { EscalationView } from './page.ts';
import { type Names, whoIsNext } from './pages.ts';

type Reader = Pick<JournalReader, 'aggregate'>;
type EventReader = Pick<JournalReader, 'aggregate' | 'eventsOf'>;

/** The escalation of an incident as the edges show it; null for one without pages. */
export async function viewEscalation(
  reader: EventReader,
  context: Pick<EscalationContext, 'config' | 'means'>,
  incident: string,
): Promise<EscalationView | null> {
  const row = await reader.aggregate<EscalationState>(ESCALATION, incident);
  if (row === null) return null;
  const { state } = row;
  const next = state.status === 'running' ? whoIsNext(context, state, state.next) : null;
  return {
    level: state.level,
    nextAt: next?.at ?? null,
    paged: await pagedLast(reader, incident),
    next: next === null ? null : { people: next.people, targets: next.targets },
    respondBy: state.status === 'stopped' ? null : state.respondBy,
    ack: ackOf(state),
  };
}

function ackOf({ ack }: EscalationState): EscalationView['ack'] {
  if (ack == null) return null;
  const { next, askedAt, answeredUpTo } = ack;
  return { next, askedAt, answeredUpTo };
}

/** How far the pages of an incident have got, from the store alone; null for one without pages. */
export async function readEscalation(
  reader: Reader,
  incident: string,
): Promise<{ readonly level: number; readonly nextAt: number | null; readonly ackExpiresAt: number | null } | null> {
  const row = await reader.aggregate<EscalationState>(ESCALATION, incident);
  if (row === null) return null;
  const { level, next, ack } = row.state;
  return { level, nextAt: next?.at ?? null, ackExpiresAt: ack?.next.at ?? null };
}

const PAGED: ReadonlySet<string> = new Set(['escalation.paged', 'escalation.called', 'ack.struck']);

async function pagedLast(reader: EventReader, incident: string): Promise<Names | null> {
  const last = (await reader.eventsOf(ESCALATION, incident)).findLast(({ type }) => PAGED.has(type));
  if (last === undefined) return null;
  const { people, targets } = last.data;
  return { people: keysOf(people), targets: keysOf(targets) };
}

function keysOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
