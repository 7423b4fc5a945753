import { FORMS } from '../modals/forms.ts';
import type { PressHandler } from './button.ts';
import { ackAllButton } from './buttons/ack-all.ts';
import { formButton, moreSelect } from './buttons/forms.ts';
import { handoffAcceptButton } from './buttons/handoff-accept.ts';
import { liftButton } from './buttons/lift.ts';
import { RUN_BUTTONS } from './buttons/on-run.ts';
import { openThreadButton } from './buttons/open-thread.ts';
import { overrideRemoveButton } from './buttons/override-remove.ts';
import { READING_BUTTONS } from './buttons/reading.ts';
import { restartButton, runButton } from './buttons/run.ts';
import { runLogButton } from './buttons/run-log.ts';
import { takeOverButton } from './buttons/take-over.ts';
import { storedButton } from './stored.ts';

/** Every button that can be pressed. A new one is a line here, and a file of `buttons/` when it does something of its own. */
export const BUTTONS: readonly PressHandler[] = [
  storedButton('ack', { right: 'R1', doing: 'Acknowledging' }),
  ackAllButton,
  storedButton('resolve', { right: 'R1', doing: 'Resolving' }),
  storedButton('diagnose', { right: 'evidence', doing: 'Running a diagnosis' }),
  storedButton('unsnooze', { right: 'R1', doing: 'Waking' }),
  storedButton('unmerge', { right: 'R1', doing: 'Undoing the merge' }),
  storedButton('pass-on', { right: 'R1', doing: 'Passing it on' }),
  storedButton('need-help', { right: 'R1', doing: 'Asking for help' }),
  storedButton('still-on-it', {
    right: 'R1',
    doing: 'Answering',
    command: ({ value }) => ({ args: value.d === undefined ? {} : { seconds: value.d } }),
  }),
  takeOverButton,
  openThreadButton,
  restartButton,
  ...RUN_BUTTONS,
  runLogButton,
  runButton,
  liftButton,
  overrideRemoveButton,
  handoffAcceptButton,
  ...FORMS.map(formButton),
  moreSelect,
  ...READING_BUTTONS,
];
