import type { SilenceMatcher } from '../alertmanager.ts';
import type { DescribeEvent } from '../change.ts';
import { alertsText } from './blast-words.ts';
import { printMatchers } from './matcher.ts';
import { asSilenceEvent, type SilenceEvent, type SilenceEventData, type SilenceStamp } from './silence-events.ts';

type Texts = ReadonlyMap<string, string>;

/** The timeline's words for the events of silences. Who did it stands beside the line. Foreign parts are not escaped. */
export const describeSilenceEvent: DescribeEvent = (event, texts) => {
  const own = asSilenceEvent(event);
  return own === null ? null : describe(own, texts);
};

function describe(event: SilenceEvent & SilenceStamp, texts: Texts): string | null {
  switch (event.type) {
    case 'silence.requested':
      return null;
    case 'silence.adopted':
      return `${event.id} taken over, made elsewhere: ${matchersText(event.data.matchers, texts)}`;
    case 'silence.created':
      return created(event.id, event.data, texts);
    case 'silence.failed':
      return `${event.id} was not made: ${texts.get(event.data.why) ?? 'erased'}`;
    case 'silence.extend-asked':
    case 'silence.lift-asked':
      return null;
    case 'silence.extended':
      return `${event.id} extended until ${isoMinute(event.data.endsAt)}`;
    case 'silence.lifted':
      return lifted(event.id, event.data.where);
    case 'silence.change-failed':
      return `${event.id} stays as it was: ${texts.get(event.data.why) ?? 'erased'}`;
    case 'silence.end-changed':
      return `${event.id} was changed in Alertmanager: it ends at ${isoMinute(event.data.endsAt)}`;
    case 'silence.warned':
      return `${event.id} ends soon and mutes ${alertsText(event.data.alerts)}: its author was told`;
    case 'silence.expired':
      return `${event.id} has ended`;
    default:
      return event satisfies never;
  }
}

/** `2026-11-22 18:00 UTC`. */
export function isoMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function created(id: string, data: SilenceEventData['silence.created'], texts: Texts): string {
  const reason = texts.get(data.reason) ?? 'erased';
  return `silenced until ${isoMinute(data.endsAt)}: ${reason} (${id}: ${matchersText(data.matchers, texts)})`;
}

function lifted(id: string, where: SilenceEventData['silence.lifted']['where']): string {
  switch (where) {
    case 'here':
      return `${id} lifted`;
    case 'elsewhere':
      return `${id} was ended in Alertmanager`;
    case 'lost':
      return `${id} is gone: Alertmanager no longer has it`;
    default:
      return where satisfies never;
  }
}

function matchersText(digest: string, texts: Texts): string {
  const text = texts.get(digest);
  return text === undefined ? 'erased' : printMatchers(JSON.parse(text) as SilenceMatcher[]);
}
