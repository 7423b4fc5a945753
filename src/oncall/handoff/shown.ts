/**
 * Who is on call, as Slack shows it beside the bot: a user group and a channel's topic. In: the roster. Out: effects of
 * kind `duty-shown`, one for each change, carried out by the edge; what the workspace does not allow is named once.
 */

import { joinBatchParts } from '../../alerts/change.ts';
import type { Clock } from '../../core/clock.ts';
import type { ConfigSource } from '../../core/config/config.ts';
import { transient } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Logger } from '../../core/logger.ts';
import { digestOf } from '../../journal/digest.ts';
import type { EffectEnd } from '../../journal/effects.ts';
import { askNotice } from '../../journal/notice.ts';
import type { Batch, EffectChange, Journal, TimerChange } from '../../journal/port.ts';
import type { OncallPart } from '../part.ts';
import { timeText } from '../reports/words.ts';
import { onCallAt } from '../schedule.ts';
import { ownBatch } from './change.ts';
import { handoffRules } from './coming.ts';

/** What is to be shown for one schedule. */
export type DutyShown = JsonObject & {
  readonly schedule: string;
  /** Handle, and the first Slack id of everybody on call; null: there is no group, or nobody to put into it. */
  readonly group: { readonly handle: string; readonly users: readonly string[] } | null;
  /** Our word for a channel, and our part of its topic. */
  readonly topic: { readonly channel: string; readonly text: string } | null;
};

/** What the edge could not do for good: which setting is missing, and what to do. */
export interface MissingSetting {
  readonly what: string;
  readonly code: string;
  readonly remedy: string;
}

/** Carries it out; throws what is transient. */
export type ShowDuty = (wanted: DutyShown) => Promise<readonly MissingSetting[]>;

/** Until the Slack edge is there. */
export const slackIsAway: ShowDuty = async () => {
  throw transient('SLACK_AWAY', 'Slack is not connected yet.', 'It is tried again.');
};

export interface ShownDeps {
  readonly journal: Journal;
  /** The roster. */
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly nameOf: (person: string) => string;
  readonly show: ShowDuty;
}

const KIND = 'duty-shown';
const SCHEDULE = 'schedule';
const PURPOSE = 'show';
const MOVES_DUTY = /^(override|handoff)\./;

export function createDutyShown(deps: ShownDeps): OncallPart {
  const { journal, config, clock, logger, nameOf } = deps;
  let stopListening: () => void = () => undefined;

  /** What differs from what was asked for last, and when the next change of people comes. */
  async function wantedFor(name: string, now: number): Promise<Omit<Batch, 'at' | 'actor'>> {
    const schedule = config.current().oncall.schedules[name];
    if (schedule === undefined) return {};
    const { group, topic, until } = shownOf(config, name, now, nameOf);
    const timers: TimerChange[] =
      until === null
        ? [{ op: 'cancel', kind: SCHEDULE, id: name, purpose: PURPOSE }]
        : [{ op: 'set', kind: SCHEDULE, id: name, purpose: PURPOSE, dueAt: until, data: {} }];
    if (group === null && topic === null)
      return { timers: [{ op: 'cancel', kind: SCHEDULE, id: name, purpose: PURPOSE }] };
    const data: DutyShown = { schedule: name, group, topic };
    const digest = digestOf(JSON.stringify(data));
    const last = await journal.document(KIND, name);
    if (last?.digest === digest) return { timers };
    const effects: EffectChange[] = [{ op: 'ask', key: `${KIND}|${name}|${now}`, kind: KIND, incident: null, data }];
    return { timers, effects, documents: [{ collection: KIND, key: name, value: { digest } }] };
  }

  async function showAll(): Promise<void> {
    for (const name of Object.keys(config.current().oncall.schedules)) {
      const now = clock.now();
      const wanted = await wantedFor(name, now);
      if (wanted.timers !== undefined) await journal.append(ownBatch(now, wanted));
    }
  }

  return {
    timers: {
      'schedule.show': async ({ id }, now) => {
        const wanted = await wantedFor(id, now);
        return wanted.timers === undefined ? null : ownBatch(now, wanted);
      },
    },
    executors: {
      [KIND]: { idempotent: true, concurrency: 1, run: ({ data }) => carryOut(deps, data as DutyShown) },
    },
    reloaded: showAll,
    start: async () => {
      stopListening = journal.onChange(({ events }) => {
        if (!events.some(({ type }) => MOVES_DUTY.test(type))) return;
        showAll().catch((error: unknown) => logger.warn({ err: error }, 'who is on call could not be shown anew'));
      });
      await showAll();
    },
    stop: () => stopListening(),
  };
}

function shownOf(config: ConfigSource, name: string, now: number, nameOf: (person: string) => string) {
  const { schedules, people } = config.current().oncall;
  const schedule = schedules[name];
  if (schedule === undefined) return { group: null, topic: null, until: null };
  const { now: keys, until } = onCallAt(schedule, now);
  const users = keys.flatMap((key) => people[key]?.slack.slice(0, 1) ?? []);
  const { usergroup, topic } = handoffRules(schedule);
  const who = keys.length === 0 ? 'nobody' : keys.map(nameOf).join(', ');
  const end = until === null ? '' : ` until ${timeText(schedule.timezone, until)} (${schedule.timezone})`;
  return {
    // Slack keeps no empty group: who was in it stays
    group: usergroup === null || users.length === 0 ? null : { handle: usergroup, users },
    topic: topic === null ? null : { channel: topic, text: `On call (${name}): ${who}${end}` },
    until,
  };
}

async function carryOut({ clock, show }: ShownDeps, wanted: DutyShown): Promise<EffectEnd> {
  const missing = await show(wanted);
  const result = { missing: missing.map(({ what, code }) => `${what}: ${code}`) };
  if (missing.length === 0) return { state: 'done', result };
  const notices = missing.map(({ what, code, remedy }) =>
    askNotice(`${KIND}|missing|${what}|${code}`, {
      to: { channel: 'ops' },
      title: `${what} is not kept in step with who is on call`,
      lines: [`Slack says: ${code}. ${remedy}`, 'Paging does not need it. This is said once.'],
    }),
  );
  return { state: 'failed', result, batch: async () => ownBatch(clock.now(), joinBatchParts(notices)) };
}
