import { changeRoster } from '../../commands/change-roster.ts';
import type { PressHandler } from '../button.ts';
import { refuseUnknown } from '../unknown.ts';

/** `gi.override-remove`: ends an override or a swap of the list. */
export const overrideRemoveButton: PressHandler = {
  verb: 'override-remove',
  press: (click, asker, deps) => {
    const id = click.value.s;
    if (id === undefined) return refuseUnknown(asker, click);
    const change = { verb: 'override-remove', doing: 'Removing an override', args: { id }, readAs: '' } as const;
    return changeRoster(change, asker, deps);
  },
};
