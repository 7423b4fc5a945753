import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Load {
  url: string;
  /** Sent in turn; each `@N@` in one becomes the number of the request, so that no two requests need be alike. */
  bodies: readonly string[];
  seconds: number;
  headers?: Readonly<Record<string, string>>;
  connections?: number;
}
export interface LoadResult {
  /** Answered ones. */
  requests: number;
  requestsPerSecond: number;
  errors: number;
  p50Ms: number;
  p99Ms: number;
}

/** Drives a loopback URL with wrk: POSTs, cycling through the bodies. */
export async function drive(load: Load): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-wrk-'));
  const script = join(folder, 'load.lua');
  writeFileSync(script, luaScript(load));
  try {
    const connections = String(load.connections ?? 32);
    const argv = ['-t1', `-c${connections}`, `-d${load.seconds}s`, '--timeout', '10s', '-s', script, load.url];
    return readResult(await output('wrk', argv));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function luaScript(load: Load): string {
  const headers = { 'Content-Type': 'application/json', ...load.headers };
  const table = Object.entries(headers).map(([name, value]) => `["${name}"]="${value}"`);
  const isNumbered = load.bodies.some((body) => body.includes('@N@'));
  const next = isNumbered
    ? 'return wrk.format("POST", nil, headers, (items[i % #items + 1]:gsub("@N@", tostring(i))))'
    : 'return requests[i % #requests + 1]';
  return `
local items = {${load.bodies.map((body) => `[==[${body}]==]`).join(',\n')}}
local headers = {${table.join(', ')}}
local requests, i = {}, 0
function init()
  for k, body in ipairs(items) do requests[k] = wrk.format("POST", nil, headers, body) end
end
function request() i = i + 1; ${next} end
function done(s, l)
  local bad = s.errors.status + s.errors.connect + s.errors.read + s.errors.timeout
  io.write(string.format("R %d %d %d %f %f\\n", s.requests, s.duration, bad, l:percentile(50), l:percentile(99)))
end`;
}

function output(command: string, argv: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.on('error', reject);
    child.on('exit', () => resolve(text));
  });
}

function readResult(text: string): LoadResult {
  const found = /^R (\d+) (\d+) (\d+) ([\d.]+) ([\d.]+)$/m.exec(text);
  if (found === null) throw new Error(`wrk said: ${text}`);
  const [, requests, microseconds, errors, p50, p99] = found.map(Number);
  return {
    requests: Number(requests),
    requestsPerSecond: Number(requests) / (Number(microseconds) / 1e6),
    errors: Number(errors),
    p50Ms: Number(p50) / 1e3,
    p99Ms: Number(p99) / 1e3,
  };
}
