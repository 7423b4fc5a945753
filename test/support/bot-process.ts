import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BotConfigFiles, writeBotConfig } from './bot-config.ts';
import { SLACK_TOKENS } from './local-slack.ts';
import { freePort, type Running, startProcess, until } from './process.ts';

/** The built program as an operator runs it, with a configuration, a store and a port of its own. */
export interface Bot {
  /** `http://127.0.0.1:PORT`, the same at each start. */
  readonly url: string;
  readonly webhook: string;
  readonly token: string;
  readonly database: string;
  readonly socket: string;
  readonly configFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Starts it on the same store; resolves once /health answers, rejects with what it printed when it ends before. */
  start(): Promise<void>;
  /** Starts it and waits until /ready is 200 and, unless told otherwise, Slack is up. */
  startReady(options?: { slack?: 'up' | 'any' }): Promise<void>;
  /** Runs a second `start` with other settings until it ends. */
  startAside(env: Readonly<Record<string, string | undefined>>): Promise<Ended>;
  /** Sends a signal to the running one. */
  signal(name: NodeJS.Signals): void;
  /** Resolves with the exit code and how long it took, once the running one has ended. */
  ended(): Promise<{ code: number | null; seconds: number }>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  isRunning(): boolean;
  pid(): number;
  /** Everything that the present process printed. */
  output(): string;
  /** One call of the command line. */
  cli(...argv: string[]): Promise<Ended>;
  /** One call with `--json`; rejects with what it printed when it does not exit 0. */
  cliJson(...argv: string[]): Promise<unknown>;
  /** Replaces files of the configuration. */
  configure(files: BotConfigFiles): void;
  /** Posts a payload as Alertmanager does; resolves with the status. */
  post(body: unknown): Promise<number>;
  /** GET /ready. */
  ready(): Promise<{ status: number; body: Record<string, unknown> }>;
  /** Ends it and removes its files. */
  remove(): Promise<void>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BotOptions {
  /** `http://127.0.0.1:PORT` of the Slack peer or its proxy. */
  readonly slackUrl: string;
  readonly config?: BotConfigFiles;
  readonly env?: Readonly<Record<string, string>>;
}

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const START_MS = 60_000;

/** Prepares a bot that is not running yet. */
export async function createBot(options: BotOptions): Promise<Bot> {
  if (!existsSync(program)) throw new Error('dist/main.js is missing: run "npm run build" first');
  const folder = mkdtempSync(join(tmpdir(), 'gianna-bot-'));
  const configFolder = join(folder, 'config');
  writeBotConfig(configFolder, options.config);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const database = join(folder, 'data', 'gianna-ops.db');
  const socket = join(folder, 'data', 'gianna-ops.sock');
  const token = 'system-test-token';
  const environment: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    GIANNA_CONFIG: configFolder,
    GIANNA_DATABASE_URL: `sqlite:${database}`,
    GIANNA_HTTP_HOST: '127.0.0.1',
    GIANNA_HTTP_PORT: String(port),
    GIANNA_WEBHOOK_TOKEN: token,
    SLACK_BOT_TOKEN: SLACK_TOKENS.botToken,
    SLACK_APP_TOKEN: SLACK_TOKENS.appToken,
    SLACK_API_URL: `${options.slackUrl}/api/`,
    ...options.env,
  };
  let running: Running | null = null;
  const current = (): Running => {
    if (running === null) throw new Error('the bot was not started');
    return running;
  };
  const isRunning = () => running !== null && running.child.exitCode === null && running.child.signalCode === null;
  const assertAlive = () => {
    if (!isRunning()) throw new Ending(`the bot ended by itself:\n${running?.output() ?? ''}`);
  };

  async function ready() {
    const answer = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(5000) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
  async function start(): Promise<void> {
    running = startProcess(process.execPath, [program, 'start'], { env: environment, cwd: folder });
    await untilAlive('the bot listens', async () => (await fetch(`${url}/health`)).ok, assertAlive);
  }
  function run(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<Ended> {
    const settings = { env: env as NodeJS.ProcessEnv, cwd: folder, timeout: 120_000, maxBuffer: 256 * 1024 * 1024 };
    return new Promise((resolve) => {
      const child = execFile(process.execPath, [program, ...argv], settings, (_error, stdout, stderr) => {
        resolve({ code: child.exitCode, stdout, stderr });
      });
    });
  }
  async function ended() {
    const { child } = current();
    const startedAt = performance.now();
    if (isRunning()) await new Promise<void>((resolve) => child.once('exit', () => resolve()));
    return { code: child.exitCode, seconds: (performance.now() - startedAt) / 1000 };
  }
  async function kill(): Promise<void> {
    if (!isRunning()) return;
    current().child.kill('SIGKILL');
    await ended();
  }

  return {
    url,
    webhook: `${url}/webhooks/alertmanager`,
    token,
    database,
    socket,
    configFolder,
    environment,
    start,
    startReady: async ({ slack = 'up' } = {}) => {
      await start();
      const isReady = async () => {
        const { status, body } = await ready();
        return status === 200 && (slack === 'any' || body.slack === 'up');
      };
      await untilAlive('the bot is ready', isReady, assertAlive);
    },
    startAside: (env) => run(['start'], { ...environment, ...env }),
    signal: (name) => void current().child.kill(name),
    ended,
    kill,
    isRunning,
    pid: () => current().child.pid ?? 0,
    output: () => current().output(),
    cli: (...argv) => run(argv, environment),
    cliJson: async (...argv) => {
      const { code, stdout, stderr } = await run([...argv, '--json'], environment);
      if (code !== 0) throw new Error(`${argv.join(' ')} exited ${code}: ${stderr}${stdout}`);
      return JSON.parse(stdout);
    },
    configure: (files) => writeBotConfig(configFolder, { ...options.config, ...files }),
    post: async (body) => {
      const answer = await fetch(`${url}/webhooks/alertmanager`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      await answer.arrayBuffer();
      return answer.status;
    },
    ready,
    remove: async () => {
      await running?.stop(12_000);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

class Ending extends Error {}

/** Like `until`, but gives up at once when the process has ended. */
async function untilAlive(what: string, condition: () => Promise<boolean>, assertAlive: () => void): Promise<void> {
  let ending: unknown = null;
  await until(
    what,
    async () => {
      try {
        assertAlive();
      } catch (error) {
        ending = error;
        return true;
      }
      return condition();
    },
    START_MS,
  );
  if (ending !== null) throw ending;
}
