import type { Checkboxes, DateTimepicker, InputBlock, PlainTextOption, SectionBlock } from '@slack/types';
import type { IncidentView } from '../../alerts/incident-view.ts';
import { plain } from '../mrkdwn.ts';

const MOST_OPTIONS = 100;
const LONGEST_OPTION = 75;
export const SHORTEST_REASON = 3;
export const LONGEST_REASON = 300;

export interface TextField {
  readonly name: string;
  readonly label: string;
  readonly max: number;
  readonly hint?: string;
  readonly initial?: string | undefined;
  readonly isOptional?: boolean;
  readonly isMultiline?: boolean;
  /** What the form shows follows what is typed. */
  readonly redraws?: boolean;
}

/** A field to type into. */
export function textField(field: TextField): InputBlock {
  const initial = field.initial?.slice(0, field.max);
  return {
    type: 'input',
    block_id: field.name,
    optional: field.isOptional === true,
    ...(field.redraws === true ? { dispatch_action: true } : {}),
    label: { type: 'plain_text', text: field.label },
    ...(field.hint === undefined ? {} : { hint: { type: 'plain_text', text: field.hint } }),
    element: {
      type: 'plain_text_input',
      action_id: 'value',
      max_length: field.max,
      multiline: field.isMultiline === true,
      ...(initial === undefined || initial === '' ? {} : { initial_value: initial }),
      ...(field.redraws === true
        ? { dispatch_action_config: { trigger_actions_on: ['on_enter_pressed' as const] } }
        : {}),
    },
  };
}

export interface Choice {
  readonly value: string;
  /** Not escaped yet. */
  readonly text: string;
}

export interface SelectField {
  readonly name: string;
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly hint?: string;
  readonly initial?: string | undefined;
  readonly isOptional?: boolean;
  readonly redraws?: boolean;
}

/** A field to pick one of a list; at most 100 are shown. */
export function selectField(field: SelectField): InputBlock {
  const options = field.choices.slice(0, MOST_OPTIONS).map(option);
  const initial = options.find(({ value }) => value === field.initial);
  return {
    type: 'input',
    block_id: field.name,
    optional: field.isOptional === true,
    ...(field.redraws === true ? { dispatch_action: true } : {}),
    label: { type: 'plain_text', text: field.label },
    ...(field.hint === undefined ? {} : { hint: { type: 'plain_text', text: field.hint } }),
    element: {
      type: 'static_select',
      action_id: 'value',
      placeholder: { type: 'plain_text', text: 'Choose' },
      options,
      ...(initial === undefined ? {} : { initial_option: initial }),
    },
  };
}

export interface MomentField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** Epoch seconds, as `FormValues` gives them. */
  readonly initial?: string | undefined;
  readonly isOptional?: boolean;
  readonly redraws?: boolean;
}

/** A field to pick a day and a time, which Slack shows in the zone of whoever fills it in. */
export function momentField(field: MomentField): InputBlock {
  const initial = Number(field.initial);
  const element: DateTimepicker = { type: 'datetimepicker', action_id: 'value' };
  return {
    type: 'input',
    block_id: field.name,
    optional: field.isOptional === true,
    ...(field.redraws === true ? { dispatch_action: true } : {}),
    label: { type: 'plain_text', text: field.label },
    ...(field.hint === undefined ? {} : { hint: { type: 'plain_text', text: field.hint } }),
    // ten digits are what Slack takes
    element: /^\d{10}$/.test(field.initial ?? '') ? { ...element, initial_date_time: initial } : element,
  };
}

/** Boxes to tick; Slack draws at most ten of them in one field. */
export function tickField(name: string, label: string, choices: readonly Choice[]): InputBlock {
  const element: Checkboxes = { type: 'checkboxes', action_id: 'value', options: choices.map(option) };
  return { type: 'input', block_id: name, optional: true, label: { type: 'plain_text', text: label }, element };
}

/** The reason field, as every form has it. */
export function reasonField(initial: string | undefined, isOptional = false): InputBlock {
  return textField({ name: 'reason', label: 'Reason', max: LONGEST_REASON, initial, isOptional });
}

/** What is wrong with a reason; null: nothing. */
export function wrongReason(reason: string, isOptional = false): string | null {
  if (reason === '' && isOptional) return null;
  if (reason.length >= SHORTEST_REASON && reason.length <= LONGEST_REASON) return null;
  return `Say why in ${SHORTEST_REASON} to ${LONGEST_REASON} characters.`;
}

/** Which incident a form is about; the first thing in it. */
export function aboutField(incident: IncidentView): SectionBlock {
  const text = `${incident.id} · ${incident.severity} · ${plain(incident.about.title, 200)}`;
  return { type: 'section', text: { type: 'plain_text', text } };
}

/** A name as an option of a select. */
export function optionOf(name: string): PlainTextOption {
  return option({ value: name, text: name });
}

function option({ value, text }: Choice): PlainTextOption {
  return { text: { type: 'plain_text', text: plain(text, LONGEST_OPTION) || value }, value };
}
