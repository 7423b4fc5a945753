import { wrongReason } from '../../modals/form-fields.ts';
import { unackForm } from '../../modals/forms/unack.ts';
import { changeOrAsk } from '../change-or-ask.ts';
import { saidText } from '../said.ts';
import { readTargets } from '../targets.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

interface UnackCommand {
  readonly verb: 'unack';
  readonly incidents: readonly string[];
  readonly reason: string | null;
}

/** `unack ID [REASON]`: nobody has it any more, pages go on. */
export const unackVerb = defineVerb<UnackCommand>({
  verb: 'unack',
  about: 'incident',
  group: 'Incidents',
  usage: 'unack ID [REASON]',
  says: 'nobody has it any more: the pages go on',
  examples: ['unack 42', 'unack 42 I have to leave'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['un-ack', 'unacknowledge', 'release'],
  isMinor: true,
  parse: (rest, context) => {
    const targets = readTargets('unack', rest, context, { isText: true });
    if (targets.kind !== 'targets') return targets;
    const { incidents } = targets;
    return { kind: 'command', command: { verb: 'unack', incidents, reason: saidText(targets.rest) } };
  },
  execute: ({ incidents, reason }, asker, deps) => {
    const isFit = reason === null || wrongReason(reason, true) === null;
    const args = isFit ? (reason === null ? {} : { reason }) : null;
    return changeOrAsk(unackForm, { incidents, args, given: { reason } }, asker, deps);
  },
});
