import type { Risk } from '../../core/config/config.ts';
import type { Desk } from '../listen/deps.ts';
import type { Answer } from '../render/answers/answer.ts';
import type { Asker } from './asker.ts';
import type { Vocabulary } from './names.ts';
import type { Word } from './words.ts';

/** What is said about a verb, for parsing and for help. */
export interface VerbEntry {
  readonly group: 'Look' | 'Incidents' | 'Act' | 'People' | 'Help';
  readonly usage: string;
  readonly says: string;
  /** Runnable; the first one stands in the overview. */
  readonly examples: readonly string[];
  readonly risk: Risk;
  /** Who may, in words of CONFIG.md, Rights. */
  readonly who: string;
  readonly aliases: readonly string[];
  /** Named without a line of its own in the overview. */
  readonly isMinor?: boolean;
}

/** Everybody, for `VerbEntry.who`. */
export const EVERYBODY = 'everybody';
/** Whoever may do what is R1 and R2, for `VerbEntry.who`. */
export const RESPONDER = 'responder, or whoever is on call now';

/**
 * One verb of `/gianna` and `@gianna`: a file of `verbs/` and a line in `grammar.ts`. What it changes it stores first;
 * what only reads never passes through the inbox.
 */
export interface VerbSpec<C extends { readonly verb: string }> extends VerbEntry {
  readonly verb: C['verb'];
  /** What may stand before it as well as after it: `42 ack`, `gianna status`; `roster`: `oncall override`. */
  readonly about: 'incident' | 'service' | 'roster' | null;
  /** Reads the words after the verb. Pure; never guesses at what to do. */
  parse(rest: readonly Word[], context: VerbContext): ParsedAs<C>;
  /** Carries it out for its asker, and answers. */
  execute(command: C, asker: Asker, deps: VerbDeps): Promise<void>;
  /** The command of its button, for a verb that only reads; without it there is no such button. */
  pressed?(subject: PressedSubject | null): C;
}

/** What a reading button is about. */
export interface PressedSubject {
  readonly kind: 'service' | 'probe';
  readonly name: string;
}

/** The bot's incoming half as verbs use it. */
export type VerbDeps = Desk & {
  /** Help on one verb, or on all. */
  readonly helpOn: (topic: string | null) => Answer;
};

/** What is known where the command was typed. */
export interface ParseContext extends Vocabulary {
  /** The incident of the thread it was typed in. */
  readonly incidentOfThread: string | null;
  /** Incidents of linked messages, by `<channel>/<ts>`. */
  readonly incidentOfLink: ReadonlyMap<string, string>;
}

/** The same with the grammar, for verbs whose words hold other verbs. */
export interface VerbContext extends ParseContext {
  /** The verb that a word names, by name or quiet alias; null when it names none. */
  readonly verbOf: (word: string) => string | null;
  /** Verbs that are about an incident. */
  readonly incidentVerbs: readonly string[];
  /** Verbs that are about who is on call when. */
  readonly rosterVerbs: readonly string[];
}

/** What the words after a verb came to. Nothing but `command` may be carried out. */
export type ParsedAs<C> =
  | { readonly kind: 'command'; readonly command: C }
  /** They are another verb's: `incident 42 ack`. */
  | { readonly kind: 'as'; readonly verb: string; readonly rest: readonly Word[] }
  | NotUnderstood;

export type NotUnderstood =
  | { readonly kind: 'too-long' }
  | {
      readonly kind: 'unknown';
      readonly what:
        | 'command'
        | 'service'
        | 'runbook'
        | 'incident'
        | 'option'
        | 'person'
        | 'schedule'
        | 'severity'
        | 'silence'
        | 'override'
        | 'handoff'
        | 'time';
      readonly word: string;
      /** Canonical words, nearest first, at most five. */
      readonly suggestions: readonly string[];
    }
  | { readonly kind: 'ambiguous'; readonly word: string; readonly candidates: readonly string[] }
  | { readonly kind: 'missing'; readonly verb: string; readonly what: 'incident' | 'silence' | 'override' }
  /** Words left over that a command with effects must not ignore. */
  | { readonly kind: 'surplus'; readonly verb: string; readonly word: string };

/** A verb as its file exports it. */
export function defineVerb<C extends { readonly verb: string }>(spec: VerbSpec<C>): VerbSpec<C> {
  return spec;
}
