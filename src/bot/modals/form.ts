import type { KnownBlock } from '@slack/types';
import * as z from 'zod';
import type { IncidentView } from '../../alerts/incident-view.ts';
import type { Outcome } from '../../core/command.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Desk } from '../listen/deps.ts';
import type { Right } from '../roles.ts';
import type { FormValues } from './view-body.ts';

/**
 * One form about an incident (or that opens one), or about who is on call: a file of `forms/` and a line in `forms.ts`. Its `callback_id` and the
 * `action_id` of its button are `gi.<verb>`; a field's `block_id` is the name of its parameter, its `action_id` `value`.
 */
export interface FormSpec {
  readonly verb: string;
  /** At most 24 characters. */
  readonly title: string;
  /** Begins the sentence of a refusal: `Snoozing`. */
  readonly doing: string;
  /** What the submit button says: names the act. */
  submits(subject: FormSubject): string;
  readonly right: Right;
  /** `either`: it may be about an incident. */
  readonly about: 'incident' | 'either' | 'nothing';
  /** Statuses of the incident in which it makes no sense. */
  readonly notWhen: ReadonlyArray<IncidentView['status']>;
  /** The field that shows what is wrong with the whole. */
  readonly mainField: string;
  /** What a button that names a thing of the bot's own (`LEASE-3`) opens it with; absent: no button does. */
  opensFor?(about: string, deps: Desk): Promise<FormRequest>;
  /** The form as it is to be shown; `subject.given` is filled in. */
  fields(subject: FormSubject, deps: Desk): readonly KnownBlock[] | Promise<readonly KnownBlock[]>;
  /** Checks what was filled in, on a snapshot. */
  read(values: FormValues, subject: FormSubject, deps: Desk): FormRead | Promise<FormRead>;
  /** What became of it after it was decided, for who asked; by default what was decided. */
  told?(outcome: Outcome | null, deps: Desk): Promise<string>;
}

/** What a form is opened with. */
export interface FormRequest {
  readonly incident: string | null;
  /** The version of the incident that the asker saw; null: as it is now. */
  readonly version: number | null;
  /** Fields that are known already. */
  readonly given: Readonly<Record<string, string>>;
}

/** What a form is about. */
export interface FormSubject {
  readonly incident: IncidentView | null;
  /** Slack id of who fills it in. */
  readonly userId: string;
  /** Fields that are filled in already, by name. */
  readonly given: Readonly<Record<string, string>>;
}

/** The command that a form asks for, or what is wrong under which field. */
export type FormRead =
  | {
      readonly kind: 'ask';
      readonly args: JsonObject;
      readonly right?: Right;
      /** `RUN-<n>`, when the command is about one. */
      readonly run?: string;
      /** Another command than the form's own, about an incident that was chosen in it. */
      readonly instead?: { readonly verb: string; readonly incident: IncidentView | null };
      /** What is asked for once the first is done. */
      readonly next?: (done: Extract<Outcome, { kind: 'done' }>) => NextCommand | null;
    }
  | { readonly kind: 'wrong'; readonly errors: Readonly<Record<string, string>> };

/** A second command of a form. */
export interface NextCommand {
  readonly verb: string;
  readonly incident: string;
  readonly args: JsonObject;
}

/** What a form carries along (`private_metadata`): ids only. */
export const FormMeta = z.object({
  incident: z
    .string()
    .regex(/^GI-\d{1,9}$/)
    .nullable(),
  version: z.number().int().nonnegative(),
  channel: z.string().max(30).nullable(),
  ts: z.string().max(30).nullable(),
});
export type FormMeta = z.infer<typeof FormMeta>;
