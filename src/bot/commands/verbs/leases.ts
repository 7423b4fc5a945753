import { closest } from '../../../core/suggest.ts';
import type { FormSpec } from '../../modals/form.ts';
import { abandonLeaseForm } from '../../modals/forms/abandon-lease.ts';
import { endLeaseForm } from '../../modals/forms/end-lease.ts';
import { requestOfLease } from '../../modals/forms/lease-choice.ts';
import { renewLeaseForm } from '../../modals/forms/renew-lease.ts';
import { openForm } from '../../modals/open-form.ts';
import { renderLeases } from '../../render/answers/leases.ts';
import { readArguments } from '../arguments.ts';
import type { Asker } from '../asker.ts';
import { saidReason } from '../said.ts';
import { spanAsked } from '../span-asked.ts';
import { readSpan, type Span } from '../spans.ts';
import { defineVerb, EVERYBODY, type ParsedAs, RESPONDER, type VerbDeps } from '../verb.ts';
import { nameOfWord, readWords, type Word } from '../words.ts';

interface LeasesCommand {
  readonly verb: 'leases';
  readonly what: { readonly kind: 'list' } | Change;
}

interface Change {
  readonly kind: 'renew' | 'end' | 'abandon';
  /** `LEASE-3`, or `RUN-7`: what that run holds; null: it is asked in the form. */
  readonly about: string | null;
  readonly span: Span | null;
  readonly reason: string | null;
}

const ACTS: Readonly<Record<string, Change['kind'] | 'list'>> = {
  list: 'list',
  ls: 'list',
  renew: 'renew',
  extend: 'renew',
  end: 'end',
  undo: 'end',
  abandon: 'abandon',
};
const FORM: Readonly<Record<Change['kind'], FormSpec>> = {
  renew: renewLeaseForm,
  end: endLeaseForm,
  abandon: abandonLeaseForm,
};
const OPTIONS = { for: 'span', reason: 'text' } as const;

/** `leases`, `lease renew LEASE-3 1h`, `lease undo RUN-7`, `lease abandon LEASE-3`: a change is confirmed in its form. */
export const leasesVerb = defineVerb<LeasesCommand>({
  verb: 'leases',
  about: null,
  group: 'Act',
  usage: 'leases | lease renew LEASE-3|RUN-7 [for D] | lease undo LEASE-3|RUN-7 | lease abandon LEASE-3',
  says: 'what holds until a time: hold it longer, take it back now, give it up',
  examples: ['leases', 'lease renew LEASE-3 for 1h', 'lease undo RUN-7'],
  risk: 'R2',
  who: `${RESPONDER}, as for the run that holds it; to list: ${EVERYBODY}`,
  aliases: ['lease'],
  parse,
  execute: async ({ what }, asker, deps) => {
    if (what.kind === 'list') return asker.answer(renderLeases(await deps.leases(), deps.directory.nameOf));
    return change(what, asker, deps);
  },
});

function parse([first, ...rest]: readonly Word[]): ParsedAs<LeasesCommand> {
  const act = nameOfWord(first?.word ?? 'list');
  const kind = Object.hasOwn(ACTS, act) ? ACTS[act] : undefined;
  if (kind === undefined) {
    const suggestions = closest(act, Object.keys(ACTS));
    return { kind: 'unknown', what: 'option', word: first?.word ?? '', suggestions };
  }
  if (kind === 'list') {
    const [surplus] = rest;
    if (surplus !== undefined) return { kind: 'surplus', verb: 'leases', word: surplus.word };
    return { kind: 'command', command: { verb: 'leases', what: { kind } } };
  }
  return parseChange(kind, rest);
}

function parseChange(kind: Change['kind'], words: readonly Word[]): ParsedAs<LeasesCommand> {
  const { positional, options, unknown } = readArguments(words, OPTIONS);
  if (unknown !== null) {
    return { kind: 'unknown', what: 'option', word: unknown, suggestions: closest(unknown, Object.keys(OPTIONS)) };
  }
  const [named, ...after] = positional;
  const about = named === undefined ? null : idOf(named.word);
  if (named !== undefined && about === null) {
    return { kind: 'unknown', what: 'option', word: named.word, suggestions: ['leases'] };
  }
  const asked = options.get('for');
  const said = asked === undefined ? after : readWords(asked);
  const read = kind === 'renew' ? readSpan(said.map(({ word }) => word)) : null;
  const left = asked === undefined ? after.slice(read?.taken ?? 0) : after;
  const reason = saidReason(options.get('reason'), left);
  const span = read?.span ?? null;
  return { kind: 'command', command: { verb: 'leases', what: { kind, about, span, reason } } };
}

function idOf(word: string): string | null {
  const [, kind = 'lease', number] = /^#?(?:(lease|run)-)?([1-9]\d{0,8})$/i.exec(word) ?? [];
  return number === undefined ? null : `${kind.toUpperCase()}-${number}`;
}

async function change({ kind, about, span, reason }: Change, asker: Asker, deps: VerbDeps): Promise<void> {
  const held = about?.startsWith('RUN-') ? (await deps.leases()).find(({ run }) => run === about)?.id : about;
  const request = held == null ? { incident: null, version: null, given: {} } : await requestOfLease(held, deps);
  const seconds = (await spanAsked(span, asker, deps))?.seconds;
  const given = {
    ...request.given,
    ...(seconds === undefined ? {} : { seconds: String(seconds) }),
    ...(reason === null ? {} : { reason }),
  };
  await openForm(FORM[kind], { ...request, given }, asker, deps);
}
