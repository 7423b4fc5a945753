import type { Desk } from '../listen/deps.ts';
import type { Delivery } from '../listen/socket.ts';

/** One form: a file of this folder and a line in `modals.ts`. Its `callback_id` is `gi.<verb>`. */
export interface ModalHandler {
  readonly verb: string;
  /** Takes what was submitted: acknowledges with errors under the fields, or once it is stored. */
  submit(body: unknown, ack: Delivery['ack'], deps: Desk): Promise<void>;
  /** Something was picked in the open form that changes what it shows. */
  changed?(body: unknown, ack: Delivery['ack'], deps: Desk): Promise<void>;
}
