import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startAlertmanager } from '../test/support/alertmanager.ts';
import { type LocalSlack, SLACK_TOKENS, startLocalSlack } from '../test/support/local-slack.ts';
import { freePort, type Running, startProcess, until } from '../test/support/process.ts';
import { startSlackProxy } from '../test/support/slack-proxy/proxy.ts';
import { type DemoAlert, startMonitor, webhookSender } from './monitor.ts';
import { buildStandIn, DEMO_CHANNELS, DEMO_USERS, giannaControl, writeDemoConfig } from './workspace.ts';

/** Everything the demo runs: a Slack, a stand-in Gianna, Alertmanager when it is there, the bot. */
export interface Stage {
  slackUrl: string;
  giannaUrl: string;
  botUrl: string;
  alertmanagerUrl: string | null;
  /** The bot's database, for the CLI. */
  environment: Record<string, string>;
  /** Ends every process and removes every file. */
  stop(): Promise<void>;
}

const repository = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
const WEBHOOK_TOKEN = 'demo-webhook-token';

/** Starts the stage, from the Slack to the bot; stops what it started when a part does not come up. */
export async function startStage(log: (line: string) => void): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-demo-'));
  const stops: Array<() => Promise<unknown> | unknown> = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (let next = stops.pop(); next !== undefined; next = stops.pop()) await next();
  };
  try {
    return await raise(folder, stops, stop, log);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function raise(
  folder: string,
  stops: Array<() => Promise<unknown> | unknown>,
  stop: () => Promise<void>,
  log: (line: string) => void,
): Promise<Stage> {
  const slack: LocalSlack = await startLocalSlack({ users: DEMO_USERS, channels: DEMO_CHANNELS });
  stops.push(() => slack.stop());
  // the peer draws neither date tokens nor groups of options; real Slack does, dates in the reader's own zone
  const proxy = await startSlackProxy({ upstream: slack.url, limits: 'off', drawable: true });
  stops.push(() => proxy.stop());
  const giannaPort = await freePort();
  await buildStandIn(folder);
  await control('start', folder, giannaPort);
  stops.push(() => control('stop', folder, giannaPort));
  const botPort = await freePort();
  const botUrl = `http://127.0.0.1:${botPort}`;
  const webhook = `${botUrl}/webhooks/alertmanager`;
  const alertmanager = await startAlertmanager({ webhook, token: WEBHOOK_TOKEN });
  if (alertmanager !== null) stops.push(() => alertmanager.stop());
  if (alertmanager === null) log('No Alertmanager on this machine: the demo sends its alerts to the bot itself.');
  const alertmanagerUrl = alertmanager?.url ?? null;
  const config = writeDemoConfig({ folder, giannaPort, alertmanagerUrl });
  const environment = botEnvironment(folder, config, botPort, proxy.url);
  const bot: Running = startProcess(process.execPath, [join(repository, 'dist/main.js'), 'start'], {
    env: { ...process.env, ...environment },
    cwd: folder,
  });
  stops.push(() => bot.stop());
  await until('the bot is ready', async () => {
    if (bot.child.exitCode !== null) return true;
    return (await fetch(`${botUrl}/ready`)).ok;
  });
  if (bot.child.exitCode !== null) throw new Error(`the bot did not start:\n${bot.output()}`);
  const send: (alerts: readonly DemoAlert[]) => Promise<void> =
    alertmanager?.send ?? webhookSender(webhook, WEBHOOK_TOKEN);
  const giannaUrl = `http://127.0.0.1:${giannaPort}`;
  stops.push(startMonitor({ target: giannaUrl, send }));
  return { slackUrl: slack.url, giannaUrl, botUrl, alertmanagerUrl, environment, stop };
}

async function control(verb: 'start' | 'stop', folder: string, port: number): Promise<void> {
  const [command = '', ...argv] = giannaControl(verb, folder, port);
  await run(command, argv);
}

function botEnvironment(folder: string, config: string, port: number, slackUrl: string): Record<string, string> {
  return {
    GIANNA_CONFIG: config,
    GIANNA_DATABASE_URL: `sqlite:${join(folder, 'gianna-ops.db')}`,
    GIANNA_HTTP_HOST: '127.0.0.1',
    GIANNA_HTTP_PORT: String(port),
    GIANNA_WEBHOOK_TOKEN: WEBHOOK_TOKEN,
    SLACK_BOT_TOKEN: SLACK_TOKENS.botToken,
    SLACK_APP_TOKEN: SLACK_TOKENS.appToken,
    SLACK_API_URL: `${slackUrl}/api/`,
  };
}
