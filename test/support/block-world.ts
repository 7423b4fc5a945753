import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { Registry } from 'prom-client';
import { evolvers } from '../../src/cli/evolvers.ts';
import type { Command, Outcome, SubmitCommand } from '../../src/core/command.ts';
import type { Config } from '../../src/core/config/config.ts';
import { createShells, type Shells } from '../../src/hosts/shells.ts';
import { createEffectRunner } from '../../src/journal/effects.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { createRunbookDesk, type RunbookDesk } from '../../src/runbooks/desk.ts';
import type { Peer } from '../../src/runbooks/steps/step.ts';
import { loadTexts, readTexts, SHIPPED } from '../core/config/folder.ts';
import { testConfigSource } from './config.ts';
import { openTestJournal, silentLogger, type TestJournal } from './journal.ts';
import { type NamespaceHost, type NamespaceHosts, startNamespaceHosts } from './namespace-hosts.ts';
import { noDoors } from './no-doors.ts';
import { check } from './run-world.ts';
import { trusting } from './trusting.ts';

export const ANA = 'slack:U01ONCALL';
export const MARCO = 'slack:U02MGR';

/** Where `web-1`, the attacker and its neighbour meet: addresses that are nobody's on any network. */
export const SERVED = { web: '203.0.113.2', bad: '203.0.113.7', good: '203.0.113.8' } as const;

/** The shipped runbooks on machines with sshd: `web-1` serves, `watch` looks from outside, `bad` and `good` are no hosts of ours. */
export interface BlockWorld {
  readonly store: TestJournal;
  readonly desk: RunbookDesk;
  readonly web: NamespaceHost;
  readonly watch: NamespaceHost;
  readonly config: Config;
  readonly peers: Peer[];
  ask(verb: string, args: Command['args'], rest?: Partial<Command>): Promise<Outcome>;
  /** Runs it and resolves with what it came to. */
  run(runbook: string, parameters: Record<string, string>): ReturnType<RunbookDesk['run']>;
  /** Moves the time of the bot; what it does of itself begins. */
  pass(seconds: number): void;
  /** Whether `web-1` answers a ping from there. */
  isServed(from: 'bad' | 'good'): boolean;
  /** Something that listens on `web-1`, and somebody of `bad` connected to it. */
  connectBad(): Promise<void>;
  onWeb(...argv: string[]): string;
  /** What a reboot takes away and nobody but the network gives back. */
  wire(): void;
  end(): Promise<void>;
}

/** Starts it. */
export async function createBlockWorld(): Promise<BlockWorld> {
  const hosts: NamespaceHosts = await startNamespaceHosts(['web-1', 'watch', 'bad', 'good']);
  const [web, watch, bad, good] = hosts.hosts;
  if (web === undefined || watch === undefined || bad === undefined || good === undefined) throw new Error('no hosts');
  const within = (host: NamespaceHost, ...argv: string[]) =>
    execFileSync('nsenter', [`--net=/run/netns/${host.namespace}`, ...argv], { stdio: 'pipe' }).toString();
  const address = (host: NamespaceHost, text: string) =>
    within(host, 'ip', 'address', 'add', `${text}/24`, 'dev', 'eth0');
  address(web, SERVED.web);
  address(bad, SERVED.bad);
  address(good, SERVED.good);

  const store = await openTestJournal();
  const loaded = await loadTexts(readTexts(SHIPPED));
  if (loaded.config === null) throw new Error('the shipped configuration does not load');
  const config: Config = {
    ...loaded.config,
    hosts: { 'web-1': web.config({ roles: ['edge'] }), watch: watch.config({ roles: ['vantage'] }) },
  };
  const source = testConfigSource(config);
  const { journal, clock, path } = store;
  const shells: Shells = createShells({
    config: source,
    clock,
    logger: silentLogger,
    stateFolder: `${path}-state`,
    sshAgent: null,
    installation: path,
  });
  const peers: Peer[] = [];
  const submit: SubmitCommand = async (_key, command) => {
    const { batch, outcome } = await desk.command(command);
    if (batch !== null) await journal.append(batch);
    return { duplicate: false, outcome: Promise.resolve(outcome) };
  };
  const desk: RunbookDesk = createRunbookDesk({
    ...trusting,
    journal,
    config: source,
    clock,
    logger: silentLogger,
    metrics: new Registry(),
    driverOf: () => {
      throw new Error('no services here');
    },
    shellOf: shells.of,
    doors: { ...noDoors, peers: () => peers },
    runProbes: async (names) => names.map((name) => check(name, 'ok', clock.now())),
    incident: async () => null,
    submit,
    openIncidents: async () => [],
    silencesOn: async () => [],
    remediable: async () => null,
    openIncidentIds: async () => [],
    escalate: async () => undefined,
    mayAdmin: async () => ({ allowed: true, reason: '' }),
    marks: { hosts: () => [], read: async () => [] },
  });
  const metrics = createJournalMetrics(new Registry());
  const runner = createEffectRunner({ journal, clock, logger: silentLogger, metrics, executors: desk.executors });
  await runner.start();
  desk.start();
  const children: ChildProcess[] = [];

  async function ask(verb: string, args: Command['args'], rest: Partial<Command> = {}): Promise<Outcome> {
    const command: Command = { v: 1, verb, by: ANA, at: clock.now(), via: 'modal', args, ...rest };
    for (;;) {
      const { batch, outcome } = await desk.command(command);
      if (batch === null || (await journal.append(batch)).kind === 'appended') return outcome;
    }
  }

  return {
    ...{ store, desk, web, watch, config, peers, ask },
    run: async (runbook, parameters) => {
      const outcome = await ask('run', { runbook, parameters, reason: 'seen in the log' });
      if (outcome.kind !== 'done' || outcome.run === undefined) throw new Error(JSON.stringify(outcome));
      await runner.start();
      return desk.waitFor(outcome.run);
    },
    pass: (seconds) => clock.advance(seconds * 1000),
    isServed: (from) => {
      try {
        within(from === 'bad' ? bad : good, 'busybox', 'ping', '-c', '1', '-W', '1', '-I', SERVED[from], SERVED.web);
        return true;
      } catch {
        return false;
      }
    },
    connectBad: async () => {
      const start = (host: NamespaceHost, ...argv: string[]) => {
        children.push(spawn('nsenter', [`--net=/run/netns/${host.namespace}`, ...argv], { stdio: 'pipe' }));
      };
      start(web, 'busybox', 'nc', '-l', '-p', '8080');
      while (!within(web, 'ss', '-Htln').includes(':8080')) await breathe();
      start(
        bad,
        process.execPath,
        '-e',
        `require('net').connect({ host: '${SERVED.web}', port: 8080, localAddress: '${SERVED.bad}' })`,
      );
      while (!within(web, 'ss', '-Htn', 'state', 'established').includes(SERVED.bad)) await breathe();
    },
    onWeb: (...argv) => within(web, ...argv),
    wire: () => void address(web, SERVED.web),
    end: async () => {
      for (const child of children) child.kill('SIGKILL');
      await desk.stop();
      await runner.stop();
      await shells.close();
      await hosts.stop();
      const verified = await verifyJournal({ path, evolvers });
      await store.remove();
      if (!verified.ok) throw new Error(`the journal does not fold: ${JSON.stringify(verified)}`);
    },
  };
}

function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
