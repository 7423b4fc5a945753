import { acceptHandoff } from '../../commands/accept-handoff.ts';
import type { PressHandler } from '../button.ts';
import { refuseUnknown } from '../unknown.ts';

/** `gi.handoff-accept`: the next person takes the shift. */
export const handoffAcceptButton: PressHandler = {
  verb: 'handoff-accept',
  press: (click, asker, deps) => {
    const id = click.value.s;
    return id === undefined ? refuseUnknown(asker, click) : acceptHandoff(id, asker, deps);
  },
};
