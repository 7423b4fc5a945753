import { setTimeout as pause } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import type { Command, Outcome } from '../../src/core/command.ts';
import { runProgram } from '../../src/hosts/local.ts';
import type { Shell } from '../../src/hosts/shell.ts';
import { createEffectRunner } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createTimerLoop } from '../../src/journal/timers.ts';
import { createRunbookDesk } from '../../src/runbooks/desk.ts';
import { testConfig, testConfigSource, testRunbook, testStep } from './config.ts';
import { silentLogger } from './journal.ts';
import { noDoors } from './no-doors.ts';
import { trusting } from './trusting.ts';

/**
 * A process that a test kills, and that says how far it is (`ready`, `undoes`, `holds`): changes two hosts again and
 * again, one until the next step fails (`change`), the other for a second (`hold`). Each change is a file of the run in a folder, made and
 * removed by a real program that first appends its key to a file. Arguments: database, counter file, folder, `change`,
 * `hold` or `settle` (lets time pass until no lease is under way any more, prints runs and leases as JSON and ends).
 */
const [database = '', counter = '', folder = '', mode = 'change'] = process.argv.slice(2);

let aheadMs = 0;
const clock: Clock = { ...systemClock, now: () => Date.now() + aheadMs };

/** Without a lock of its own, so that only the engine keeps it from acting twice. */
const shellOf = (host: string): Shell => ({
  host,
  run: runProgram,
  once: async (key, argv, options) => {
    if (key.includes('-undo-')) process.stdout.write('undoes\n');
    const script = 'echo "$0" >>"$1"; shift; sleep 0.05; exec "$@"';
    const env = { RUN: /^RUN-\d+/.exec(key)?.[0] ?? '' };
    const result = await runProgram(['sh', '-c', script, key, counter, ...argv], { ...options, env });
    return { isFirst: true, result };
  },
});

const make = { argv: ['sh', '-c', ': >"$0/$RUN"', folder] };
const undo = { kind: 'command', body: { argv: ['sh', '-c', 'rm "$0/$RUN"', folder] }, on: null };
const apply = (host: string, hold: string | null) =>
  testStep('apply', 'command', make, { on: { hosts: [host] }, undo, hold });
const breaks = testStep('breaks', 'command', { argv: ['false'] }, { on: { hosts: ['one'] } });
const config = testConfigSource(
  testConfig({
    hosts: { one: { connect: 'local', roles: [] }, two: { connect: 'local', roles: [] } },
    runbooks: {
      change: testRunbook('change', { steps: [apply('one', null), breaks], onFailure: 'undo' }),
      hold: testRunbook('hold', { steps: [apply('two', '1s')] }),
    },
  }),
);
const journal = await openSqliteJournal({ path: database, clock, logger: silentLogger });
const common = { journal, clock, logger: silentLogger };
const desk = createRunbookDesk({
  ...{ ...common, ...trusting, config, shellOf, doors: noDoors, metrics: new Registry() },
  driverOf: () => {
    throw new Error('no service is asked');
  },
  runProbes: async () => [],
  incident: async () => null,
  submit: async (_key, command) => ({ duplicate: false, outcome: Promise.resolve(await take(command)) }),
  openIncidents: async () => [],
  silencesOn: async () => [],
  remediable: async () => null,
  openIncidentIds: async () => [],
  escalate: async () => undefined,
  mayAdmin: async () => ({ allowed: true, reason: '' }),
  marks: { hosts: () => [], read: async () => [] },
});
const metrics = createJournalMetrics(new Registry());
const runner = createEffectRunner({ ...common, metrics, executors: desk.executors });
const timers = createTimerLoop({ ...common, metrics, handlers: desk.timers });
// what it imports at its first program would else take longer than any kill waits
await runProgram(['true'], { timeoutMs: 5000, maxBytes: 1024 });
await desk.recover();
await runner.start();
process.stdout.write('ready\n');
if (mode !== 'settle') {
  timers.start();
  await work();
}
await settle();
await desk.stop();
await runner.stop();
const [runs, leases] = [await states('run'), await states('lease')];
process.stdout.write(`${JSON.stringify([runs, leases])}\n`);
await journal.close();

async function take(command: Command): Promise<Outcome> {
  for (;;) {
    const { batch, outcome } = await desk.command(command);
    if (batch === null || (await journal.append(batch)).kind === 'appended') return outcome;
  }
}

async function work(): Promise<void> {
  for (;;) {
    const args = { runbook: mode, parameters: {} };
    const outcome = await take({ v: 1, verb: 'run', by: 'local', at: clock.now(), via: 'cli', args });
    if (outcome.kind === 'done' && outcome.run !== undefined) await desk.waitFor(outcome.run);
    if ((await desk.leases()).some(({ state }) => state === 'active')) process.stdout.write('holds\n');
    while ((await desk.leases()).some(({ state }) => state !== 'failed')) await pause(20);
  }
}

async function settle(): Promise<void> {
  for (let minutes = 0; minutes < 60; minutes += 1) {
    await runner.idle();
    if ((await desk.leases()).every(({ state }) => state === 'failed')) return;
    aheadMs += 60_000;
    await timers.runDue();
  }
}

async function states(kind: string): Promise<unknown[]> {
  return (await journal.aggregates(kind, { limit: 10_000 })).map(({ state }) => state);
}
