import type { SilenceMatcher } from '../../alerts/alertmanager.ts';
import { parseMatchers } from '../../alerts/silences/matcher.ts';
import { riskOfSilence } from '../../alerts/silences/rights.ts';
import type { JsonObject } from '../../core/json.ts';
import { actorOf } from '../directory.ts';
import type { Desk } from '../listen/deps.ts';
import { wrongReason } from '../modals/form-fields.ts';
import { matcherLines, silenceForm } from '../modals/forms/silence.ts';
import { openForm } from '../modals/open-form.ts';
import { foreign } from '../mrkdwn.ts';
import { answerOf } from '../render/answers/answer.ts';
import { renderDenied, renderRefusal } from '../render/answers/refusal.ts';
import { renderSilences } from '../render/answers/silences.ts';
import type { Asker } from './asker.ts';
import { unknownIncident } from './change.ts';
import { outcomeWithin } from './outcome.ts';
import { serviceMatchers } from './service-matchers.ts';
import { silenceWords } from './silence-words.ts';
import { silencesWithin } from './silences-within.ts';
import { spanAsked } from './span-asked.ts';
import type { Span } from './spans.ts';
import { whoMay } from './who-may.ts';

/** Slack keeps a command's way to a form open for three seconds. */
const PREVIEW_PATIENCE_MS = 1_200;

export interface SilenceCommand {
  readonly verb: 'silence';
  readonly what:
    | { readonly kind: 'list' }
    | { readonly kind: 'lift'; readonly id: string }
    | { readonly kind: 'extend'; readonly id: string; readonly span: Span }
    | Make;
}

interface Make {
  readonly kind: 'make';
  readonly incident: string | null;
  readonly service: string | null;
  /** As they were written; empty: those of the incident's alerts, or of the service. */
  readonly matchers: readonly string[];
  readonly span: Span | null;
  readonly reason: string | null;
}

/** Carries out what was asked about silences; reading is everybody's, changing is authorised and stored. */
export async function carryOutSilence({ what }: SilenceCommand, asker: Asker, deps: Desk): Promise<void> {
  switch (what.kind) {
    case 'list':
      return listSilences(asker, deps);
    case 'lift':
      return changeSilence('lift', what.id, {}, null, asker, deps);
    case 'extend': {
      const asked = await spanAsked(what.span, asker, deps);
      return changeSilence(
        'silence-extend',
        what.id,
        { seconds: asked?.seconds ?? 0 },
        asked?.readAs ?? null,
        asker,
        deps,
      );
    }
    case 'make':
      return makeSilence(what, asker, deps);
    default:
      return what satisfies never;
  }
}

async function listSilences(asker: Asker, deps: Desk): Promise<void> {
  const silences = await silencesWithin(deps);
  if (silences === null) {
    const happened = 'What is silenced could not be learnt in time.';
    return asker.answer(renderRefusal({ happened, todo: 'Try again in a moment.' }));
  }
  await asker.answer(renderSilences(silences, deps.directory.nameOf));
}

async function changeSilence(
  verb: 'lift' | 'silence-extend',
  id: string,
  more: JsonObject,
  readAs: string | null,
  asker: Asker,
  deps: Desk,
): Promise<void> {
  const about = (await deps.silences.view(id))?.incident ?? null;
  const doing = verb === 'lift' ? 'Lifting a silence' : 'Extending a silence';
  await store({ verb, doing, incident: about, args: { id, ...more }, readAs }, asker, deps);
}

/** What is whole and R1 is asked for at once; everything else opens the form, filled in as far as it goes. */
async function makeSilence(make: Make, asker: Asker, deps: Desk): Promise<void> {
  const { incident, reason } = make;
  if (incident !== null && (await deps.incident(incident)) === null) return asker.answer(unknownIncident(incident));
  const span = await spanAsked(make.span, asker, deps);
  const matchers = await matchersOf(make, deps);
  if ('problem' in matchers)
    return asker.answer(renderRefusal({ happened: matchers.problem, not: 'Nothing was silenced.' }));
  const isWhole = span !== null && reason !== null && wrongReason(reason) === null && matchers.list.length > 0;
  if (!isWhole || riskOfSilence(span.seconds) !== 'R1' || (await needsSecond(make, matchers.list, span, deps))) {
    const given = {
      ...(matchers.list.length === 0 ? {} : { matchers: matcherLines(matchers.list) }),
      ...(span === null ? {} : { seconds: String(span.seconds) }),
      ...(reason === null ? {} : { reason }),
    };
    return openForm(silenceForm, { incident, version: null, given }, asker, deps);
  }
  const args = { matchers: matchers.list.map((matcher) => ({ ...matcher })), seconds: span.seconds, reason };
  await store({ verb: 'silence', doing: silenceForm.doing, incident, args, readAs: span.readAs }, asker, deps);
}

/** What waits for a second person is looked at in the form first. Not learnt in time: it is decided once it is stored. */
async function needsSecond(
  { incident, reason }: Make,
  matchers: readonly SilenceMatcher[],
  { seconds }: { readonly seconds: number },
  deps: Desk,
): Promise<boolean> {
  const about = incident === null ? {} : { incident };
  const late = new Promise<null>((resolve) => deps.clock.after(PREVIEW_PATIENCE_MS, () => resolve(null)));
  const asked = deps.silences.preview({ matchers, seconds, reason: reason ?? '', ...about });
  return (await Promise.race([asked, late]))?.second !== undefined;
}

type Matchers = { readonly list: readonly SilenceMatcher[] } | { readonly problem: string };

async function matchersOf(make: Make, deps: Desk): Promise<Matchers> {
  if (make.matchers.length > 0) {
    const read = parseMatchers(make.matchers.join('\n'));
    return read.kind === 'ok' ? { list: read.matchers } : { problem: foreign(`${read.text} ${read.remedy}`, 500) };
  }
  if (make.service !== null) return { list: serviceMatchers(make.service, deps) };
  return { list: make.incident === null ? [] : await deps.silences.prefill(make.incident) };
}

interface Asked {
  readonly verb: string;
  readonly doing: string;
  readonly incident: string | null;
  readonly args: JsonObject;
  readonly readAs: string | null;
}

async function store({ verb, doing, incident, args, readAs }: Asked, asker: Asker, deps: Desk): Promise<void> {
  const view = incident === null ? null : await deps.incident(incident);
  const permission = await deps.roles.may(asker.userId, 'R1', view?.channel ?? null);
  if (!permission.allowed) {
    deps.counts.command(verb, 'refused');
    return asker.answer(renderDenied(doing, permission, await whoMay(deps, permission)));
  }
  const { outcome, duplicate } = await deps.submit(`${asker.key}|${verb}`, {
    v: 1,
    verb,
    by: actorOf(asker.userId),
    at: deps.clock.now(),
    via: asker.via,
    ...(view === null ? {} : { incident: view.id, seen: view.version }),
    args,
  });
  deps.counts.command(verb, duplicate ? 'duplicate' : 'taken');
  await asker.taken();
  const words = await silenceWords(await outcomeWithin(outcome, deps.clock), deps);
  await asker.answer(answerOf([readAs ?? '', words]));
}
