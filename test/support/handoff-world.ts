import type { Command, Outcome } from '../../src/core/command.ts';
import type { Config } from '../../src/core/config/config.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import { createEffectRunner } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { NOTICE, type Notice, readNotice } from '../../src/journal/notice.ts';
import type { Journal } from '../../src/journal/port.ts';
import { createTimerLoop } from '../../src/journal/timers.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import type { BriefFacts } from '../../src/oncall/handoff/brief.ts';
import { evolveHandoff, HANDOFF } from '../../src/oncall/handoff/handoff-state.ts';
import { createHandoffs } from '../../src/oncall/handoff/handoffs.ts';
import { createDutyShown, type DutyShown, type MissingSetting } from '../../src/oncall/handoff/shown.ts';
import { evolveOverride, OVERRIDE } from '../../src/oncall/overrides/override-state.ts';
import { createOverrides } from '../../src/oncall/overrides/overrides.ts';
import { joinParts } from '../../src/oncall/part.ts';
import { createRoster } from '../../src/oncall/roster.ts';
import { peopleOnCall } from '../../src/oncall/schedule.ts';
import { type TestConfigSource, testConfigSource } from './config.ts';
import { createFakeClock } from './fake-clock.ts';
import { openTestJournal, silentLogger, type TestJournal } from './journal.ts';

/** Schedules that change hands, on a real journal under one fake clock. */
export interface HandoffWorld {
  readonly config: TestConfigSource;
  /** What a brief says. */
  facts: BriefFacts;
  /** What Slack was asked to show, in order; and what it says is missing. */
  readonly shown: DutyShown[];
  missing: readonly MissingSetting[];
  now(): number;
  journal(): Journal;
  /** Moves the clock to a moment (ISO), carrying out each timer at its own and every effect after it. */
  passTo(at: string): Promise<void>;
  /** Nobody is here until then; then everything starts again. */
  awayUntil(at: string): Promise<void>;
  ask(verb: string, by: Command['by'], args?: JsonObject): Promise<Outcome>;
  onCall(schedule?: string): readonly string[];
  reload(config: Config): Promise<void>;
  notices(): Promise<ReadonlyArray<Notice & { readonly key: string; readonly askedAt: number }>>;
  /** Folds everything again and compares, then removes the store. */
  close(): Promise<void>;
}

export async function openHandoffWorld(options: { startAt: string; config: Config }): Promise<HandoffWorld> {
  const clock = createFakeClock(Date.parse(options.startAt));
  const config = testConfigSource(options.config);
  let store: TestJournal = await openTestJournal({ clock });
  let parts = await build();

  async function build() {
    const { journal } = store;
    const common = { journal, clock, logger: silentLogger };
    const roster = await createRoster({ journal, config });
    const metrics = createMetricsRegistry();
    const nameOf = (person: string) => `${person.charAt(0).toUpperCase()}${person.slice(1)}`;
    const deps = { ...common, config: roster, metrics, nameOf };
    const show = async (wanted: DutyShown) => {
      world.shown.push(wanted);
      return world.missing;
    };
    const room = joinParts([
      createOverrides({ ...deps }),
      createHandoffs({ ...deps, facts: async () => world.facts }),
      createDutyShown({ ...deps, show }),
    ]);
    const journalMetrics = createJournalMetrics(createMetricsRegistry());
    const timers = createTimerLoop({ ...common, handlers: room.timers, metrics: journalMetrics });
    const effects = createEffectRunner({ ...common, executors: room.executors, metrics: journalMetrics });
    return { roster, room, timers, effects };
  }
  async function start(): Promise<void> {
    await parts.effects.start();
    await parts.room.start();
    await parts.timers.runDue();
    await parts.effects.idle();
  }
  async function stop(): Promise<void> {
    await parts.room.stop();
    await parts.effects.stop();
    parts.roster.stop();
  }

  const world: HandoffWorld = {
    config,
    facts: { open: [], silences: [], failing: [], happened: [] },
    shown: [],
    missing: [],
    now: clock.now,
    journal: () => store.journal,
    passTo: async (iso) => {
      const end = Date.parse(iso);
      for (;;) {
        const next = await store.journal.nextTimerAt();
        if (next === null || next > end) break;
        clock.advance(Math.max(0, next - clock.now()));
        await parts.timers.runDue();
        await parts.effects.idle();
      }
      clock.advance(end - clock.now());
    },
    awayUntil: async (iso) => {
      await stop();
      clock.advance(Date.parse(iso) - clock.now());
      store = await store.restart();
      parts = await build();
      await start();
    },
    ask: async (verb, by, args = {}) => {
      const command: Command = { v: 1, verb, by, at: clock.now(), via: 'slash', args };
      let outcome: Outcome | null = null;
      await decideUntilAppended(store.journal, async () => {
        const decision = await parts.room.commands[verb]?.(command);
        outcome = decision?.outcome ?? null;
        return decision?.batch ?? null;
      });
      if (outcome === null) throw new Error(`nobody decides ${verb}`);
      await parts.effects.idle();
      return outcome;
    },
    onCall: (schedule = 'primary') => {
      const rules = parts.roster.current().oncall.schedules[schedule];
      return rules === undefined ? [] : peopleOnCall(rules, clock.now());
    },
    reload: async (next) => {
      config.swap(next);
      await parts.room.reloaded();
      await parts.effects.idle();
    },
    notices: async () => {
      const effects = await store.journal.effects({ kinds: [NOTICE] });
      const read = effects.map(async (effect) => {
        const notice = await readNotice(store.journal, effect);
        return notice === null ? [] : [{ ...notice, key: effect.key, askedAt: effect.askedAt }];
      });
      return (await Promise.all(read)).flat();
    },
    close: async () => {
      await stop();
      const evolvers = { [HANDOFF]: evolveHandoff, [OVERRIDE]: evolveOverride };
      const verified = await verifyJournal({ path: store.path, evolvers });
      await store.remove();
      if (!verified.ok) throw new Error(`the journal does not verify: ${JSON.stringify(verified)}`);
    },
  };
  await start();
  return world;
}
