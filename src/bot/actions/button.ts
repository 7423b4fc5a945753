import type { ButtonValue } from '../button.ts';
import type { Asker } from '../commands/asker.ts';
import type { Desk } from '../listen/deps.ts';
import type { Click } from './click-body.ts';

/** A click whose value is one of ours. */
export type OwnClick = Click & { readonly value: ButtonValue };

/** One button: a file of `buttons/` and a line in `buttons.ts`. Its `action_id` is `gi.<verb>`. */
export interface PressHandler {
  readonly verb: string;
  /** Answers the presser unless what was done shows by itself; what it changes it stores first. */
  press(click: OwnClick, asker: Asker, deps: Desk): Promise<void>;
}
