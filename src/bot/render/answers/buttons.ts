import type { ActionsBlock, Button } from '@slack/types';
import { readButtonPrint } from '../../button.ts';

/** A button that only reads: pressing it answers its presser. `subject` is the key of a service or probe. */
export function readButton(verb: string, subject: string | null, label: string): Button {
  return {
    type: 'button',
    action_id: `gi.${verb}`,
    text: { type: 'plain_text', text: label.slice(0, 75), emoji: false },
    value: readButtonPrint(subject),
    accessibility_label: `Show ${label}`.slice(0, 75),
  };
}

/** Buttons in a row. `action_id` repeats within a message are told apart by their rows' `block_id`. */
export function buttonRow(id: string, buttons: readonly Button[]): ActionsBlock {
  return { type: 'actions', block_id: id.slice(0, 255), elements: [...buttons] };
}
