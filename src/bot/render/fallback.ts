import type { MrkdwnElement, PlainTextElement, SectionBlock } from '@slack/types';
import { LIMITS } from '../limits.ts';
import type { MessagePayload, PlainBlock } from './payload.ts';

/**
 * What to send when Slack refuses the blocks: first every text as sections, without buttons; then the text alone. One
 * bad block rejects the whole message (UX.md 0.8), and a page must arrive.
 */
export function sectionsOnly(payload: MessagePayload): MessagePayload {
  const blocks = payload.blocks.flatMap(textsOf).map((text): SectionBlock => ({ type: 'section', text }));
  return { text: payload.text, blocks };
}

/** The text alone, short enough for every method. */
export function textOnly(payload: MessagePayload): MessagePayload {
  return { text: payload.text.slice(0, LIMITS.text), blocks: [] };
}

function textsOf(block: PlainBlock): Array<MrkdwnElement | PlainTextElement> {
  switch (block.type) {
    case 'header':
      return [block.text];
    case 'section':
      return [block.text, ...(block.fields ?? [])].filter((text) => text !== undefined);
    case 'context':
      return block.elements.filter((element) => element.type === 'mrkdwn' || element.type === 'plain_text');
    case 'image':
      return [{ type: 'plain_text', text: block.alt_text, emoji: false }];
    case 'actions':
      return [];
    default: {
      const never: never = block;
      return never;
    }
  }
}
