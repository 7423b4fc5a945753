/**
 * A run of a runbook as the real engine carries it out, on a store of its own, with stand-ins for everything outside.
 * In: the configuration, and what is asked. Out: the plan, the run as it ended, and what taking it back came to.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../core/clock.ts';
import type { Command, Outcome } from '../../core/command.ts';
import type { Config } from '../../core/config/config.ts';
import { createLogger, createSecretRegister } from '../../core/logger.ts';
import { createMetricsRegistry } from '../../core/metrics.ts';
import { createRedact } from '../../core/redact.ts';
import { decideUntilAppended } from '../../journal/decide.ts';
import { createEffectRunner } from '../../journal/effects.ts';
import { createJournalMetrics } from '../../journal/metrics.ts';
import type { Batch, Journal } from '../../journal/port.ts';
import { openSqliteJournal } from '../../journal/sqlite.ts';
import { createRunEngine, type RunEngine } from '../engine.ts';
import type { Plan } from '../run-state.ts';
import type { RunView } from '../views.ts';
import { createStandInClock, type StandInClock } from './clock.ts';
import { createStandInDoors, createStandInProbes } from './doors.ts';
import { createStandInDrivers } from './driver.ts';
import { createStandInKinds, type Script } from './kinds.ts';
import { createStandInShells } from './shell.ts';

/** What is said to a step that asks. */
export type Answer = 'continue' | 'skip' | 'abort';

export interface RehearsalAsked extends Script {
  readonly config: Config;
  readonly runbook: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** `GI-<n>`: stood in for, acknowledged and P1; null: it is for none. */
  readonly incident: string | null;
  /** By the id of the step that asks; `continue` to every other. */
  readonly answers: Readonly<Record<string, Answer>>;
}

export interface Rehearsal {
  readonly plan: Plan;
  /** Null: it was refused. */
  readonly run: RunView | null;
  readonly refused: Extract<Outcome, { kind: 'refused' }> | null;
  /** The same run, taken back after its end; null: nothing of it could be. */
  readonly undone: RunView | null;
  /** What the stand-ins were asked to do, in order: by the run, and by taking it back. */
  readonly asked: readonly string[];
  readonly askedByUndo: readonly string[];
  /** What was taken as given, in words. */
  readonly assumed: readonly string[];
}

const ASKER = 'local';
const SECOND_PERSON = 'slack:U0STANDIN';

/** Rehearses a run. Nothing outside is touched but a folder for its journal, which is gone afterwards. */
export async function rehearseRun(asked: RehearsalAsked): Promise<Rehearsal> {
  const folder = await mkdtemp(join(tmpdir(), 'gianna-rehearsal-'));
  const clock = createStandInClock(Date.now());
  const logger = createLogger('silent', createSecretRegister());
  const journal = await openSqliteJournal({
    path: join(folder, 'rehearsal.db'),
    clock: systemClock,
    logger,
    scratch: true,
  });
  const told: string[] = [];
  const engine = createStandInEngine(asked, { journal, clock, tell: (line) => told.push(line) });
  const metrics = createJournalMetrics(createMetricsRegistry());
  const executors = { run: engine.executor };
  const effects = createEffectRunner({ journal, clock: systemClock, logger, executors, metrics });
  await effects.start();
  try {
    return await liveThrough(asked, { journal, clock, engine, told });
  } finally {
    await engine.stop();
    await effects.stop();
    await journal.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Stage {
  readonly journal: Journal;
  readonly clock: StandInClock;
  readonly engine: RunEngine;
  readonly told: readonly string[];
}

function createStandInEngine(
  { config, fail, results }: RehearsalAsked,
  { journal, clock, tell }: Pick<Stage, 'journal' | 'clock'> & { readonly tell: (line: string) => void },
): RunEngine {
  const secrets = createSecretRegister();
  return createRunEngine({
    journal,
    clock,
    config: { current: () => config },
    logger: createLogger('silent', secrets),
    metrics: createMetricsRegistry(),
    driverOf: createStandInDrivers(config, tell),
    shellOf: createStandInShells(config, tell),
    doors: createStandInDoors(clock, tell),
    kindOf: createStandInKinds({ fail, results }, tell),
    runProbes: createStandInProbes(clock),
    mayRun: async () => ({ allowed: true, reason: '' }),
    mayApprove: async () => ({ allowed: true, reason: '' }),
    incident: async () => ({
      ...{ status: 'acknowledged', service: null, severity: 'P1', owner: ASKER, channel: 'ops', cause: null },
    }),
    secretOf: ({ secret }) => `stand-in for ${secret}`,
    redact: createRedact(secrets),
  });
}

async function liveThrough(asked: RehearsalAsked, stage: Stage): Promise<Rehearsal> {
  const { runbook, parameters, incident } = asked;
  const { engine, told } = stage;
  const plan = await engine.plan({ runbook, parameters, incident });
  const assumed: string[] = [];
  const args = { runbook, parameters: parameters as Command['args'], reason: 'a rehearsal' };
  const outcome = await decide({ verb: 'run', args, ...(incident === null ? {} : { incident }) }, stage);
  const nothing = { run: null, undone: null, asked: [], askedByUndo: [], assumed };
  if (outcome.kind === 'refused') return { plan, refused: outcome, ...nothing };
  const run = await untilEnded(outcome.run ?? '', asked, stage, assumed);
  const ofRun = told.length;
  const undone = run.mayUndo ? await takeBack(run, stage) : null;
  return { plan, refused: null, run, undone, asked: told.slice(0, ofRun), askedByUndo: told.slice(ofRun), assumed };
}

/** Agrees and answers in place of people until the run has ended. */
async function untilEnded(id: string, asked: RehearsalAsked, stage: Stage, assumed: string[]): Promise<RunView> {
  for (;;) {
    const view = await untilStill(id, stage);
    if (view.status === 'waiting' && view.approval?.state === 'asked') {
      assumed.push(`a second person agreed; it would need one, because ${view.plan?.needs.because.join('; ')}`);
      await mustDecide({ verb: 'approve', by: SECOND_PERSON, run: id, args: { planHash: view.planHash } }, stage);
    } else if (view.asks !== null) {
      const { step, question } = view.asks;
      const answer = asked.answers[step] ?? 'continue';
      assumed.push(`"${question}" (${step}) was answered: ${answer}`);
      await mustDecide({ verb: answer, run: id, args: {} }, stage);
    } else {
      return view;
    }
  }
}

async function takeBack(run: RunView, stage: Stage): Promise<RunView> {
  await mustDecide({ verb: 'undo', run: run.id, args: {} }, stage);
  return untilStill(run.id, stage);
}

/** Lets time go on until the run has ended or waits for a person. */
async function untilStill(id: string, { engine, clock }: Stage): Promise<RunView> {
  for (;;) {
    const view = await engine.run(id);
    if (view === null) throw new Error(`${id} is gone`);
    const isAsking = view.asks !== null || view.approval?.state === 'asked';
    if (view.status !== 'running' && (view.status !== 'waiting' || isAsking)) return view;
    await breathe();
    clock.goOn();
  }
}

/** Stand-ins answer at once: what has not gone on after a few turns of the event loop waits for the clock. */
async function breathe(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
const TURNS = 10;

type Said = Pick<Command, 'verb' | 'args' | 'run' | 'incident'> & { readonly by?: Command['by'] };

async function decide(said: Said, { journal, engine, clock }: Stage): Promise<Outcome> {
  let outcome: Outcome | null = null;
  await decideUntilAppended(journal, async (): Promise<Batch | null> => {
    const decision = await engine.command({ v: 1, by: ASKER, at: clock.now(), via: 'cli', ...said });
    outcome = decision.outcome;
    return decision.batch;
  });
  if (outcome === null) throw new Error(`${said.verb} came to nothing`);
  return outcome;
}

async function mustDecide(said: Said, stage: Stage): Promise<void> {
  const outcome = await decide(said, stage);
  if (outcome.kind === 'refused') throw new Error(`${said.verb} was refused: ${outcome.text}`);
}
