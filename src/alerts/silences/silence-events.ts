import type { Severity } from '../../core/config/config.ts';
import type { JsonObject } from '../../core/json.ts';
import type { NewEvent, StoredEvent } from '../../journal/port.ts';
import { SILENCE } from './silence-state.ts';

/** The events of a silence. Who and when are the stored event's `actor` and `at`; texts are digests. */
export type SilenceEventData = {
  /** `agreed`: digest of what a second person agreed to, for the run `run`; absent: nothing of it needs one. */
  'silence.requested': Asked & { readonly seconds: number; readonly agreed?: string; readonly run?: string };
  /** One that somebody made elsewhere and that is changed from here for the first time. */
  'silence.adopted': Asked & { readonly held: string; readonly startsAt: number };
  /** Alertmanager has it. The texts stand here again for the timeline. */
  'silence.created': {
    readonly held: string;
    readonly endsAt: number;
    readonly matchers: string;
    readonly reason: string;
  };
  /** It was not made. `why`: digest. */
  'silence.failed': { readonly why: string };
  'silence.extend-asked': { readonly endsAt: number };
  'silence.extended': { readonly held: string; readonly endsAt: number };
  'silence.lift-asked': Nothing;
  /** `where`: from here, by somebody in Alertmanager, or Alertmanager no longer knows it. */
  'silence.lifted': { readonly where: 'here' | 'elsewhere' | 'lost' };
  /** The change that was asked for was not made; it stays as it was. */
  'silence.change-failed': { readonly why: string };
  /** Somebody changed its end in Alertmanager. */
  'silence.end-changed': { readonly endsAt: number };
  /** Its author was told that it ends soon. */
  'silence.warned': { readonly alerts: number };
  'silence.expired': Nothing;
};

type Asked = {
  readonly incident: string | null;
  readonly service: string | null;
  readonly severity: Severity;
  readonly matchers: string;
  readonly reason: string;
  readonly author: string;
  readonly endsAt: number;
};
type Nothing = Record<string, never>;

export type SilenceEventType = keyof SilenceEventData;
export type SilenceEvent = {
  [T in SilenceEventType]: { readonly type: T; readonly v: 1; readonly data: SilenceEventData[T] };
}[SilenceEventType];

/** Who made an event of which silence happen, and when. */
export interface SilenceStamp {
  readonly id: string;
  readonly at: number;
  readonly actor: string;
}

/** Makes an event of the current shape. */
export function silenceEvent<T extends SilenceEventType>(type: T, data: SilenceEventData[T]): SilenceEvent {
  return { type, v: 1, data } as SilenceEvent;
}

/** Reads a stored event as one of a silence; null when it belongs to another aggregate. */
export function asSilenceEvent(event: StoredEvent): (SilenceEvent & SilenceStamp) | null {
  return event.kind === SILENCE ? (event as unknown as SilenceEvent & SilenceStamp) : null;
}

/** The same events as the journal takes them. */
export function asNewSilenceEvents(events: readonly SilenceEvent[]): NewEvent[] {
  return events.map(({ type, v, data }) => ({ type, v, data: data as JsonObject }));
}
