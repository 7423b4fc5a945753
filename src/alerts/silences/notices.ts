import { formatDuration } from '../../core/duration.ts';
import { askNotice, type Notice } from '../../journal/notice.ts';
import type { Batch } from '../../journal/port.ts';
import type { BlastRadius } from './blast.ts';
import { alertsText, nowLine } from './blast-words.ts';
import type { SilenceOp } from './effect.ts';
import { printMatchers } from './matcher.ts';
import { isoMinute } from './silence-describe.ts';
import type { SilenceState } from './silence-state.ts';
import type { SilenceTexts } from './texts.ts';

const DONE: Readonly<Record<Exclude<SilenceOp, 'warn'>, string>> = {
  create: 'was not made',
  extend: 'was not extended',
  lift: 'was not lifted',
};

/** Tells who asked that Alertmanager did not do it. Whoever asked at the command line is told there. */
export function failureNotice(
  key: string,
  state: SilenceState,
  op: Exclude<SilenceOp, 'warn'>,
  why: string,
): Partial<Pick<Batch, 'effects' | 'payloads'>> {
  const asker = state.pending?.by ?? state.by;
  if (!asker.startsWith('slack:')) return {};
  return askNotice(key, { to: { actor: asker }, title: `${state.id} ${DONE[op]}`, lines: [why], ...aboutOf(state) });
}

/** Tells a silence's author that it ends soon: what it mutes, how to go on, and that doing nothing lets it end. */
export function expiryNotice(
  state: SilenceState,
  texts: SilenceTexts,
  mutes: BlastRadius,
  now: number,
): Required<Pick<Batch, 'effects' | 'payloads'>> {
  const left = formatDuration((state.endsAt - now) / 1000);
  const { id } = state;
  return askNotice(`silence-ends|${id}|${state.endsAt}`, {
    to: receiverOf(state),
    title: `${id} ends in ${left} (${isoMinute(state.endsAt)}) and mutes ${alertsText(mutes.alerts)}`,
    lines: [
      nowLine(mutes),
      `Silenced: ${printMatchers(texts.matchers)} (${texts.reason})`,
      `To go on: /gianna silence extend ${id} --for 1h, or gianna-ops silence extend ${id} --for 1h`,
      'To let it end: do nothing. What still fires then goes on paging.',
    ],
    ...aboutOf(state),
  });
}

/** A direct message; the command line has none, so that channel `ops` is told. */
function receiverOf({ by }: SilenceState): Notice['to'] {
  return by.startsWith('slack:') ? { actor: by } : { channel: 'ops' };
}

function aboutOf({ incident }: SilenceState): { readonly incident?: string } {
  return incident === null ? {} : { incident };
}

/** Tells a silence's author that it was lifted by itself, because a P0 began to fire under it. */
export function liftedForP0Notice(
  state: SilenceState,
  alertname: string,
  version: number,
): Required<Pick<Batch, 'effects' | 'payloads'>> {
  return askNotice(`silence-lifted-for-p0|${state.id}|${version}`, {
    to: receiverOf(state),
    title: `${state.id} is lifted: it would mute a P0`,
    lines: [`${alertname} fires and is a P0, which is never muted. Make a narrower silence if one is still wanted.`],
    ...aboutOf(state),
  });
}

/** Tells people that a silence made elsewhere mutes a P0: Alertmanager does not tell us of its alerts. */
export function mutedP0Notice(id: string, author: string, alertname: string): Notice {
  return {
    to: { channel: 'ops' },
    title: `A silence in Alertmanager mutes a P0: ${alertname}`,
    lines: [
      `Made by ${author}, not here; while it is in force nobody is paged for that alert.`,
      `To end it: gianna-ops silence lift ${id}`,
    ],
  };
}
