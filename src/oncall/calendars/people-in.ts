import type { OncallConfig } from '../../core/config/config.ts';
import type { IcsEvent } from './read-ics.ts';

type Named = Pick<IcsEvent, 'summary' | 'attendees' | 'organizer'>;
type People = OncallConfig['people'];

/**
 * Who is on call by an event: the people of oncall.yml with the address of an attendee (of the organizer, when nobody
 * attends), else those whose key stands in the summary as a word. Empty: the event names nobody we know.
 */
export function peopleIn({ summary, attendees, organizer }: Named, people: People): readonly string[] {
  const byAddress = withAddress(attendees.length > 0 ? attendees : [organizer], people);
  return byAddress.length > 0 ? byAddress : inWords(summary, people);
}

function withAddress(addresses: readonly string[], people: People): string[] {
  const wanted = new Set(addresses.map((address) => address.toLowerCase()));
  return Object.keys(people).filter((key) => {
    const own = people[key]?.email ?? null;
    return own !== null && wanted.has(own.toLowerCase());
  });
}

function inWords(summary: string, people: People): string[] {
  const text = ` ${summary.toLowerCase()} `;
  return Object.keys(people).filter((key) => hasWord(text, key.toLowerCase()));
}

/** A key may hold `-`, `_` and `.`, so that a word ends where none of a key's characters follows; a full stop may end a sentence. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text.slice(0, at);
    const after = text.slice(at + word.length);
    if (!/[\p{L}\p{N}_.-]$/u.test(before) && !/^([\p{L}\p{N}_-]|\.[\p{L}\p{N}])/u.test(after)) return true;
  }
  return false;
}
