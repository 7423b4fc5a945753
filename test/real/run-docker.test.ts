import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { Command, Outcome } from '../../src/core/command.ts';
import { createDrivers } from '../../src/hosts/inventory.ts';
import { createEffectRunner, type EffectRunner } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import type { Journal } from '../../src/journal/port.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createProbeMetrics } from '../../src/probes/metrics.ts';
import { createProbeRunner } from '../../src/probes/run.ts';
import { createRunEngine, type RunEngine } from '../../src/runbooks/engine.ts';
import { testConfig, testConfigSource } from '../support/config.ts';
import { startDockerEngine, type TestEngine, whyNoEngine } from '../support/docker-engine.ts';
import { silentLogger } from '../support/journal.ts';
import { mayRun } from '../support/need.ts';
import { noDoors, noShells } from '../support/no-doors.ts';
import { until } from '../support/process.ts';
import { trusting } from '../support/trusting.ts';

/** Healthy once per start: the file is removed at each start and comes back when something breaks it. */
const BREAKS = ['sh', '-c', 'rm -f /tmp/broken; trap "exit 0" TERM; while :; do sleep 0.1; done'];
const HEALTHY_UNLESS_BROKEN = ['test', '!', '-e', '/tmp/broken'];
/** Runs for good the first time, exits with 3 each time after: what a bad start does. */
const LOOPS = [
  'sh',
  '-c',
  'test -e /tmp/once && exit 3; touch /tmp/once; trap "exit 0" TERM; while :; do sleep 0.1; done',
];

/** Ends by force alone, and is healthy three seconds after each start. */
const DEAF_AND_SLOW = [
  'sh',
  '-c',
  'trap "" TERM; rm -f /tmp/well; sleep 3; touch /tmp/well; while :; do sleep 0.1; done',
];
const WELL = ['test', '-e', '/tmp/well'];

describe.runIf(mayRun(whyNoEngine()))('a restart of a real container', () => {
  let docker: TestEngine;
  let folder: string;
  let journal: Journal;
  let engine: RunEngine;
  let runner: EffectRunner;

  beforeAll(async () => {
    docker = await startDockerEngine();
  });
  afterAll(() => docker?.stop());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-run-'));
    const selector = { label: 'app=gianna' };
    const base = testConfig();
    const config = testConfigSource(
      testConfig({
        hosts: { 'docker-1': { connect: 'docker', socket: docker.socket, roles: [] } },
        services: withService(base.services, selector),
        probes: { state: { kind: 'docker', host: 'docker-1', selector, everySeconds: null, timeoutSeconds: 5 } },
        runbooks: quick(base.runbooks),
      }),
    );
    const common = { config, clock: systemClock, logger: silentLogger };
    journal = await openSqliteJournal({ path: join(folder, 'journal.db'), clock: systemClock, logger: silentLogger });
    engine = createRunEngine({
      shellOf: noShells,
      doors: noDoors,
      ...trusting,
      ...common,
      journal,
      metrics: new Registry(),
      driverOf: createDrivers({ ...common, stateFolder: folder }),
      runProbes: createProbeRunner({ ...common, metrics: createProbeMetrics(new Registry()) }),
      incident: async () => null,
      verifyGraceMs: 2000,
    });
    const metrics = createJournalMetrics(new Registry());
    runner = createEffectRunner({
      journal,
      clock: systemClock,
      logger: silentLogger,
      executors: { run: engine.executor },
      metrics,
    });
  });
  afterEach(async () => {
    await engine.stop();
    await runner.stop();
    await journal.close();
    for (const { Id } of await docker.docker.listContainers({ all: true })) {
      await docker.docker.getContainer(Id).remove({ force: true });
    }
    rmSync(folder, { recursive: true, force: true });
  });

  async function ask(planHash?: string, runbook = 'restart'): Promise<Outcome> {
    const args = {
      runbook,
      parameters: { service: 'gianna' },
      ...(planHash === undefined ? {} : { planHash }),
    };
    const command: Command = { v: 1, verb: 'run', by: 'local', at: Date.now(), via: 'cli', args };
    return decide(command);
  }

  async function decide(command: Command): Promise<Outcome> {
    const { batch, outcome } = await engine.command(command);
    if (batch !== null) await journal.append(batch);
    return outcome;
  }

  const plan = () => engine.plan({ runbook: 'restart', parameters: { service: 'gianna' }, incident: null });

  it('fixes what its probe saw failing', async () => {
    const id = await docker.run('gianna-1', {
      argv: BREAKS,
      labels: { app: 'gianna' },
      healthcheck: HEALTHY_UNLESS_BROKEN,
    });
    await breakIt(docker, id);
    await waitForHealth(docker, id, 'unhealthy');

    const outcome = await ask((await plan()).hash);
    await runner.start();
    const run = await engine.waitFor('RUN-1');

    expect(outcome.kind).toBe('done');
    expect(run).toMatchObject({ status: 'succeeded', verdict: 'fixed' });
    expect(run.before.map(({ result }) => result)).toEqual(['fail']);
    expect(run.after.map(({ result }) => result)).toEqual(['ok']);
    expect(run.plan?.targets).toEqual([{ host: 'docker-1', service: 'gianna', id }]);
    expect(run.plan?.steps[1]?.call).toBe(`POST /containers/${id}/restart?t=10`);
  });

  it('has the same plan before and after a restart, since health and uptime are no part of it', async () => {
    await docker.run('gianna-1', { argv: BREAKS, labels: { app: 'gianna' } });
    const before = await plan();

    await ask(before.hash);
    await runner.start();
    await engine.waitFor('RUN-1');

    expect((await plan()).hash).toBe(before.hash);
  });

  it('is no success when the container comes back and crash-loops', async () => {
    await docker.run('gianna-1', { argv: LOOPS, labels: { app: 'gianna' }, restart: 'always' });

    await ask();
    await runner.start();
    const run = await engine.waitFor('RUN-1');

    expect(run.status).toBe('failed');
    expect(run.verdict).not.toBe('fixed');
    expect(run.summary).toMatch(/^restarted but unhealthy: .*exit 3/);
  });

  it('is refused when the container was made anew under the same name since the plan', async () => {
    const first = await docker.run('gianna-1', { argv: BREAKS, labels: { app: 'gianna' } });
    const seen = await plan();
    await docker.docker.getContainer(first).remove({ force: true });
    const second = await docker.run('gianna-1', { argv: BREAKS, labels: { app: 'gianna' } });

    const outcome = await ask(seen.hash);

    expect(outcome).toMatchObject({ kind: 'refused', code: 'PLAN_CHANGED' });
    expect(outcome.text).toContain(second.slice(0, 12));
  });

  it('is refused at its start when the container was made anew since the request', async () => {
    const first = await docker.run('gianna-1', { argv: BREAKS, labels: { app: 'gianna' } });
    await ask((await plan()).hash);
    await docker.docker.getContainer(first).remove({ force: true });
    const second = await docker.run('gianna-1', { argv: BREAKS, labels: { app: 'gianna' } });
    const { State } = await docker.docker.getContainer(second).inspect();

    await runner.start();
    const run = await engine.waitFor('RUN-1');

    expect(run.status).toBe('refused');
    expect((await docker.docker.getContainer(second).inspect()).State.StartedAt).toBe(State.StartedAt);
  });

  it('is refused at its start when the container was made anew since a second person agreed', async () => {
    const first = await docker.run('gianna-1', { argv: BREAKS, labels: { app: 'gianna' } });
    await ask(undefined, 'agreed');
    const { planHash } = (await engine.run('RUN-1')) ?? {};
    const yes = { v: 1, verb: 'approve', by: 'slack:U02MGR', at: Date.now(), via: 'button', run: 'RUN-1' } as const;
    const agreed = await decide({ ...yes, args: { planHash: planHash ?? '' } });
    await docker.docker.getContainer(first).remove({ force: true });
    const second = await docker.run('gianna-1', { argv: BREAKS, labels: { app: 'gianna' } });
    const { State } = await docker.docker.getContainer(second).inspect();

    await runner.start();
    const run = await engine.waitFor('RUN-1');

    expect(agreed.kind).toBe('done');
    expect(run).toMatchObject({
      status: 'refused',
      summary: expect.stringContaining('changed since it was asked for'),
    });
    expect((await docker.docker.getContainer(second).inspect()).State.StartedAt).toBe(State.StartedAt);
  });

  it('waits for a container that ignores SIGTERM and takes long to become healthy', async () => {
    const id = await docker.run('gianna-1', { argv: DEAF_AND_SLOW, labels: { app: 'gianna' }, healthcheck: WELL });
    await waitForHealth(docker, id, 'healthy');
    const before = (await docker.docker.getContainer(id).inspect()).State.StartedAt;

    await ask();
    await runner.start();
    const run = await engine.waitFor('RUN-1');

    const { State, RestartCount } = await docker.docker.getContainer(id).inspect();
    expect(run.status).toBe('succeeded');
    expect(Date.parse(State.StartedAt)).toBeGreaterThan(Date.parse(before));
    expect({ health: State.Health?.Status, RestartCount }).toEqual({ health: 'healthy', RestartCount: 0 });
    expect(run.after.map(({ result }) => result)).toEqual(['ok']);
  });
});

function withService(services: ReturnType<typeof testConfig>['services'], selector: { label: string }) {
  const { gianna } = services;
  if (gianna === undefined) throw new Error('no service');
  return { gianna: { ...gianna, driver: { kind: 'container', selector }, probes: ['state'] } } as const;
}

function quick(runbooks: ReturnType<typeof testConfig>['runbooks']) {
  const { restart } = runbooks;
  if (restart === undefined) throw new Error('no runbook');
  const steps = restart.steps.map((step) =>
    step.kind === 'wait' ? { ...step, body: { for: 'healthy', within: '20s', stable: '2s' } } : step,
  );
  const agreed = { ...restart, runbook: 'agreed', approvals: 1, steps };
  return { restart: { ...restart, steps }, agreed };
}

async function breakIt(docker: TestEngine, id: string): Promise<void> {
  const exec = await docker.docker.getContainer(id).exec({ Cmd: ['touch', '/tmp/broken'] });
  await exec.start({ Detach: true });
}

async function waitForHealth(docker: TestEngine, id: string, wanted: string): Promise<void> {
  const isThere = async () => (await docker.docker.getContainer(id).inspect()).State.Health?.Status === wanted;
  await until(`${id} is ${wanted}`, isThere, 60_000);
}
