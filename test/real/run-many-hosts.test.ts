import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCardSources } from '../../src/bot/card-sources.ts';
import { renderRun } from '../../src/bot/render/run.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { HostConfig } from '../../src/core/config/config.ts';
import type { Shell, ShellOf } from '../../src/hosts/shell.ts';
import { createShells, type Shells } from '../../src/hosts/shells.ts';
import { createEffectRunner, type EffectRunner } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import type { Journal } from '../../src/journal/port.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createRunEngine, type RunEngine } from '../../src/runbooks/engine.ts';
import { readFullLog } from '../../src/runbooks/full-log.ts';
import type { RunView } from '../../src/runbooks/views.ts';
import { testConfig, testConfigSource, testRunbook, testStep } from '../support/config.ts';
import { silentLogger } from '../support/journal.ts';
import { countOf, tellRun } from '../support/large-run.ts';
import {
  type NamespaceHost,
  type NamespaceHosts,
  startNamespaceHosts,
  whyNoHosts,
} from '../support/namespace-hosts.ts';
import { mayRun } from '../support/need.ts';
import { noDoors } from '../support/no-doors.ts';
import { refusalOf } from '../support/slack-proxy/blocks.ts';
import { trusting } from '../support/trusting.ts';

/** 200 in the large run, 60 in every other: a login costs two processes and the arithmetic of its keys. */
const HOSTS = countOf(60);
const EACH = Math.max(1, Math.floor(HOSTS / 40));
const DEAD_HOSTS = 4 * EACH;
const HEALTHY = HOSTS - DEAD_HOSTS;
/** Of the step, for each host; all of them together must not need more. */
const LIMIT_MS = 60_000;
/** A machine of each kind of death, and what must be said of each host that it stands for. */
const DEAD = {
  gone: /refuses the connection/,
  hole: /does not answer at all/,
  hung: /takes the connection, but does not answer/,
  changed: /does not show the pinned host key/,
} as const;
/** What the engine promises to have under way at the same time (docs/runbooks.md). */
const MOST_AT_ONCE = 20;
/** Counts itself by the address that it was asked at; the machines share a disk. */
const COUNT = 'echo "$SSH_CONNECTION" >>"$0"';

describe.runIf(mayRun(whyNoHosts()))(`a run over ${HOSTS} hosts of which ${DEAD_HOSTS} are dead`, () => {
  let folder: string;
  let world: NamespaceHosts;
  let journal: Journal;
  let shells: Shells;
  let engine: RunEngine;
  let runner: EffectRunner;
  let hosts: Record<string, HostConfig>;
  let run: RunView;
  let ms: number;
  let most = 0;
  let log: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-many-'));
    const path = join(folder, 'journal.db');
    journal = await openSqliteJournal({ path, clock: systemClock, logger: silentLogger });
    world = await startNamespaceHosts(
      ['well', ...Object.keys(DEAD)],
      ['ListenAddress 0.0.0.0', 'MaxStartups 1000', 'LogLevel ERROR'],
    );
    hosts = inventory();
    await strike();
    await carryOut();
  }, 120_000);
  afterAll(async () => {
    await engine?.stop();
    await runner?.stop();
    await shells?.close();
    await world?.stop();
    await journal?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function named(name: string): NamespaceHost {
    const found = world.hosts.find((host) => host.name === name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  }

  /** One machine stands for many: each host has an address of its own, all of them the same key; the dead stand among the others. */
  function inventory(): Record<string, HostConfig> {
    const range = named('well').address.replace(/\.\d+$/, '');
    const dead = Object.keys(DEAD).flatMap((kind) => Array.from({ length: EACH }, () => kind));
    const kinds = Array.from({ length: HOSTS }, (_, index) => (index % 10 === 5 ? dead.pop() : undefined) ?? 'well');
    const entries = kinds.map((kind, index) => {
      const last = 10 + index + (index < 190 ? 0 : 1); // .200 is nobody's
      const name = `web-${String(index + 1).padStart(3, '0')}-${kind}`;
      return { name, kind, address: `${range}.${last}` };
    });
    for (const kind of ['well', ...Object.keys(DEAD)]) {
      const own = entries.filter((entry) => entry.kind === kind);
      const input = own.map(({ address }) => `addr add ${address}/24 dev eth0\n`).join('');
      execFileSync('ip', ['-n', named(kind).namespace, '-batch', '-'], { input });
    }
    return Object.fromEntries(
      entries.map(({ name, kind, address }) => [name, named(kind).config({ address, roles: ['web'] })]),
    );
  }

  async function strike(): Promise<void> {
    named('gone').cut();
    named('hole').blackHole();
    named('hung').freeze();
    await named('changed').changeKey();
  }

  async function carryOut(): Promise<void> {
    const counter = join(folder, 'counter');
    const body = { argv: ['sh', '-c', COUNT, counter] };
    const step = testStep('patch', 'command', body, { on: { role: 'web' }, timeoutSeconds: LIMIT_MS / 1000 });
    const config = testConfigSource(
      testConfig({ hosts, runbooks: { patch: testRunbook('patch', { steps: [step] }) } }),
    );
    const common = { config, clock: systemClock, logger: silentLogger };
    shells = createShells({ ...common, stateFolder: folder, sshAgent: null, installation: 'one' });
    engine = createRunEngine({
      ...{ ...common, ...trusting, journal, doors: noDoors, metrics: new Registry() },
      driverOf: () => {
        throw new Error('no service is asked');
      },
      shellOf: counting(shells.of),
      runProbes: async () => [],
      incident: async () => null,
    });
    const metrics = createJournalMetrics(new Registry());
    runner = createEffectRunner({ ...common, journal, metrics, executors: { run: engine.executor } });
    const args = { runbook: 'patch', parameters: {} };
    const asked = { v: 1, verb: 'run', by: 'local', at: Date.now(), via: 'cli', args } as const;
    const { batch, outcome } = await engine.command(asked);
    if (batch === null) throw new Error(`the run was refused: ${JSON.stringify(outcome)}`);
    await journal.append(batch);
    const begun = performance.now();
    await runner.start();
    run = await engine.waitFor('RUN-1');
    ms = performance.now() - begun;
    log = (await readFullLog(journal, 'RUN-1')) ?? '';
    tellRun({ hosts: HOSTS, dead: DEAD_HOSTS, 'at most at once': most, ms: Math.round(ms) });
  }

  function counting(of: ShellOf): ShellOf {
    let now = 0;
    return (name): Shell => {
      const shell = of(name);
      const once: Shell['once'] = async (...asked) => {
        now += 1;
        most = Math.max(most, now);
        try {
          return await shell.once(...asked);
        } finally {
          now -= 1;
        }
      };
      return { ...shell, once };
    };
  }

  const outcomes = () =>
    log.split('\n').flatMap((line) => {
      const [, name, status, words] = /^(web-\d{3}-\w+): (\w+): (.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [{ name, status, words: words ?? '' }];
    });

  it('ends within the time limit that its step has for one host', () => {
    expect(ms).toBeLessThan(LIMIT_MS);
    expect(run.status).toBe('failed');
  });

  it('is carried out exactly once on each that lives, and on none that is dead', () => {
    const counted = readFileSync(join(folder, 'counter'), 'utf8').trim().split('\n');
    const addresses = counted.map((line) => line.split(' ')[2]);
    const alive = Object.entries(hosts).filter(([name]) => name.endsWith('well'));

    expect(addresses.sort()).toEqual(alive.map(([, host]) => ('address' in host ? host.address : '')).sort());
  });

  it('has a line for each host in its full log, and says of each dead one why', () => {
    const told = outcomes();

    expect(told.map(({ name }) => name).sort()).toEqual(Object.keys(hosts).sort());
    for (const { name, status, words } of told) {
      const kind = name.slice('web-000-'.length) as keyof typeof DEAD | 'well';
      expect({ name, status, words }).toMatchObject(
        kind === 'well' ? { status: 'done' } : { status: 'failed', words: expect.stringMatching(DEAD[kind]) },
      );
      if (kind !== 'well') expect(words).toMatch(/nothing was (done|sent|started)/);
    }
  });

  it('keeps each outcome as an event of its own, as it comes, and not more under way than is promised', async () => {
    const ends = (await journal.eventsOf('run', 'RUN-1')).filter(({ type }) => type === 'run.unit-finished');

    expect(ends.map(({ data }) => (data as { unit: number }).unit).sort((one, other) => one - other)).toEqual(
      Object.keys(hosts).map((_, index) => index),
    );
    expect(most).toBe(MOST_AT_ONCE);
  });

  it('says how many are done, and names those that are not, in a message that Slack takes', async () => {
    const cards = createCardSources({
      ...{ journal, config: testConfigSource(testConfig({ hosts })), describers: [], maySilence: () => false },
      escalationOf: async () => null,
      run: async () => run,
      nameOf: (actor) => actor,
    });
    const card = await cards.run('RUN-1');
    if (card === null) throw new Error('there is no card');

    const message = renderRun(card, (actor) => actor);

    const dead = Object.keys(hosts).filter((name) => !name.endsWith('well'));
    const words = `${HEALTHY} of ${HOSTS} done; failed: ${dead.join(', ')}`;
    expect(run.summary).toContain(`${words}; ${dead[0]} `);
    expect(JSON.stringify(message)).toContain(words);
    expect(refusalOf('chat.postMessage', { ...message })).toBeNull();
  });
});
