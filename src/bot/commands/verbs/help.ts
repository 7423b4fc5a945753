import { runbookOfWord } from '../runbook-word.ts';
import { defineVerb, EVERYBODY } from '../verb.ts';

/** `help [topic]`: all commands, or one in full. */
export const helpVerb = defineVerb<{ readonly verb: 'help'; readonly topic: string | null }>({
  verb: 'help',
  about: null,
  group: 'Help',
  usage: 'help [topic]',
  says: 'this list, or one command in full',
  examples: ['help restart', 'help'],
  risk: 'R0',
  who: EVERYBODY,
  aliases: ['?', 'h', 'man', 'fix', 'usage', 'menu'],
  parse: ([first], context) => {
    const topic = first === undefined ? null : (context.verbOf(first.word) ?? runbookOfWord(first.word, context));
    return { kind: 'command', command: { verb: 'help', topic } };
  },
  execute: ({ topic }, asker, deps) => asker.answer(deps.helpOn(topic)),
  pressed: () => ({ verb: 'help', topic: null }),
});
