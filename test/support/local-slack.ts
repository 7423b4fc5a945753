import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';

export interface SlackUser {
  id: string;
  name: string;
  real_name: string;
  email: string;
}
export interface SlackChannel {
  id: string;
  name: string;
  members: string[];
}
export interface LocalSlack {
  /** `http://127.0.0.1:PORT`, of the web UI, the Web API (`/api/`) and the control API (`/_control/`). */
  url: string;
  stop(): Promise<void>;
}
export interface LocalSlackOptions {
  users: SlackUser[];
  channels: SlackChannel[];
  mode?: { mode: 'socket' } | { mode: 'events'; requestUrl: string };
  port?: number;
}

export const SLACK_TOKENS = {
  botUserId: 'U0BOT',
  botToken: 'xoxb-test-token',
  appToken: 'xapp-test-token',
  signingSecret: 'test-signing-secret',
} as const;

/** Starts the independent Slack peer (local-slack) and waits until it listens. */
export async function startLocalSlack(options: LocalSlackOptions): Promise<LocalSlack> {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-slack-'));
  const file = join(folder, 'slack.yaml');
  const app = { id: 'A01APP', botName: 'gianna', ...SLACK_TOKENS, ...(options.mode ?? { mode: 'socket' }) };
  const workspace = { name: 'Gianna Test', domain: 'gianna-test', teamId: 'T01TEST' };
  writeFileSync(file, stringify({ workspace, app, users: options.users, channels: options.channels }));
  const binary = join(
    dirname(createRequire(import.meta.url).resolve('local-slack-linux-x64/package.json')),
    'bin/local-slack',
  );
  const child = spawn(binary, ['--config', file, '--port', String(options.port ?? 0), '--base-host', '127.0.0.1'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await listeningUrl(child);
  return {
    url,
    stop: async () => {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function listeningUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = '';
    const read = (chunk: Buffer) => {
      seen += chunk.toString();
      const found = /Web UI:\s+(http:\/\/127\.0\.0\.1:\d+)/.exec(seen);
      if (found?.[1] !== undefined) resolve(found[1]);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => reject(new Error(`local-slack ended with ${code}: ${seen}`)));
    child.once('error', reject);
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 3000);
  await exit;
  clearTimeout(force);
}

/** POSTs to the peer's control API; returns its JSON answer. Resolves after the bot acked. */
export async function control(url: string, path: string, body: object): Promise<unknown> {
  const answer = await fetch(`${url}/_control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`control ${path} answered ${answer.status}: ${text}`);
  return text === '' ? null : JSON.parse(text);
}

/** Reads the peer's state: `state`, `log`, `messages/<channel>`. */
export async function look(url: string, path: string): Promise<unknown> {
  const answer = await fetch(`${url}/_control/${path}`);
  if (!answer.ok) throw new Error(`look ${path} answered ${answer.status}`);
  return answer.json();
}
