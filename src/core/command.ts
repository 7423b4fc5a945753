import type { JsonObject } from './json.ts';

/**
 * What a person (or a program in a person's name) asks for, as it is stored in the inbox before it is answered.
 * Edges build it; a room's handler decides it on the state as it is then.
 */
export interface Command {
  readonly v: 1;
  /** `ack`, `resolve`, `note`, `diagnose`, `run`, … */
  readonly verb: string;
  /** Who asks: `slack:U012`, `local`. */
  readonly by: Actor;
  /** When it reached us, epoch milliseconds. */
  readonly at: number;
  /** By which surface; `rule`: by none, a rule of the configuration asks; `run`: a step of a run, whose word no surface can give. */
  readonly via: 'button' | 'modal' | 'slash' | 'mention' | 'cli' | 'link' | 'rule' | 'run';
  /** `GI-<n>`, when the command is about an incident. */
  readonly incident?: string;
  /** `RUN-<n>`, when it is about a run. */
  readonly run?: string;
  /** The aggregate's version that the person saw; words the answer, refuses nothing by itself. */
  readonly seen?: number;
  readonly args: JsonObject;
}

/** `slack:<user id>`, `person:<key>` (one of oncall.yml without a Slack account), `local` (the CLI on this host), `auto` (a timer or rule), else the source of a webhook. */
export type Actor = `slack:${string}` | `person:${string}` | 'local' | 'auto' | 'alertmanager' | 'grafana' | 'event';

/** Whether a person did it, at whatever surface. */
export function isByPerson(actor: string): boolean {
  return actor === 'local' || actor.startsWith('slack:') || actor.startsWith('person:');
}

/** What deciding a command came to; shown to the asker. */
export type Outcome =
  | {
      readonly kind: 'done';
      readonly text: string;
      readonly incident?: string;
      readonly run?: string;
      readonly silence?: string;
      readonly override?: string;
      readonly pageTest?: string;
    }
  | { readonly kind: 'refused'; readonly code: string; readonly text: string; readonly remedy: string };

/** Takes a command in: resolves once it is stored (durable); `outcome` resolves once it has been decided. */
export type SubmitCommand = (
  key: string,
  command: Command,
) => Promise<{ readonly duplicate: boolean; readonly outcome: Promise<Outcome> }>;
