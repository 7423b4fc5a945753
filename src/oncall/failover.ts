import type { Config, Means, OncallConfig } from '../core/config/config.ts';
import type { Effect, EffectChange, NewEvent } from '../journal/port.ts';
import type { EscalationState } from './escalation-state.ts';
import { isBySlack, type PageRequest, type PageResult } from './page.ts';
import { pageInstead } from './pages.ts';
import { keyOf, type Receiver, secondChannelOf } from './second-channel.ts';
import type { OtherPage } from './targets.ts';

/** Why a page is not enough: it did not reach, perhaps did not, was not taken for 30 s, or nobody hears it. */
export type WhyNext = 'refused' | 'unknown' | 'unsent' | 'do-not-disturb';

/** A page that does not reach somebody. */
export interface Missed {
  readonly request: PageRequest;
  readonly why: WhyNext;
  /** What the means answered. */
  readonly error: string | null;
}

/** What else is known when it is decided. */
export interface Around {
  readonly state: EscalationState;
  readonly config: Config;
  readonly means: ReadonlySet<Means>;
  /** Every page of the same step, the missed one in its new state. */
  readonly pages: readonly Effect[];
  /** Pages by Slack that were asked for at this time or before have not been taken: they reach nobody now. */
  readonly unsentSince?: number;
}

/** What follows: pages by the next means, and the record. Empty when everybody is being reached already. */
export interface NextMeans {
  readonly events: readonly NewEvent[];
  readonly effects: readonly EffectChange[];
}

/** Pages by Slack that are not taken for so long go by the second channel too (CONFIG.md). */
export const UNSENT_MS = 30_000;

const OPS = 'channel:ops';
const NOTHING: NextMeans = { events: [], effects: [] };

/**
 * Why the end of a page calls for the next means; null: it does not. Do Not Disturb is only waited out for what is less
 * than a P0.
 */
export function whyNext({ severity, notice }: PageRequest, { outcome, doNotDisturb }: PageResult): WhyNext | null {
  if (notice !== undefined) return null;
  if (outcome === 'failed') return 'refused';
  if (outcome === 'unknown') return 'unknown';
  return outcome === 'sent' && doNotDisturb === true && severity === 'P0' ? 'do-not-disturb' : null;
}

/**
 * Asks for the next means for everybody whom a missed page was for and whom nothing else of the step reaches: each
 * address once a step. With nothing left, the others of the level count; without those, channel `ops` is told.
 */
export function decideNextMeans(missed: Missed, around: Around): NextMeans {
  const { oncall } = around.config;
  const lost = receiversOf(missed.request, oncall).filter((each) => !isReached(each, around));
  if (lost.length === 0) return NOTHING;
  const { next, left } = chooseNext(lost, missed, around);
  const withoutSlack = missed.why !== 'do-not-disturb';
  const effects = next.map((page) => pageInstead(missed.request, page, withoutSlack));
  const { cycle, level, round, means, beyond } = missed.request;
  const about = { cycle, level, round };
  const data = {
    ...about,
    ...(beyond === undefined ? {} : { beyond: { why: beyond.why, number: beyond.number } }),
    means,
    why: missed.why,
    error: missed.error,
    ...namesOf(lost),
    next: next.map((page) => ({ means: page.means, people: page.people, targets: page.targets })),
    left: left.map(nameOf),
  };
  const events: NewEvent[] = [{ type: 'page.next-means', v: 1, data }];
  if (next.length > 0 || !isForOps(missed, around)) return { events, effects };
  const ops = pageInstead(missed.request, { means: 'thread', target: OPS, people: [], targets: [OPS] }, false);
  return { events: [...events, { type: 'escalation.unreachable', v: 1, data: about }], effects: [ops] };
}

function chooseNext(lost: readonly Receiver[], { request }: Missed, { state, config, means, pages }: Around) {
  const { levels } = config.severities[request.severity];
  const level = levels[Math.max(1, request.level) - 1] ?? { notify: [], by: [] };
  const tried = new Set(pages.map(addressOf));
  const next: OtherPage[] = [];
  const left: Receiver[] = [];
  for (const receiver of lost) {
    const { severity } = request;
    const way = { level, severity, policyContact: state.policyContact, oncall: config.oncall, means };
    const page = secondChannelOf(receiver, way).find((each) => !tried.has(keyOf(each)));
    if (page === undefined) left.push(receiver);
    else next.push(page);
    if (page !== undefined) tried.add(keyOf(page));
  }
  return { next, left };
}

/** Nobody of the step is reached, and the channel was not told yet; a Slack that takes nothing cannot tell it. */
function isForOps({ why }: Missed, around: Around): boolean {
  if (why !== 'refused' && why !== 'unknown') return false;
  const everybody = around.pages.flatMap(({ data }) => receiversOf(data as PageRequest, around.config.oncall));
  if (everybody.some((each) => isReached(each, around))) return false;
  return !around.pages.some(({ data }) => (data as PageRequest).targets.includes(OPS));
}

/** Whether another page of the step has reached somebody, or is on its way. */
function isReached(receiver: Receiver, around: Around): boolean {
  const { pages, config } = around;
  const own = pages.filter(({ data }) => {
    const all = receiversOf(data as PageRequest, config.oncall);
    return all.some((each) => nameOf(each) === nameOf(receiver));
  });
  // who is not reached by a direct message hears no mention either
  const isDeaf = own.some((page) => (page.data as PageRequest).means === 'dm' && !reaches(page, around));
  return own.some((page) => reaches(page, around) && !(isDeaf && (page.data as PageRequest).means === 'thread'));
}

function reaches({ data, state, result, askedAt }: Effect, { unsentSince }: Around): boolean {
  const request = data as PageRequest;
  if (request.notice !== undefined) return false;
  if (state === 'done') return !(result?.doNotDisturb === true && request.severity === 'P0');
  if (state !== 'wanted' && state !== 'claimed') return false;
  return !(isBySlack(request.means) && unsentSince !== undefined && askedAt <= unsentSince);
}

/** Whom a page is for; the contact that is a person counts as the person. */
function receiversOf({ people, targets }: PageRequest, oncall: OncallConfig): Receiver[] {
  const of = (target: string): Receiver => {
    const person = target.startsWith('contact:') ? oncall.contacts[target.slice('contact:'.length)]?.person : null;
    return person == null ? { target } : { person };
  };
  const all = [...people.map((person) => ({ person })), ...targets.map(of)];
  return [...new Map(all.map((each) => [nameOf(each), each])).values()];
}

function nameOf(receiver: Receiver): string {
  return 'person' in receiver ? receiver.person : receiver.target;
}

function namesOf(receivers: readonly Receiver[]) {
  const people = receivers.flatMap((each) => ('person' in each ? [each.person] : []));
  const targets = receivers.flatMap((each) => ('target' in each ? [each.target] : []));
  return { people, targets };
}

/** `<target>|<means>` of the page's key. */
function addressOf({ key }: Effect): string {
  return key.split('|').slice(5).join('|');
}
