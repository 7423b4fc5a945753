import { escalateForm } from '../../modals/forms/escalate.ts';
import { changeOrAsk } from '../change-or-ask.ts';
import { saidText } from '../said.ts';
import { readTargets } from '../targets.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

interface EscalateCommand {
  readonly verb: 'escalate';
  readonly incidents: readonly string[];
  /** As it was written: a person, a schedule or a contact; null: nobody was named. */
  readonly to: string | null;
  readonly message: string | null;
}

/** `escalate ID WHOM MESSAGE`: pages somebody by name, now. */
export const escalateVerb = defineVerb<EscalateCommand>({
  verb: 'escalate',
  about: 'incident',
  group: 'Incidents',
  usage: 'escalate ID @PERSON|schedule:NAME|contact:NAME [MESSAGE]',
  says: 'page somebody by name, now',
  examples: ['escalate 42 @marco', 'escalate 42 schedule:backup the replica is gone too'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['esc', 'page-for'],
  isMinor: true,
  parse: (rest, context) => {
    const targets = readTargets('escalate', rest, context);
    if (targets.kind !== 'targets') return targets;
    const { incidents } = targets;
    const [first, ...words] = targets.rest.filter(({ word }, index) => index > 0 || word.toLowerCase() !== 'to');
    const to = first === undefined ? null : first.word.replace(/^@/, '');
    return { kind: 'command', command: { verb: 'escalate', incidents, to, message: saidText(words) } };
  },
  execute: ({ incidents, to, message }, asker, deps) => {
    const args = to === null ? null : { to, ...(message === null ? {} : { message }) };
    return changeOrAsk(escalateForm, { incidents, args, given: { message } }, asker, deps);
  },
});
