import { changeRoster } from '../change-roster.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

/** `oncall override-remove OVR-1`: an override or a swap holds no longer. */
export const overrideRemoveVerb = defineVerb<{ readonly verb: 'override-remove'; readonly id: string }>({
  verb: 'override-remove',
  about: 'roster',
  group: 'People',
  usage: 'oncall override-remove OVR-1',
  says: 'an override or a swap ends; what has passed stays as it was',
  examples: ['oncall override-remove OVR-1'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['remove-override', 'un-swap'],
  isMinor: true,
  parse: ([first, surplus]) => {
    if (first === undefined) return { kind: 'missing', verb: 'oncall override-remove', what: 'override' };
    if (surplus !== undefined) return { kind: 'surplus', verb: 'override-remove', word: surplus.word };
    const number = /^#?(?:ovr-)?([1-9]\d{0,8})$/i.exec(first.word)?.[1];
    if (number !== undefined) return { kind: 'command', command: { verb: 'override-remove', id: `OVR-${number}` } };
    return { kind: 'unknown', what: 'override', word: first.word, suggestions: ['oncall overrides'] };
  },
  execute: ({ id }, asker, deps) =>
    changeRoster({ verb: 'override-remove', doing: 'Removing an override', args: { id }, readAs: '' }, asker, deps),
});
