import { READ_VERBS, specOf, type Verb } from '../../commands/grammar.ts';
import { carryOut } from '../../commands/speak.ts';
import type { PressedSubject } from '../../commands/verb.ts';
import type { Desk } from '../../listen/deps.ts';
import type { PressHandler } from '../button.ts';
import { refuseUnknown } from '../unknown.ts';

/** `gi.status`, `gi.probe`, …: reads at the press, for the presser alone. */
export const READING_BUTTONS: readonly PressHandler[] = READ_VERBS.map(readingButton);

function readingButton(verb: Verb): PressHandler {
  return {
    verb,
    press: async (click, asker, deps) => {
      const subject = click.value.s === undefined ? null : subjectOf(click.value.s, deps);
      if (subject === undefined) return refuseUnknown(asker, click);
      const command = specOf(verb).pressed?.(subject);
      await (command === undefined ? refuseUnknown(asker, click) : carryOut(command, asker, deps));
    },
  };
}

/** undefined: the configuration does not know it any more. */
function subjectOf(name: string, deps: Desk): PressedSubject | undefined {
  const { services, probes } = deps.config.current();
  if (Object.hasOwn(services, name)) return { kind: 'service', name };
  return Object.hasOwn(probes, name) ? { kind: 'probe', name } : undefined;
}
