import * as z from 'zod';
import type { Command } from '../../core/command.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Batch } from '../../journal/port.ts';
import type { IncidentState } from '../incident-state.ts';
import { adoptHeld } from './adopt.ts';
import { silenceBatch } from './change-silence.ts';
import type { CommandDeps, Decided, Named } from './decided.ts';
import { askEffect } from './effect.ts';
import { gatherCase } from './gather.ts';
import { readSilenceId } from './ids.ts';
import { judgeSilence } from './policy.ts';
import type { SilenceRefusal, SilenceRequest } from './request.ts';
import { refuseRight } from './rights.ts';
import { isoMinute } from './silence-describe.ts';
import { type SilenceEvent, silenceEvent } from './silence-events.ts';
import { SILENCE, type SilenceState } from './silence-state.ts';
import { noAlertmanager } from './standing.ts';
import { textsOfSilence } from './texts.ts';

const Args = z.object({ id: z.string(), seconds: z.number().optional() });

/** `silence-extend` and `lift`: asks Alertmanager to change a silence that is in force. */
export async function decideChange(
  deps: CommandDeps,
  command: Command,
  kind: 'extend' | 'lift',
): Promise<Decided | SilenceRefusal> {
  const read = Args.safeParse(command.args);
  const id = read.success ? readSilenceId(read.data.id) : null;
  if (!read.success || id === null)
    return refusal('SILENCE_UNKNOWN', 'It is not said which silence.', 'List them: silence list');
  if (deps.alertmanager() === null) return noAlertmanager();
  const named = await findNamed(deps, id, command);
  if ('code' in named) return named;
  const refused = refuseState(named.state);
  if (refused !== null) return refused;
  return kind === 'lift' ? lift(deps, command, named) : extend(deps, command, named, read.data.seconds ?? 0);
}

async function lift(deps: CommandDeps, command: Command, named: Named): Promise<Decided | SilenceRefusal> {
  const refused = await refuseRight(deps, command, 0, await channelOf(deps, named));
  if (refused !== null) return refused;
  const batch = asking(deps, command, named, silenceEvent('silence.lift-asked', {}), 'lift');
  return { id: named.state.id, batch, text: `${named.state.id} is being lifted: what still fires goes on paging.` };
}

async function extend(
  deps: CommandDeps,
  command: Command,
  named: Named,
  seconds: number,
): Promise<Decided | SilenceRefusal> {
  const { state } = named;
  const endsAt = deps.clock.now() + seconds * 1000;
  const channel = await channelOf(deps, named);
  const refused =
    (await refuseRight(deps, command, seconds, channel)) ?? (await refuseLonger(deps, named, seconds, endsAt));
  if (refused !== null) return refused;
  const batch = asking(deps, command, named, silenceEvent('silence.extend-asked', { endsAt }), 'extend');
  return { id: state.id, batch, text: `${state.id} is being extended until ${isoMinute(endsAt)}.` };
}

async function refuseLonger(
  deps: CommandDeps,
  named: Named,
  seconds: number,
  endsAt: number,
): Promise<SilenceRefusal | null> {
  const { state, payloads } = named;
  const stored = await textsOfSilence({ payloads: async (digests) => textsBeside(deps, payloads, digests) }, state);
  const about = state.incident === null ? {} : { incident: state.incident };
  const request: SilenceRequest = { matchers: stored.matchers, seconds, reason: stored.reason, ...about };
  const judged = judgeSilence((await gatherCase(deps, request, null)).given);
  if (judged !== null && judged.field !== 'reason') {
    const remedy = 'A second person agreed to its time: lift it and ask for a new one, which is agreed to anew.';
    return state.agreed === undefined ? judged : { ...judged, remedy };
  }
  if (endsAt > state.endsAt) return null;
  const left = formatDuration((state.endsAt - deps.clock.now()) / 1000);
  return refusal(
    'ENDS_LATER',
    `${state.id} lasts longer than that already: ${left} more.`,
    'Give a longer time, or lift it.',
  );
}

async function textsBeside(deps: CommandDeps, payloads: Named['payloads'], digests: readonly string[]) {
  return new Map([...(await deps.journal.payloads(digests)), ...payloads]);
}

function asking(deps: CommandDeps, command: Command, named: Named, event: SilenceEvent, op: 'extend' | 'lift'): Batch {
  const { row, first, payloads } = named;
  const batch = silenceBatch(row, [...first, event], deps.clock.now(), command.by);
  const effect = askEffect({ silence: row.id, op }, named.state.incident, row.version);
  return { ...batch, effects: [effect], payloads };
}

async function channelOf({ journal }: CommandDeps, { state: { incident } }: Named): Promise<string | null> {
  const row = incident === null ? null : await journal.aggregate<IncidentState>('incident', incident);
  return row?.state.channel ?? null;
}

async function findNamed(deps: CommandDeps, id: string, command: Command): Promise<Named | SilenceRefusal> {
  if (!id.startsWith('SIL-')) return adoptHeld(deps, id, command);
  const row = await deps.journal.aggregate<SilenceState>(SILENCE, id);
  if (row === null) return refusal('SILENCE_UNKNOWN', `There is no silence ${id}.`, 'List them: silence list');
  return { row, state: row.state, first: [], payloads: new Map() };
}

function refuseState({ id, status, pending, endedAt }: SilenceState): SilenceRefusal | null {
  switch (status) {
    case 'active':
      if (pending === null) return null;
      return refusal('SILENCE_BUSY', `${id} is being changed at this moment.`, 'Look again in a minute: silence list');
    case 'requested':
      return refusal('SILENCE_BUSY', `${id} is being made at this moment.`, 'Look again in a minute: silence list');
    case 'expired':
    case 'lifted':
      return refusal(
        'SILENCE_OVER',
        `${id} ended at ${isoMinute(endedAt ?? 0)}.`,
        'Make a new one if it is still wanted.',
      );
    case 'failed':
      return refusal('SILENCE_OVER', `${id} was never made.`, 'Ask for it again.');
    default:
      return status satisfies never;
  }
}

function refusal(code: string, text: string, remedy: string): SilenceRefusal {
  return { field: code === 'ENDS_LATER' ? 'duration' : 'matchers', code, text, remedy };
}
