import type { JournalReader, StoredEvent } from '../journal/port.ts';
import type { DescribeEvent, NameKey, TimelineEntry } from './change.ts';

const DIGEST = /^[0-9a-f]{32}$/;

/** What happened to an incident, oldest first, in the words of the room that each event belongs to. */
export async function timelineOf(
  journal: JournalReader,
  id: string,
  describers: readonly DescribeEvent[],
  nameOf?: NameKey,
): Promise<TimelineEntry[]> {
  return entriesOf(journal, await journal.eventsAbout(id), describers, nameOf);
}

/** The same of any events, in their order. */
export async function entriesOf(
  journal: Pick<JournalReader, 'payloads'>,
  events: readonly StoredEvent[],
  describers: readonly DescribeEvent[],
  nameOf?: NameKey,
): Promise<TimelineEntry[]> {
  const texts = await journal.payloads([...new Set(events.flatMap(digestsOf))]);
  return events.flatMap((event) => {
    const text = describe(event, texts, describers, nameOf);
    return text === null ? [] : [{ at: event.at, kind: event.type, by: event.actor, text }];
  });
}

function describe(
  event: StoredEvent,
  texts: ReadonlyMap<string, string>,
  describers: readonly DescribeEvent[],
  nameOf: NameKey | undefined,
): string | null {
  for (const describer of describers) {
    const text = describer(event, texts, nameOf);
    if (text !== null) return text;
  }
  return null;
}

function digestsOf(event: StoredEvent): string[] {
  return Object.values(event.data).filter((value): value is string => typeof value === 'string' && DIGEST.test(value));
}
