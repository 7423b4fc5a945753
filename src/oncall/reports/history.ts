/** What happened in a window of time, read from the journal in pages so that nothing waits long for it. */
import type { IncidentAbout, IncidentState } from '../../alerts/incident-state.ts';
import type { Severity } from '../../core/config/config.ts';
import type { JournalReader, StoredEvent } from '../../journal/port.ts';
import { DRILL } from '../drills/drill-state.ts';
import { PAGE_KINDS, type PageRequest } from '../page.ts';
import { type Cycle, followCycle, type IsFix, type Measure } from './cycle.ts';

type Reader = Pick<
  JournalReader,
  'head' | 'eventsAfter' | 'eventsAbout' | 'aggregate' | 'aggregates' | 'payloads' | 'effects'
>;

/** What one incident did within the window. */
export interface IncidentHistory {
  readonly alertname: string;
  /** Null: it was opened before. */
  readonly opened: { readonly at: number; readonly severity: Severity } | null;
  readonly acknowledged: boolean;
  readonly resolved: 'by-itself' | 'by-a-person' | null;
  /** How often it fired again, before or after it was resolved. */
  readonly firedAgain: number;
}

/** One person was paged: for one level by however many means, or for several in one message. */
export interface PageHistory {
  readonly at: number;
  readonly person: string;
}

export interface History {
  readonly incidents: readonly IncidentHistory[];
  readonly measures: readonly Measure[];
  readonly pages: readonly PageHistory[];
}

export interface Window {
  readonly since: number;
  readonly until: number;
}

const AT_ONCE = 500;

/** Reads what happened, drills aside, from `since` up to but not including `until`, epoch ms. */
export async function readHistory(journal: Reader, { since, until }: Window, isFix: IsFix): Promise<History> {
  const notes = new Map<string, Note>();
  const measures: Measure[] = [];
  const drills = new Set((await journal.aggregates(DRILL)).map(({ id }) => id));
  let after = await lastBefore(journal, since);
  for (;;) {
    const events = await journal.eventsAfter(after, AT_ONCE);
    for (const event of events) {
      if (event.at < since || event.at >= until || drills.has(event.incident ?? '')) continue;
      const measure = await follow(journal, notes, event, isFix);
      if (measure !== null) measures.push(measure);
    }
    const last = events.at(-1);
    if (last === undefined || events.length < AT_ONCE) break;
    after = last.seq;
    await breathe();
  }
  return {
    incidents: await named(journal, notes),
    measures,
    pages: await readPages(journal, { since, until }, drills),
  };
}

/** What is noted of an incident on the way. */
interface Note {
  cycle: Cycle | null;
  opened: IncidentHistory['opened'];
  acknowledged: boolean;
  resolved: IncidentHistory['resolved'];
  firedAgain: number;
}

async function follow(
  journal: Reader,
  notes: Map<string, Note>,
  event: StoredEvent,
  isFix: IsFix,
): Promise<Measure | null> {
  if (event.incident === null || (event.kind !== 'incident' && !isFix(event))) return null;
  const note = notes.get(event.incident) ?? (await noteOf(journal, event, isFix));
  notes.set(event.incident, note);
  const { cycle, measure } = followCycle(note.cycle, event, isFix);
  note.cycle = cycle;
  if (event.type === 'incident.opened') note.opened = { at: event.at, severity: event.data.severity as Severity };
  if (event.type === 'incident.acknowledged' || event.type === 'incident.assigned') note.acknowledged = true;
  if (event.type === 'incident.resolved') note.resolved = event.actor === 'auto' ? 'by-itself' : 'by-a-person';
  if (event.type === 'incident.refired' || event.type === 'incident.reopened') note.firedAgain += 1;
  return measure;
}

/** An incident that was opened before the window: what happened before this event is folded first. */
async function noteOf(journal: Reader, first: StoredEvent, isFix: IsFix): Promise<Note> {
  const note: Note = { cycle: null, opened: null, acknowledged: false, resolved: null, firedAgain: 0 };
  if (first.type === 'incident.opened' || first.incident === null) return note;
  for (const event of await journal.eventsAbout(first.incident)) {
    if (event.seq >= first.seq) break;
    note.cycle = followCycle(note.cycle, event, isFix).cycle;
  }
  return note;
}

async function named(journal: Reader, notes: ReadonlyMap<string, Note>): Promise<IncidentHistory[]> {
  const abouts = new Map<string, string>();
  for (const id of notes.keys()) {
    const row = await journal.aggregate<IncidentState>('incident', id);
    if (row !== null) abouts.set(id, row.state.about);
  }
  const texts = await journal.payloads([...new Set(abouts.values())]);
  return [...notes].map(([id, { cycle: _cycle, ...note }]) => {
    return { alertname: alertnameIn(texts.get(abouts.get(id) ?? '')), ...note };
  });
}

function alertnameIn(about: string | undefined): string {
  return about === undefined ? 'erased' : (JSON.parse(about) as IncidentAbout).alertname;
}

/** By however many means a level went out, and however many levels one direct message names: it rang once. */
async function readPages(
  journal: Reader,
  { since, until }: Window,
  drills: ReadonlySet<string>,
): Promise<PageHistory[]> {
  const sent = await journal.effects({ kinds: PAGE_KINDS, states: ['done'], askedSince: since });
  const levels = new Map<string, PageHistory & { readonly message: string | null }>();
  for (const { data, result, askedAt } of sent) {
    const { incident, cycle, level, round, people, means, beyond } = data as PageRequest;
    if (askedAt >= until || drills.has(incident)) continue;
    const told = means === 'dm' && typeof result?.reference === 'string' ? result.reference : null;
    for (const person of people) {
      const key = [incident, cycle, level, round, beyond?.number ?? 0, person].join('|');
      levels.set(key, { at: askedAt, person, message: told ?? levels.get(key)?.message ?? null });
    }
  }
  const rings = new Map<string, PageHistory>();
  for (const [key, { at, person, message }] of levels) {
    const name = message === null ? key : `${person}|${message}`;
    if (!rings.has(name)) rings.set(name, { at, person });
  }
  return [...rings.values()];
}

/** Number of the last event before `since`: times grow with numbers, but for jumps of the clock. */
async function lastBefore(journal: Reader, since: number): Promise<number> {
  let low = 0;
  let high = (await journal.head()).seq;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [event] = await journal.eventsAfter(middle, 1);
    if (event === undefined || event.at >= since) high = middle;
    else low = event.seq;
  }
  return low;
}

function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
