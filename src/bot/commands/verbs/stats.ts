import { parseDuration } from '../../../core/duration.ts';
import { renderStats } from '../../render/answers/stats.ts';
import { readOptions } from '../options.ts';
import { defineVerb, EVERYBODY } from '../verb.ts';

interface StatsCommand {
  readonly verb: 'stats';
  /** How far back from now. */
  readonly seconds: number;
}

/** `stats [7d]`: how fast people were, which alerts are noise, who was paged when. */
export const statsVerb = defineVerb<StatsCommand>({
  verb: 'stats',
  about: null,
  group: 'Look',
  usage: 'stats [7d]',
  says: 'how fast incidents were answered, which alerts are noise, who was paged',
  examples: ['stats', 'stats 24h'],
  risk: 'R0',
  who: EVERYBODY,
  aliases: ['numbers', 'mtta', 'mttr', 'noise'],
  parse: (rest) => {
    const { positional, options } = readOptions(rest.map(({ word }) => word));
    const word = positional[0] ?? options.get('since') ?? '7d';
    const seconds = parseDuration(word.toLowerCase());
    if (seconds !== null && seconds > 0) return { kind: 'command', command: { verb: 'stats', seconds } };
    return { kind: 'unknown', what: 'option', word, suggestions: ['24h', '7d', '4w'] };
  },
  execute: async ({ seconds }, asker, deps) => {
    await asker.taken();
    const until = deps.clock.now();
    const numbers = await deps.numbers({ since: until - seconds * 1000, until });
    await asker.answer(renderStats(numbers, seconds));
  },
});
