import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './redis.ts';

export interface SmtpServer {
  /** `smtp://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** The mails that it took, whole, oldest first. */
  mails(): string[];
  stop(): Promise<void>;
}

const PROGRAM = '/usr/bin/aiosmtpd';

/** What is missing for a real SMTP server here, in words; null when nothing is. */
export function whyNoSmtp(): string | null {
  try {
    accessSync(PROGRAM, constants.X_OK);
    return null;
  } catch {
    return `${PROGRAM} is not installed (python3-aiosmtpd)`;
  }
}

/**
 * Starts Debian's aiosmtpd on a free port of 127.0.0.1; it puts each mail into a maildir. `nobody@…` is refused for good,
 * `later@…` the first time, and the answer to a mail to `lost@…` is lost once.
 */
export async function startSmtp(): Promise<SmtpServer> {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-smtp-'));
  const mailbox = join(folder, 'mail');
  const port = await freePort();
  const argv = ['-n', '-l', `127.0.0.1:${port}`, '-c', 'smtp_mailbox.PickyMailbox', mailbox];
  const env = { ...process.env, PYTHONPATH: import.meta.dirname, PYTHONDONTWRITEBYTECODE: '1' };
  const server = spawn('/usr/bin/python3', [PROGRAM, ...argv], { stdio: ['ignore', 'ignore', 'pipe'], env });
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await greeted(port, () => (server.exitCode === null ? null : said));
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    mails: () => {
      const files = readdirSync(join(mailbox, 'new')).sort();
      return files.map((file) => readFileSync(join(mailbox, 'new', file), 'utf8'));
    },
    stop: async () => {
      const exit = new Promise<void>((resolve) => server.once('exit', () => resolve()));
      server.kill('SIGTERM');
      await exit;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const PATIENCE_MS = 20_000;

/** Resolves once the server says its greeting. */
async function greeted(port: number, whyEnded: () => string | null): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    const ended = whyEnded();
    if (ended !== null) throw new Error(`aiosmtpd ended: ${ended}`);
    if (await isGreeted(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('aiosmtpd did not greet');
}

function isGreeted(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    socket.once('data', (chunk) => end(chunk.toString().startsWith('220')));
    socket.once('error', () => end(false));
    socket.once('close', () => resolve(false));
  });
}
