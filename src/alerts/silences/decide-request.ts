import * as z from 'zod';
import type { Command } from '../../core/command.ts';
import { oneLine, stripControls, truncateGraphemes } from '../../core/text.ts';
import { asText, type Text } from '../about.ts';
import type { SilenceMatcher } from '../alertmanager.ts';
import type { IncidentState } from '../incident-state.ts';
import { beyondOf, mayBeAgreed, refuseBeyond } from './beyond.ts';
import { countBlast } from './blast.ts';
import { nowLine } from './blast-words.ts';
import { silenceBatch } from './change-silence.ts';
import type { CommandDeps, Decided, SilenceDecision } from './decided.ts';
import { askEffect } from './effect.ts';
import { gatherCase } from './gather.ts';
import { checkMatchers, printMatchers } from './matcher.ts';
import { refuseAlways, refuseWords, severityConcerned } from './policy.ts';
import type { SilenceRefusal, SilenceRequest } from './request.ts';
import { refuseRight } from './rights.ts';
import { isoMinute } from './silence-describe.ts';
import { silenceEvent } from './silence-events.ts';
import { SILENCE } from './silence-state.ts';
import { refuseStanding } from './standing.ts';

const Matcher = z.object({
  name: z.string(),
  value: z.string(),
  isRegex: z.boolean().default(false),
  isEqual: z.boolean().default(true),
});
const Args = z.object({
  matchers: z.array(Matcher).max(100),
  seconds: z.number(),
  reason: z.string().max(10_000),
  /** Who sits at the command line; heeded only from there. */
  author: z.string().optional(),
  /** What two people agreed to mute, and the run that says so; heeded only of a step of a run. */
  agreed: z.array(z.string()).optional(),
  run: z.string().optional(),
});

const LONGEST_AUTHOR = 80;

/** `silence`: asks for a silence, for an incident or without one; or for a second person, where one alone may not. */
export async function decideRequest(
  deps: CommandDeps,
  command: Command,
): Promise<Decided | SilenceRefusal | SilenceDecision> {
  const read = Args.safeParse(command.args);
  if (!read.success) return unreadable(read.error);
  const { matchers: written, seconds, author } = read.data;
  const about = command.incident === undefined ? {} : { incident: command.incident };
  const request: SilenceRequest = { matchers: written, seconds, reason: oneLine(read.data.reason), ...about };
  const words = refuseWords(request);
  if (words !== null) return words;
  const checked = checkMatchers(written);
  const matchers = checked.kind === 'ok' ? checked.matchers : written;
  const refused =
    (await refuseStanding(deps, request)) ??
    (await refuseRight(deps, command, seconds, await channelOf(deps, command)));
  if (refused !== null) return refused;
  const { given } = await gatherCase(deps, { ...request, matchers }, null);
  const agreement = command.via === 'run' ? agreementOf(read.data) : null;
  const always = refuseAlways(given);
  if (always !== null) return always;
  const beyond = beyondOf(given);
  const asked = { given, matchers, seconds, reason: request.reason, author, agreement };
  if (beyond !== null && deps.askSecond !== undefined && command.via !== 'run' && mayBeAgreed(beyond)) {
    return deps.askSecond(command, { matchers: printMatchers(matchers), seconds, reason: request.reason });
  }
  return refuseBeyond(beyond, agreement?.agreed ?? []) ?? ask(deps, command, asked);
}

/** null: two people agreed to nothing in particular. */
function agreementOf({ agreed = [], run }: z.infer<typeof Args>): Agreement | null {
  return run === undefined || agreed.length === 0 ? null : { agreed, run };
}

interface Agreement {
  readonly agreed: readonly string[];
  readonly run: string;
}

interface Asked {
  readonly given: Awaited<ReturnType<typeof gatherCase>>['given'];
  readonly matchers: readonly SilenceMatcher[];
  readonly seconds: number;
  readonly reason: string;
  readonly author: string | undefined;
  readonly agreement: Agreement | null;
}

async function ask(deps: CommandDeps, command: Command, asked: Asked): Promise<Decided> {
  const { given, seconds } = asked;
  const at = deps.clock.now();
  const id = `SIL-${await deps.journal.nextNumber(SILENCE)}`;
  const matchers = asText(JSON.stringify(asked.matchers));
  const reason = asText(asked.reason);
  const author = asText(authorOf(deps, command, asked.author));
  const incident = given.incident?.id ?? null;
  const endsAt = at + seconds * 1000;
  const facts = { incident, service: given.incident?.service ?? serviceOf(given), severity: severityConcerned(given) };
  const texts = { matchers: matchers.digest, reason: reason.digest, author: author.digest };
  const agreed = asked.agreement === null ? null : asText(JSON.stringify(asked.agreement.agreed));
  const second = agreed === null ? {} : { agreed: agreed.digest, run: asked.agreement?.run ?? '' };
  const event = silenceEvent('silence.requested', { ...facts, ...texts, ...second, seconds, endsAt });
  const batch = silenceBatch({ id, version: 0, state: null }, [event], at, command.by);
  return {
    id,
    batch: {
      ...batch,
      effects: [askEffect({ silence: id, op: 'create' }, incident, 0)],
      payloads: payloadsOf([matchers, reason, author, ...(agreed === null ? [] : [agreed])]),
    },
    text: `${id} silences ${printMatchers(asked.matchers)} until ${isoMinute(endsAt)}. ${nowLine(countBlast(given.now))}`,
  };
}

function serviceOf({ now, week, routed }: Asked['given']): string | null {
  return (now[0] ?? week[0])?.service ?? routed.service;
}

async function channelOf({ journal }: CommandDeps, { incident }: Command): Promise<string | null> {
  const row = incident === undefined ? null : await journal.aggregate<IncidentState>('incident', incident);
  return row?.state.channel ?? null;
}

function authorOf(deps: CommandDeps, { by }: Command, said: string | undefined): string {
  if (by !== 'local') return deps.nameOf(by);
  const name = truncateGraphemes(oneLine(stripControls(said ?? '')), LONGEST_AUTHOR);
  return name === '' ? 'the command line' : `${name} (command line)`;
}

function payloadsOf(texts: readonly Text[]): ReadonlyMap<string, string> {
  return new Map(texts.map(({ digest, text }) => [digest, text]));
}

function unreadable(error: z.ZodError): SilenceRefusal {
  const [issue] = error.issues;
  const text = `${issue?.path.join('.') ?? 'args'}: ${issue?.message ?? 'cannot be read'}. Nothing was silenced.`;
  return { field: 'matchers', code: 'BAD_REQUEST', text, remedy: 'Give matchers, seconds and a reason.' };
}
