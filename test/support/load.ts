import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './process.ts';

export interface TestBalancer {
  /** Takes a copy out (`out NAME ADDRESS`) or puts it back (`back NAME ADDRESS`), and reloads nginx. */
  readonly script: string;
  /** Names that get requests now, sorted. */
  serving(): string[];
  /** Sends requests by wrk until `end`, each on a connection of its own; at most two minutes. */
  load(): { end(): Promise<LoadSeen> };
  stop(): Promise<void>;
}
export interface LoadSeen {
  readonly requests: number;
  readonly perSecond: number;
  /** What wrk counts as failed: answers that are not 2xx or 3xx, and broken or late connections. */
  readonly failed: number;
  /** Answers of nginx with 5xx, from its own log. */
  readonly refused: readonly string[];
}

const NGINX = '/usr/sbin/nginx';
const WRK = '/usr/bin/wrk';
const PORT = 8080;

/** What is missing for load through a balancer, in words; null when nothing is. */
export function whyNoLoad(): string | null {
  const missing = [NGINX, WRK].find((program) => !existsSync(program));
  return missing === undefined ? null : `${missing} is not installed`;
}

/** nginx in a network namespace in front of copies at `name → address`, none of which stands in for another. */
export async function startBalancer(
  namespace: string,
  copies: Readonly<Record<string, string>>,
): Promise<TestBalancer> {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-nginx-'));
  const up = join(folder, 'up');
  mkdirSync(up);
  for (const [name, address] of Object.entries(copies)) writeFileSync(join(up, name), address);
  const conf = join(folder, 'nginx.conf');
  writeFileSync(conf, configOf(folder));
  const script = join(folder, 'upstream');
  writeFileSync(script, scriptOf(folder, conf));
  chmodSync(script, 0o755);
  execFileSync(script, ['write']);
  const nginx = inNamespace(namespace, [NGINX, '-c', conf, '-e', join(folder, 'error.log')]);
  const log = () => (existsSync(join(folder, 'access.log')) ? readFileSync(join(folder, 'access.log'), 'utf8') : '');
  await until('nginx listens', async () => existsSync(join(folder, 'nginx.pid')));
  return {
    script,
    serving: () => readdirSync(up).sort(),
    load: () => {
      const before = log().length;
      const options = ['-t', '1', '-c', '8', '-d', '120s', '--timeout', '10s', '-H', 'Connection: close'];
      const wrk = startWrk(namespace, [...options, `http://127.0.0.1:${PORT}/`]);
      return {
        end: async () => {
          const said = await wrk.end();
          const lines = log().slice(before).split('\n');
          return { ...readWrk(said), refused: lines.filter((line) => line.startsWith('5')) };
        },
      };
    },
    stop: async () => {
      const ended = new Promise<void>((resolve) => nginx.once('exit', () => resolve()));
      if (nginx.exitCode === null) {
        nginx.kill('SIGTERM');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configOf(folder: string): string {
  return `
daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 512; }
http {
  log_format status '$status $upstream_addr $request_time'; access_log ${folder}/access.log status;
  client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  upstream web { include ${folder}/upstream.conf; }
  server {
    listen 127.0.0.1:${PORT} backlog=1024;
    location / { proxy_pass http://web; proxy_next_upstream off; proxy_connect_timeout 2s; proxy_read_timeout 8s; }
  }
}
`;
}

/** A copy that failed once is not left out by nginx itself (max_fails=0): only the script takes one out. */
function scriptOf(folder: string, conf: string): string {
  return `#!/bin/sh
set -e
case "$1" in
  out) rm -f "${folder}/up/$2" ;;
  back) printf %s "$3" > "${folder}/up/$2" ;;
esac
for each in "${folder}"/up/*; do echo "server $(cat "$each"):80 max_fails=0;"; done > "${folder}/upstream.new"
mv "${folder}/upstream.new" "${folder}/upstream.conf"
test "$1" = write || exec ${NGINX} -c ${conf} -e ${folder}/error.log -s reload
`;
}

function inNamespace(namespace: string, argv: readonly string[]): ChildProcess {
  return spawn('nsenter', [`--net=/run/netns/${namespace}`, ...argv], { stdio: 'ignore' });
}

/** Told to end, wrk says what it saw. */
function startWrk(namespace: string, argv: readonly string[]): { end(): Promise<string> } {
  const all = [`--net=/run/netns/${namespace}`, WRK, ...argv];
  const child = spawn('nsenter', all, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const closed = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(said));
  });
  return {
    end: () => {
      child.kill('SIGINT');
      return closed;
    },
  };
}

/** `Socket errors: connect 0, read 1, write 0, timeout 0` and `Non-2xx or 3xx responses: 3`; without errors neither line is there. */
function readWrk(said: string): Pick<LoadSeen, 'requests' | 'perSecond' | 'failed'> {
  const requests = Number(/(\d+) requests in/.exec(said)?.[1]);
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(said)?.[1]);
  if (!(requests >= 0) || !(perSecond >= 0)) throw new Error(`wrk said something else: ${said}`);
  const wrong = Number(/Non-2xx or 3xx responses: (\d+)/.exec(said)?.[1] ?? 0);
  const sockets = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(said)?.slice(1) ?? [];
  return { requests, perSecond, failed: sockets.reduce((sum, each) => sum + Number(each), wrong) };
}
