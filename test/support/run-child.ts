import { Registry } from 'prom-client';
import { systemClock } from '../../src/core/clock.ts';
import type { ServiceDriver } from '../../src/hosts/driver.ts';
import { runProgram } from '../../src/hosts/local.ts';
import { createEffectRunner } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createRunEngine } from '../../src/runbooks/engine.ts';
import { testConfig, testConfigSource } from './config.ts';
import { silentLogger } from './journal.ts';
import { noDoors, noShells } from './no-doors.ts';
import { trusting } from './trusting.ts';

/**
 * A process that a test kills, and that says how far it is (`open`, `ready`, `acts`): restarts a service of two targets again and again, one after the other, each restart a
 * real program that appends the target's key to a file. Arguments: database, counter file, `work` or `settle` (recovers, prints the runs as JSON and ends).
 */
const [database = '', counter = '', mode = 'work'] = process.argv.slice(2);

/** Without a lock of its own, so that only the engine keeps it from acting twice. */
const driver: ServiceDriver = {
  kind: 'command',
  targets: async () =>
    ['1', '2'].map((number) => ({
      host: 'local',
      service: 'gianna',
      id: `command:${number}`,
      name: `gianna-${number}`,
    })),
  observe: async () => ({ running: true, health: 'none', startedAt: 1, restarts: 0, exitCode: null, facts: {} }),
  planAction: () => ({ call: 'append', effect: 'a line', undo: null }),
  act: async (_target, _action, key) => {
    process.stdout.write('acts\n');
    const script = 'echo "$0" >> "$1"; sleep 0.05';
    const { exitCode } = await runProgram(['sh', '-c', script, key, counter], { timeoutMs: 5000, maxBytes: 1024 });
    return exitCode === 0 ? { outcome: 'done', summary: 'appended' } : { outcome: 'unknown', summary: 'lost' };
  },
};

const base = testConfig();
const known = base.runbooks.restart;
if (known === undefined) throw new Error('no runbook');
const runbook = { ...known, steps: known.steps.filter((step) => step.kind !== 'wait') };
const config = testConfigSource({ ...base, runbooks: { restart: runbook } });
const journal = await openSqliteJournal({ path: database, clock: systemClock, logger: silentLogger });
const engine = createRunEngine({
  journal,
  config,
  clock: systemClock,
  logger: silentLogger,
  metrics: new Registry(),
  driverOf: () => driver,
  shellOf: noShells,
  doors: noDoors,
  runProbes: async (names) =>
    names.map((probe) => ({ probe, target: probe, result: 'ok', summary: 'ok', seconds: 0, at: 0, evidence: {} })),
  ...trusting,
  incident: async () => null,
});
const runner = createEffectRunner({
  journal,
  clock: systemClock,
  logger: silentLogger,
  executors: { run: engine.executor },
  metrics: createJournalMetrics(new Registry()),
});
// what it imports at its first program would else take longer than any kill waits
await runProgram(['true'], { timeoutMs: 5000, maxBytes: 1024 });
process.stdout.write('open\n');
await engine.recover();
await runner.start();
process.stdout.write('ready\n');
if (mode === 'work') await work();
await runner.idle();
await engine.stop();
await runner.stop();
process.stdout.write(`${JSON.stringify(await journal.aggregates('run', { limit: 10_000 }))}\n`);
await journal.close();

async function work(): Promise<void> {
  for (;;) {
    const args = { runbook: 'restart', parameters: { service: 'gianna' } };
    const at = systemClock.now();
    const { batch, outcome } = await engine.command({ v: 1, verb: 'run', by: 'local', at, via: 'cli', args });
    if (batch !== null) await journal.append(batch);
    if (outcome.kind === 'done' && outcome.run !== undefined) await engine.waitFor(outcome.run);
    else await runner.idle();
  }
}
