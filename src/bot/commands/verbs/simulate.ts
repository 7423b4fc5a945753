import { SEVERITIES, type Severity } from '../../../core/config/config.ts';
import { parseDuration } from '../../../core/duration.ts';
import { readMoment } from '../../../oncall/simulate/read-moment.ts';
import { renderSimulation } from '../../render/answers/simulate.ts';
import { severityOf } from '../severities.ts';
import { defineVerb, EVERYBODY, type ParsedAs } from '../verb.ts';
import { nameOfWord, type Word } from '../words.ts';

export interface SimulateCommand {
  readonly verb: 'simulate';
  readonly severity: Severity;
  /** As written; null: now. */
  readonly at: string | null;
  readonly ackAfterSeconds: number | null;
}

const TIMES = ['at 2027-03-28 02:30 Europe/Lisbon', 'at 2027-03-28T02:30:00Z'];
const OPTIONS = ['at', 'ack-after', 'nobody-answers'];

/** `oncall simulate P0 at 2027-03-28 02:30 Europe/Lisbon [ack-after 7m]`: who would be reached, how, and why. */
export const simulateVerb = defineVerb<SimulateCommand>({
  verb: 'simulate',
  about: 'roster',
  group: 'People',
  usage: 'oncall simulate p0|p1|p2|p3 [at TIME [ZONE]] [ack-after 7m]',
  says: 'who would be reached, minute by minute, and why',
  examples: ['oncall simulate p0', 'oncall simulate p0 at 2027-03-28 02:30 Europe/Lisbon ack-after 7m'],
  risk: 'R0',
  who: EVERYBODY,
  aliases: ['forecast'],
  isMinor: true,
  parse: ([first, ...rest]) => {
    const severity = first === undefined ? null : severityOf(first.word);
    if (severity !== null) return parseRest(rest, { verb: 'simulate', severity, at: null, ackAfterSeconds: null });
    return { kind: 'unknown', what: 'severity', word: first?.word ?? 'nothing', suggestions: SEVERITIES.map(lower) };
  },
  execute: async ({ severity, at, ackAfterSeconds }, asker, deps) => {
    await asker.taken();
    const simulation = await deps.simulate({ severity, at, ackAfterSeconds, route: null, contact: null });
    const { nameOfPerson } = deps.directory;
    await asker.answer(renderSimulation(simulation, nameOfPerson));
  },
});

function parseRest(words: readonly Word[], read: SimulateCommand): ParsedAs<SimulateCommand> {
  const [first, ...rest] = words;
  if (first === undefined) return { kind: 'command', command: read };
  switch (nameOfWord(first.word).replace(/^-+/, '')) {
    case 'at':
      return parseTime(rest, read);
    case 'nobody-answers':
      return parseRest(rest, { ...read, ackAfterSeconds: null });
    case 'ack-after': {
      const [span, ...after] = rest;
      const seconds = parseDuration(span?.word.toLowerCase() ?? '');
      if (seconds !== null) return parseRest(after, { ...read, ackAfterSeconds: seconds });
      return { kind: 'unknown', what: 'time', word: span?.word ?? 'nothing', suggestions: ['ack-after 7m'] };
    }
    default:
      return { kind: 'unknown', what: 'option', word: first.word, suggestions: OPTIONS };
  }
}

/** A time is one to three words; the longest that can be read is meant. */
function parseTime(words: readonly Word[], read: SimulateCommand): ParsedAs<SimulateCommand> {
  for (const count of [3, 2, 1]) {
    const at = words
      .slice(0, count)
      .map(({ word }) => word)
      .join(' ');
    if (words.length >= count && readMoment(at, 'UTC') !== null) return parseRest(words.slice(count), { ...read, at });
  }
  return { kind: 'unknown', what: 'time', word: words[0]?.word ?? 'nothing', suggestions: TIMES };
}

function lower(severity: Severity): string {
  return severity.toLowerCase();
}
