/** `npm run faults -- [--full] [--json] [name …]`: the large runs of the test suite, one after the other, as one table. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitName, machineName } from '../bench/support/figure.ts';
import { wordsOf } from '../test/support/large-run.ts';
import { type LargeRun, RUNS } from './runs.ts';

interface Row {
  readonly name: string;
  readonly promise: string;
  readonly file: string;
  readonly passed: boolean;
  /** What the run told: its seed, and how often each class of fault struck. */
  readonly told: ReadonlyArray<Readonly<Record<string, number>>>;
  readonly tests: number;
  readonly seconds: number;
}

const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const isFull = process.argv.includes('--full');
const isJson = process.argv.includes('--json');
const chosen = RUNS.filter(({ name }) => asked.length === 0 || asked.includes(name));
const unknown = asked.filter((word) => !RUNS.some(({ name }) => name === word));
if (unknown.length > 0) {
  console.error(`no such run: ${unknown.join(', ')}; there are: ${RUNS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const rows = chosen.map((run) => {
  console.error(`running ${run.name}: ${run.promise} …`);
  return carryOut(run);
});
console.log(isJson ? JSON.stringify(rows, null, 2) : table(rows));
process.exit(rows.every(({ passed }) => passed) ? 0 : 1);

/** One file in a vitest of its own; what it prints goes to standard error. */
function carryOut({ name, promise, file, full }: LargeRun): Row {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-faults-'));
  const told = join(folder, 'told.jsonl');
  const report = join(folder, 'report.json');
  const count = isFull ? { GIANNA_TEST_COUNT: String(full) } : {};
  const env = { ...process.env, CI: 'true', GIANNA_FAULTS_TOLD: told, ...count };
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const startedAt = performance.now();
  let hasEnded = true;
  try {
    execFileSync('npx', ['vitest', 'run', file, ...reporters], { env, stdio: ['ignore', 2, 2] });
  } catch {
    hasEnded = false;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const result = readJson(report) as { numPassedTests?: number; numTotalTests?: number };
  const tests = result.numPassedTests ?? 0;
  const passed = hasEnded && tests > 0 && tests === result.numTotalTests;
  const row = { name, promise, file, passed, told: linesOf(told), tests, seconds };
  rmSync(folder, { recursive: true, force: true });
  return row;
}

function readJson(file: string): object {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as object;
  } catch {
    return {};
  }
}

function linesOf(file: string): Row['told'] {
  try {
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line) as Record<string, number>);
  } catch {
    return [];
  }
}

function table(all: readonly Row[]): string {
  const lines = all.map(({ name, promise, passed, told, tests, seconds }) => {
    const numbers = [`${tests} ${tests === 1 ? 'test' : 'tests'}`, ...told.map(wordsOf)].join('; ');
    return `| ${name} | ${promise} | ${passed ? 'PASS' : 'FAIL'} | ${numbers} | ${seconds.toFixed(0)} s |`;
  });
  return [
    `Commit ${commitName()}, ${machineName()}, ${isFull ? 'full counts' : 'samples'}`,
    '',
    '| run | promise | result | numbers | time |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}
