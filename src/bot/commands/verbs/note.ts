import { noteForm } from '../../modals/forms/note.ts';
import { changeOrAsk } from '../change-or-ask.ts';
import { saidText } from '../said.ts';
import { readTargets } from '../targets.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

interface NoteCommand {
  readonly verb: 'note';
  readonly incidents: readonly string[];
  readonly text: string | null;
}

/** `note ID TEXT`: writes the text into the timeline as it was typed. */
export const noteVerb = defineVerb<NoteCommand>({
  verb: 'note',
  about: 'incident',
  group: 'Incidents',
  usage: 'note ID TEXT',
  says: 'write something into the timeline',
  examples: ['note 42 failed over to the replica'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['comment', 'log'],
  parse: (rest, context) => {
    const targets = readTargets('note', rest, context, { isText: true });
    if (targets.kind !== 'targets') return targets;
    return {
      kind: 'command',
      command: { verb: 'note', incidents: targets.incidents, text: saidText(targets.rest) },
    };
  },
  execute: ({ incidents, text }, asker, deps) => {
    const said = text?.replace(/@([UW][A-Z0-9]{2,20})\b/g, (_all, id) => `@${deps.directory.nameOf(`slack:${id}`)}`);
    return changeOrAsk(
      noteForm,
      { incidents, args: said === undefined ? null : { text: said }, given: {} },
      asker,
      deps,
    );
  },
});
