import type { PressHandler } from '../button.ts';

/** `gi.open-thread`: a link that Slack follows by itself; the press is only taken. */
export const openThreadButton: PressHandler = { verb: 'open-thread', press: (_click, asker) => asker.taken() };
