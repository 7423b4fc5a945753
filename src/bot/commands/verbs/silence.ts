import { readSilenceId } from '../../../alerts/silences/ids.ts';
import { closest } from '../../../core/suggest.ts';
import { type Arguments, readArguments } from '../arguments.ts';
import { incidentOf } from '../ids.ts';
import { resolveName } from '../names.ts';
import { saidReason } from '../said.ts';
import { carryOutSilence, type SilenceCommand } from '../silence.ts';
import { readSpan } from '../spans.ts';
import { defineVerb, type NotUnderstood, type ParsedAs, RESPONDER, type VerbContext } from '../verb.ts';
import { readWords, type Word } from '../words.ts';

const OPTIONS = { for: 'span', reason: 'text', incident: 'word' } as const;
const MATCHER = /^\{?[a-zA-Z_][a-zA-Z0-9_]*(=|!=|=~|!~)./;

/** `silence ID|SERVICE|MATCHERS --for D --reason …`, `silence list`, `silence lift SIL-7`, `silence extend SIL-7 2h`. */
export const silenceVerb = defineVerb<SilenceCommand>({
  verb: 'silence',
  about: 'incident',
  group: 'Incidents',
  usage:
    'silence ID|SERVICE|MATCHER… --for D --reason TEXT | silence list | silence lift SIL-7 | silence extend SIL-7 2h',
  says: 'mute alerts in Alertmanager; shows first what it mutes',
  examples: [
    'silence 42 --for 2h --reason deploy',
    'silence alertname=ApiSlow instance=web-1 --for 1h --reason new disk',
    'silence list',
    'silence lift SIL-7',
  ],
  risk: 'R1',
  who: `${RESPONDER}; in channel security also security`,
  aliases: ['silences', 'mute', 'quiet'],
  parse,
  execute: carryOutSilence,
});

function parse(rest: readonly Word[], context: VerbContext): ParsedAs<SilenceCommand> {
  const [first, ...others] = rest;
  switch (first?.word.toLowerCase()) {
    case 'list':
    case 'ls':
      return { kind: 'command', command: { verb: 'silence', what: { kind: 'list' } } };
    case 'lift':
    case 'end':
    case 'remove':
      return parseLift(others);
    case 'extend':
      return parseExtend(others);
    default:
      return parseMake(rest, context);
  }
}

function parseLift([named, surplus]: readonly Word[]): ParsedAs<SilenceCommand> {
  const id = silenceNamed('silence lift', named);
  if (typeof id !== 'string') return id;
  if (surplus !== undefined) return { kind: 'surplus', verb: 'silence', word: surplus.word };
  return { kind: 'command', command: { verb: 'silence', what: { kind: 'lift', id } } };
}

function parseExtend([named, ...rest]: readonly Word[]): ParsedAs<SilenceCommand> {
  const id = silenceNamed('silence extend', named);
  if (typeof id !== 'string') return id;
  const said = readArguments(rest, OPTIONS);
  const { words, span } = spanIn(said);
  const [surplus] = words;
  if (span === null) {
    const word = said.options.get('for') ?? surplus?.word ?? 'nothing';
    return { kind: 'unknown', what: 'time', word, suggestions: ['2h', 'until 18:00'] };
  }
  if (surplus !== undefined) return { kind: 'surplus', verb: 'silence', word: surplus.word };
  return { kind: 'command', command: { verb: 'silence', what: { kind: 'extend', id, span } } };
}

function silenceNamed(verb: string, named: Word | undefined): string | NotUnderstood {
  if (named === undefined) return { kind: 'missing', verb, what: 'silence' };
  return (
    readSilenceId(named.word) ?? { kind: 'unknown', what: 'silence', word: named.word, suggestions: ['silence list'] }
  );
}

function parseMake(rest: readonly Word[], context: VerbContext): ParsedAs<SilenceCommand> {
  const said = readArguments(rest, OPTIONS);
  if (said.unknown !== null) {
    return {
      kind: 'unknown',
      what: 'option',
      word: said.unknown,
      suggestions: closest(said.unknown, Object.keys(OPTIONS)),
    };
  }
  const asked = said.options.get('incident');
  const named = asked === undefined ? context.incidentOfThread : incidentOf(asked, context);
  if (asked !== undefined && named === null) {
    return { kind: 'unknown', what: 'incident', word: asked, suggestions: ['--incident 42'] };
  }
  const end = said.positional.findIndex(({ raw }) => !MATCHER.test(raw));
  const matched = end < 0 ? said.positional : said.positional.slice(0, end);
  const matchers = matched.map(({ raw }) => raw.replace(/[“”„«»]/g, '"'));
  const after = said.positional.slice(matched.length);
  const subject = matchers.length > 0 ? { kind: 'matchers' as const, rest: after } : subjectOf(after, named, context);
  if (subject.kind === 'unknown' || subject.kind === 'ambiguous') return subject;
  const { words, span } = spanIn({ ...said, positional: subject.rest });
  const reason = saidReason(said.options.get('reason'), words);
  const service = subject.kind === 'service' ? subject.name : null;
  const incident = subject.kind === 'incident' ? subject.id : service === null ? named : (asked && named) || null;
  return {
    kind: 'command',
    command: { verb: 'silence', what: { kind: 'make', incident, service, matchers, span, reason } },
  };
}

type Subject =
  | { readonly kind: 'incident'; readonly id: string; readonly rest: readonly Word[] }
  | { readonly kind: 'service'; readonly name: string; readonly rest: readonly Word[] }
  | { readonly kind: 'nothing'; readonly rest: readonly Word[] }
  | Extract<NotUnderstood, { kind: 'unknown' | 'ambiguous' }>;

/** The first word names an incident or a service, unless it begins the time already. */
function subjectOf(words: readonly Word[], ofThread: string | null, context: VerbContext): Subject {
  const [first, ...rest] = words;
  if (first === undefined || readSpan(words.map(({ word }) => word)) !== null) return { kind: 'nothing', rest: words };
  const id = incidentOf(first.word, context);
  if (id !== null) return { kind: 'incident', id, rest };
  const found = resolveName(first.word, context.services);
  if (found.kind === 'name') return { kind: 'service', name: found.name, rest };
  return ofThread === null ? found : { kind: 'nothing', rest: words };
}

function spanIn({ options, positional }: Pick<Arguments, 'options' | 'positional'>) {
  const asked = options.get('for');
  const said = asked === undefined ? positional : readWords(asked);
  const read = readSpan(said.map(({ word }) => word));
  return {
    span: read?.span ?? null,
    words: asked === undefined ? positional.slice(read?.taken ?? 0) : positional,
  };
}
