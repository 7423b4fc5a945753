/** Starts, stops and asks the stand-in beside it: `gianna-ctl start|stop|status PORT`. Pid and log are kept beside it too. */
import { spawn } from 'node:child_process';
import { openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [verb, port = '8000'] = process.argv.slice(2);
const folder = dirname(fileURLToPath(import.meta.url));
const pidFile = join(folder, 'gianna.pid');

function livingPid(): number | null {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    process.kill(pid, 0);
    return pid;
  } catch {
    return null;
  }
}

async function isGone(pid: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  process.kill(pid, 'SIGKILL');
}

async function answersHealth(): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      await fetch(`http://127.0.0.1:${port}/health`);
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  return false;
}

async function start(): Promise<number> {
  if (livingPid() !== null) return 0;
  const log = openSync(join(folder, 'gianna.log'), 'a');
  const child = spawn(process.execPath, [join(folder, 'gianna.mjs'), port], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  child.unref();
  writeFileSync(pidFile, String(child.pid));
  return (await answersHealth()) ? 0 : 1;
}

async function stop(): Promise<number> {
  const pid = livingPid();
  if (pid === null) return 0;
  process.kill(pid, 'SIGTERM');
  await isGone(pid);
  rmSync(pidFile, { force: true });
  return 0;
}

const verbs: Readonly<Record<string, () => Promise<number>>> = {
  start,
  stop,
  status: async () => (livingPid() === null ? 3 : 0),
};
const run = verbs[verb ?? ''];
if (run === undefined) {
  console.error('usage: gianna-ctl start|stop|status PORT');
  process.exit(2);
}
process.exit(await run());
