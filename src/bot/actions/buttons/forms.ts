import type { FormSpec } from '../../modals/form.ts';
import { FORMS } from '../../modals/forms.ts';
import { openForm } from '../../modals/open-form.ts';
import type { PressHandler } from '../button.ts';
import { refuseUnknown } from '../unknown.ts';
import { runButton } from './run.ts';

/** `gi.<form>`: opens the form, never acts by itself. */
export function formButton(form: FormSpec): PressHandler {
  return {
    verb: form.verb,
    press: async (click, asker, deps) => {
      const { i: incident = null, n: version, s: about } = click.value;
      if (about !== undefined && form.opensFor !== undefined) {
        return openForm(form, await form.opensFor(about, deps), asker, deps);
      }
      return openForm(form, { incident, version, given: {} }, asker, deps);
    },
  };
}

/** `gi.more`: the select "More actions"; a pick opens its form, never acts by itself. */
export const moreSelect: PressHandler = {
  verb: 'more',
  press: (click, asker, deps) => {
    if (click.value.verb === runButton.verb) return runButton.press(click, asker, deps);
    const form = FORMS.find(({ verb }) => verb === click.value.verb);
    return form === undefined ? refuseUnknown(asker, click) : formButton(form).press(click, asker, deps);
  },
};
