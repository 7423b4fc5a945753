import type {
  ActionsBlock,
  Button,
  ConfirmationDialog,
  ContextBlock,
  HeaderBlock,
  ImageBlock,
  MrkdwnElement,
  PlainTextElement,
  SectionBlock,
  StaticSelect,
} from '@slack/types';
import { LIMITS } from '../limits.ts';
import { plain } from '../mrkdwn.ts';

/** The blocks of the `plain` rendering: drawn everywhere (UX.md, top). */
export type PlainBlock = HeaderBlock | SectionBlock | ContextBlock | ActionsBlock | ImageBlock;

/** A rendered message: `text` is what a push notification and a screen reader say. */
export interface MessagePayload {
  readonly text: string;
  readonly blocks: readonly PlainBlock[];
}

/** Text that formats; `verbatim`: Slack links and parses nothing by itself. The text must be escaped already. */
export function mrkdwn(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** Text that does not format. The text must be escaped already. */
export function plainText(text: string): PlainTextElement {
  return { type: 'plain_text', text, emoji: false };
}

export function header(text: string): HeaderBlock {
  return { type: 'header', text: { type: 'plain_text', text, emoji: true } };
}

export function section(text: MrkdwnElement | PlainTextElement): SectionBlock {
  return { type: 'section', text };
}

/** Two columns; at most ten, each in mrkdwn. */
export function fields(texts: readonly string[]): SectionBlock {
  return { type: 'section', fields: texts.slice(0, LIMITS.fields).map(mrkdwn) };
}

export function context(...texts: readonly string[]): ContextBlock {
  return { type: 'context', elements: texts.map(mrkdwn) };
}

/** A picture that was uploaded to Slack; `alt` is foreign text that says what it shows. */
export function image(file: string, alt: string): ImageBlock {
  return { type: 'image', slack_file: { id: file }, alt_text: plain(alt, LIMITS.alt) || 'chart' };
}

export interface ButtonSpec {
  /** `action_id` is `gi.<verb>`: a button of `actions/buttons.ts`. */
  readonly verb: string;
  readonly label: string;
  /** For screen readers: what it does to what. */
  readonly spoken: string;
  readonly value: string;
  readonly isPrimary?: boolean;
  /** Slack opens it. */
  readonly url?: string;
  /** Asked before it counts. */
  readonly confirm?: string;
}

/** Buttons in a row, and a select behind them. */
export function actions(
  blockId: string,
  buttons: readonly ButtonSpec[],
  select: StaticSelect | null = null,
): ActionsBlock {
  const elements = [...buttons.map(button), ...(select === null ? [] : [select])];
  return { type: 'actions', block_id: blockId, elements };
}

function button(spec: ButtonSpec): Button {
  return {
    type: 'button',
    text: { type: 'plain_text', text: spec.label, emoji: false },
    action_id: `gi.${spec.verb}`,
    value: spec.value,
    ...(spec.url === undefined ? {} : { url: spec.url }),
    accessibility_label: spec.spoken.slice(0, LIMITS.accessibilityLabel),
    ...(spec.isPrimary === true ? { style: 'primary' as const } : {}),
    ...(spec.confirm === undefined ? {} : { confirm: confirmation(spec.label, spec.confirm) }),
  };
}

function confirmation(label: string, question: string): ConfirmationDialog {
  const text = (words: string) => ({ type: 'plain_text' as const, text: words });
  return { title: text(label), text: text(question), confirm: text(label.slice(0, 30)), deny: text('Cancel') };
}
