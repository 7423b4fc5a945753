/**
 * The whole domain on a store of its own, under one configuration, with a clock that the stored rows drive. It knows
 * no Slack, no Alertmanager and no host: pages count as sent the moment they are asked for.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAlertDesk } from '../../alerts/desk.ts';
import { rehomeGone } from '../../alerts/reconcile-rows.ts';
import { GONE } from '../../alerts/sources.ts';
import type { Config } from '../../core/config/config.ts';
import { createLogger, createSecretRegister } from '../../core/logger.ts';
import { createMetricsRegistry } from '../../core/metrics.ts';
import { decideUntilAppended } from '../../journal/decide.ts';
import type { Batch, Effect, InboxRow, Journal, JournalReader, Timer } from '../../journal/port.ts';
import { openSqliteJournal } from '../../journal/sqlite.ts';
import { COMMAND_SOURCE, commandIn } from '../../journal/submit.ts';
import { type TimerHandler, withTimerEnded } from '../../journal/timers.ts';
import { createEscalation } from '../../oncall/escalation.ts';
import { createReplayClock } from './clock.ts';
import { createCollector } from './collect.ts';
import { createTranslateCommand } from './commands.ts';
import type { ReplayOutcome } from './outcome.ts';
import { storedRows } from './rows.ts';

export interface ReplayRun {
  /** What is replayed; only read. */
  readonly store: JournalReader;
  readonly config: Config;
  /** Pages and incidents before it are lived through, and not told. Epoch ms. */
  readonly since: number;
  readonly until: number;
}

const TIMERS_AT_ONCE = 100;
const SENT = { outcome: 'sent', error: null, reference: null, lateSeconds: 0 } as const;

/** Lives through everything that is stored, under a configuration, in a folder that is gone afterwards. */
export async function replayUnder(run: ReplayRun): Promise<ReplayOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'gianna-replay-'));
  try {
    return await liveThrough(run, join(folder, 'replay.db'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function liveThrough({ store, config, since, until }: ReplayRun, path: string): Promise<ReplayOutcome> {
  const clock = createReplayClock(0);
  const logger = createLogger('silent', createSecretRegister());
  const journal = await openSqliteJournal({ path, clock, logger, scratch: true });
  const common = { journal, clock, logger, config: { current: () => config } };
  const escalation = createEscalation({ ...common, metrics: createMetricsRegistry() });
  const desk = createAlertDesk({ ...common, metrics: createMetricsRegistry(), follow: escalation.follow });
  // that the watchdog is missing cannot be told from rows: a bot that was away has none either
  const { 'watchdog.missing': _missing, ...incidentTimers } = desk.timers;
  const handlers: Readonly<Record<string, TimerHandler | undefined>> = { ...incidentTimers, ...escalation.timers };
  const translate = createTranslateCommand(store, journal);
  const collector = createCollector(journal);
  let replayed = 0;
  let unfit = 0;

  /** Appends what is decided, notes it, and counts its pages as sent. */
  async function append(decide: () => Promise<Batch | null>): Promise<void> {
    let batch: Batch | null = null;
    await decideUntilAppended(journal, async () => {
      batch = await decide();
      return batch;
    });
    if (batch === null) return;
    collector.note(batch);
    for (const effect of await collector.pagesOf(batch)) await send(effect);
  }
  async function send(effect: Effect): Promise<void> {
    await decideUntilAppended(journal, async () => {
      return { at: clock.now(), actor: 'auto', ...(await escalation.pageClosed(effect, SENT)) };
    });
  }
  async function passTo(at: number): Promise<void> {
    for (let next = await journal.nextTimerAt(); next !== null && next <= at; next = await journal.nextTimerAt()) {
      clock.goTo(next);
      const now = clock.now();
      for (const timer of await journal.dueTimers(now, TIMERS_AT_ONCE)) {
        if (!(await isStillSet(journal, timer))) continue;
        const handler = handlers[`${timer.kind}.${timer.purpose}`];
        await append(async () => withTimerEnded((await handler?.(timer, now)) ?? { at: now, actor: 'auto' }, timer));
      }
    }
    clock.goTo(at);
  }
  async function command(row: InboxRow): Promise<void> {
    const asked = commandIn(row);
    let fits = false;
    for (const own of await translate(asked)) {
      let opened: string | undefined;
      await append(async () => {
        const { batch, outcome } = await desk.command({ ...own, at: clock.now() });
        fits ||= outcome.kind === 'done';
        if (outcome.kind === 'done' && asked.verb === 'open') opened = outcome.incident;
        return batch;
      });
      if (opened !== undefined) await translate.opened(asked, opened);
    }
    if (fits) replayed += 1;
    else unfit += 1;
  }

  try {
    for await (const row of storedRows(store, until)) {
      await passTo(row.receivedAt);
      if (row.source === COMMAND_SOURCE) await command(row);
      else if (row.source === GONE)
        await append(async () => (await desk.endGone(await rehomeGone(row, journal))).batch);
      else await append(async () => (await desk.receive([row])).batch);
    }
    await passTo(until);
    return { ...(await collector.outcome(since)), commands: { replayed, unfit } };
  } finally {
    escalation.stop();
    await journal.close();
  }
}

/** One that fired just now may have taken others away. */
async function isStillSet(journal: Journal, { kind, id, purpose, dueAt }: Timer): Promise<boolean> {
  return (await journal.timersOf(kind, id)).some((other) => other.purpose === purpose && other.dueAt === dueAt);
}
