import type { Clock } from '../../core/clock.ts';
import type { Command, Outcome } from '../../core/command.ts';
import type { Config, ConfigSource } from '../../core/config/config.ts';
import type { Logger } from '../../core/logger.ts';
import type { Batch, Journal } from '../../journal/port.ts';
import { asText } from '../about.ts';
import { actorName } from '../actor-name.ts';
import type { FollowIncident } from '../change.ts';
import type { DecideContext } from '../decision.ts';
import { decideIncident, type IncidentCommand } from '../incident.ts';
import type { IncidentSet } from '../incident-set.ts';
import type { IncidentState } from '../incident-state.ts';
import type { AlertMetrics } from '../metrics.ts';
import type { Settle } from '../settle.ts';

export interface CommandDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: AlertMetrics;
  readonly follow: FollowIncident;
  readonly settle: Settle;
}

export type Refusal = Extract<Outcome, { kind: 'refused' }>;

/** One command while it is decided. Its handler applies events to `set`. */
export interface Act {
  readonly journal: Journal;
  readonly config: Config;
  readonly command: Command;
  readonly context: DecideContext;
  readonly set: IncidentSet;
}

/** An act on an incident that exists. */
export interface IncidentAct extends Act {
  readonly id: string;
  readonly version: number;
  /** As the journal has it. */
  readonly state: IncidentState;
}

/** What the asker is told once it is done. */
export interface Acted {
  readonly text: string;
  /** The incident that it is about, when that is another one than was named. */
  readonly incident?: string;
  /** What goes into the same batch. */
  readonly part?: Partial<Batch>;
}

/** Decides one verb. */
export type Handle<A extends Act = IncidentAct> = (act: A) => Promise<Acted | Refusal> | Acted | Refusal;

export function refusal(code: string, text: string, remedy: string): Refusal {
  return { kind: 'refused', code, text, remedy };
}

export function isRefusal(value: object): value is Refusal {
  return 'kind' in value && value.kind === 'refused';
}

/** Decides on the incident's state and adds the events to the set; a refusal, when it is one. */
export function decideOn(act: IncidentAct, command: IncidentCommand): Refusal | null {
  const decision = decideIncident(act.state, command, act.context);
  if (decision.kind === 'refused') return refusal(decision.code, decision.text, decision.remedy);
  if (decision.events.length > 0) act.set.apply(act.id, ...decision.events);
  return null;
}

/** Context of a decision at `now` with the configuration in force. */
export function contextOf(config: Config, now: number): DecideContext {
  return { now, nameOf: (actor) => actorName(config, actor), flapping: config.routing.flapping };
}

/** Longest reason, in characters; a note may be longer. */
const LONGEST_REASON = 300;

export interface Reason {
  readonly digest: string;
  readonly part: Pick<Batch, 'payloads'>;
}

/** The reason that a command has to give, to be stored with its batch. */
export function readReason({ command }: Act): Reason | Refusal {
  const { reason } = command.args;
  const text = typeof reason === 'string' ? reason.trim() : '';
  if (text === '') {
    return refusal('REASON_MISSING', 'A reason is needed; nothing was changed.', 'Say why, in a few words.');
  }
  if (text.length > LONGEST_REASON) {
    const what = `The reason has ${text.length} characters; ${LONGEST_REASON} is the most. Nothing was changed.`;
    return refusal('REASON_TOO_LONG', what, 'Shorten it, and write the rest as a note.');
  }
  return storedReason(text);
}

function storedReason(text: string): Reason {
  const stored = asText(text);
  return { digest: stored.digest, part: { payloads: new Map([[stored.digest, stored.text]]) } };
}
