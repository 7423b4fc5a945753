/** What the journal knows of pages and people, for decisions that need more than the escalation's own state. */
import type { IncidentState } from '../alerts/incident-state.ts';
import { isByPerson } from '../core/command.ts';
import type { Effect, JournalReader } from '../journal/port.ts';
import type { Owned } from './ack-decide.ts';
import type { EscalationState } from './escalation-state.ts';
import { PAGE_KINDS, type PageRequest } from './page.ts';
import { isOfClock } from './waiting.ts';

type Reader = Pick<JournalReader, 'effects' | 'aggregate' | 'eventsAbout'>;

/** Keys of people who were paged in this cycle, or are about to be. */
export async function pagedPeople(reader: Reader, state: EscalationState | null): Promise<ReadonlySet<string>> {
  if (state === null) return new Set();
  const states = ['wanted', 'claimed', 'done', 'unknown'] as const;
  const pages = await reader.effects({ kinds: PAGE_KINDS, states, incident: state.incident });
  const requests = pages.map(({ data }) => data as PageRequest);
  return new Set(requests.filter(({ cycle }) => cycle === state.cycle).flatMap(({ people }) => people));
}

/** Keys of the clock's own pages that are wanted still: once somebody shows up nobody has to be asked. */
export async function unansweredPages(reader: Reader, state: EscalationState | null): Promise<string[]> {
  if (state?.ack == null || (state.beyond ?? 0) === 0) return [];
  const pages = await reader.effects({ kinds: PAGE_KINDS, states: ['wanted'], incident: state.incident });
  return pages.filter(({ data }) => isOfClock((data as PageRequest).beyond)).map(({ key }) => key);
}

/** Who owns an incident, and when a person did something about it last. */
export async function whatIsKnown(reader: Reader, incident: string): Promise<Owned> {
  const row = await reader.aggregate<IncidentState>('incident', incident);
  const last = (await reader.eventsAbout(incident)).findLast(({ actor }) => isByPerson(actor));
  return { owner: row?.state.owner ?? null, seenAt: last?.at ?? null };
}

/** Whether somebody took the incident while this page of its policy was on its way. */
export async function wasTakenMeanwhile(reader: Reader, { askedAt, data }: Effect): Promise<boolean> {
  const { incident, beyond } = data as PageRequest;
  if (beyond !== undefined) return false;
  const row = await reader.aggregate<IncidentState>('incident', incident);
  const takenAt = row?.state.acknowledgedAt ?? null;
  return takenAt !== null && takenAt >= askedAt;
}
