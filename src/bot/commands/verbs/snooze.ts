import { wrongReason } from '../../modals/form-fields.ts';
import { snoozeForm } from '../../modals/forms/snooze.ts';
import { readArguments } from '../arguments.ts';
import { changeOrAsk } from '../change-or-ask.ts';
import { saidReason } from '../said.ts';
import { spanAsked } from '../span-asked.ts';
import { readSpan, type Span } from '../spans.ts';
import { readTargets } from '../targets.ts';
import { defineVerb, RESPONDER } from '../verb.ts';
import { readWords } from '../words.ts';

interface SnoozeCommand {
  readonly verb: 'snooze';
  readonly incidents: readonly string[];
  readonly span: Span | null;
  readonly reason: string | null;
}

/** `snooze ID 2h REASON`: its pages pause, it stays visible, it wakes by itself. */
export const snoozeVerb = defineVerb<SnoozeCommand>({
  verb: 'snooze',
  about: 'incident',
  group: 'Incidents',
  usage: 'snooze ID 30m|2h|1h30m|until 18:00|until tomorrow 9am REASON',
  says: 'pause its pages for a while',
  examples: ['snooze 42 2h waiting for the vendor', 'snooze 42 until 18:00 deploy runs'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['pause', 'later'],
  parse: (rest, context) => {
    const targets = readTargets('snooze', rest, context);
    if (targets.kind !== 'targets') return targets;
    const { positional, options, unknown } = readArguments(targets.rest, { for: 'span', reason: 'text' });
    if (unknown !== null) return { kind: 'unknown', what: 'option', word: unknown, suggestions: ['for', 'reason'] };
    const asked = options.get('for');
    const said = asked === undefined ? positional : readWords(asked);
    const read = readSpan(said.map(({ word }) => word));
    const [first] = said;
    if (first !== undefined && read === null) {
      return { kind: 'unknown', what: 'time', word: first.word, suggestions: ['30m', '2h', 'until 18:00'] };
    }
    const words = asked === undefined ? positional.slice(read?.taken ?? 0) : positional;
    const reason = saidReason(options.get('reason'), words);
    return {
      kind: 'command',
      command: { verb: 'snooze', incidents: targets.incidents, span: read?.span ?? null, reason },
    };
  },
  execute: async ({ incidents, span, reason }, asker, deps) => {
    const asked = await spanAsked(span, asker, deps);
    const isWhole = asked !== null && asked.seconds > 0 && reason !== null && wrongReason(reason) === null;
    const args = isWhole ? { seconds: asked.seconds, reason } : null;
    const given = { seconds: asked === null ? null : String(asked.seconds), reason };
    const readAs = asked === null ? {} : { readAs: asked.readAs };
    await changeOrAsk(snoozeForm, { incidents, args, given, ...readAs }, asker, deps);
  },
});
