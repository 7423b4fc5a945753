import * as z from 'zod';
import { firstLine } from '../../hosts/printable.ts';
import type { ProgramOptions, ProgramResult, Shell } from '../../hosts/shell.ts';
import { isSecretRef } from '../secret-ref.ts';
import { type SecretField, secretField, variableField, wordField } from './fields.ts';
import { LONGEST_RESULT, plainResults, readJson } from './json-results.ts';
import { blockedStep, findShells, hostChanges, hostTarget } from './on-hosts.ts';
import { orRefused } from './or-refused.ts';
import { printArgv, printWord } from './printed.ts';
import { judgeOnce, judgeProgram } from './program-outcome.ts';
import { createSecretKeeper, type SecretKeeper } from './secret-keeper.ts';
import type { PreparedUnit, StepInput, StepKind, UnitOutcome } from './step.ts';

interface Body {
  /** At least the program. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, SecretField>>;
  readonly input?: SecretField | undefined;
  readonly mutates: boolean;
  readonly expect: { readonly exit: number | readonly number[] };
  readonly result: 'json' | 'text';
}

const DEFAULT_TIMEOUT_MS = 60_000;
const MAX_BYTES = 256 * 1024;
const exitCode = z.number().int().min(0).max(255);

/** Which program it is cannot be a value. */
function isProgram(name: string | undefined): boolean {
  return name !== undefined && name !== '' && !name.startsWith('-') && !name.includes('${');
}

/** Runs a program on each host from its argv; one that changes anything runs there at most once. */
export const commandStep: StepKind<Body> = {
  kind: 'command',
  says: 'Runs a program on hosts, from a list of arguments; no shell parses it.',
  body: (value) =>
    z.strictObject({
      argv: z
        .array(value(wordField))
        .refine(([name]) => isProgram(name), 'must begin with the program, written out: no ${…}, no "-" in front')
        .describe('Program, written out, and its arguments: each stays one argument, whatever it holds.'),
      env: z
        .record(variableField, value(secretField))
        .default({})
        .describe('Environment of the program; the place for secrets.'),
      input: value(secretField).optional().describe('What the program reads on its standard input.'),
      mutates: z.boolean().default(true).describe('Whether it changes anything; false: a dry run carries it out too.'),
      expect: z
        .strictObject({
          exit: z.union([exitCode, z.array(exitCode).min(1)]).describe('Exit code, or codes, of success.'),
        })
        .default({ exit: 0 })
        .describe('What counts as success.'),
      result: z
        .enum(['json', 'text'])
        .default('text')
        .describe('json: the plain values of the object that it prints are results, "${id.json.name}".'),
    }),
  needsHosts: true,
  mutates: (body) => body.mutates,
  isIdempotent: (body) => !body.mutates,
  results: ['exit', 'stdout', 'json.*'],
  plan: async (body, input, { shellOf }) => {
    const planned = { id: input.id, kind: 'command', target: input.hosts.join(', '), mutates: body.mutates };
    const found = findShells(input.hosts, shellOf);
    if (found.kind === 'blocked') return blockedStep(planned, found.blockedBy);
    return {
      planned: {
        ...planned,
        call: sayCall(body),
        effect: body.mutates ? 'whatever the program does, at most once a host' : 'looks, changes nothing',
        undo: null,
      },
      targets: input.hosts.map((host) => hostTarget(host)),
      facts: [],
      changes: body.mutates ? hostChanges(input.hosts) : [],
      probes: [],
      blockedBy: [],
      units: input.hosts.map((host) => unitOf(host, body, input)),
    };
  },
};

function sayCall({ argv, env, input }: Body): string {
  const given = Object.entries(env).map(([name, value]) => `${name}=${isSecretRef(value) ? printWord(value) : '…'}`);
  const from = input === undefined ? '' : `; input ${isSecretRef(input) ? printWord(input) : 'as the runbook says'}`;
  return `${printArgv(argv)}${given.length === 0 ? '' : `; environment ${given.join(', ')}`}${from}`;
}

function unitOf(host: string, body: Body, { timeoutMs }: StepInput): PreparedUnit {
  return {
    name: host,
    run: orRefused(async (deps) => {
      const keeper = createSecretKeeper(deps);
      const env = Object.fromEntries(Object.entries(body.env).map(([name, value]) => [name, keeper.open(value)]));
      const options: ProgramOptions = {
        timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS,
        maxBytes: MAX_BYTES,
        env,
        ...(body.input === undefined ? {} : { input: keeper.open(body.input) }),
        signal: deps.signal,
        onOutput: keeper.log,
      };
      const outcome = await runProgram(deps.shellOf(host), body, options, { key: deps.key, keeper });
      return keeper.hideIn(outcome);
    }),
  };
}

async function runProgram(
  shell: Shell,
  body: Body,
  options: ProgramOptions,
  { key, keeper }: { readonly key: string; readonly keeper: SecretKeeper },
): Promise<UnitOutcome> {
  const expected = [body.expect.exit].flat();
  if (body.mutates) {
    const once = await shell.once(key, body.argv, options);
    keeper.endLog(once.result.truncated);
    const shown = { ...once, result: hideOutput(once.result, keeper) };
    return { ...judgeOnce(shell.host, shown, expected), results: resultsOf(once.result, body, keeper) };
  }
  const result = await shell.run(body.argv, options);
  keeper.endLog(result.truncated);
  const shown = hideOutput(result, keeper);
  return {
    ...judgeProgram(shell.host, shown, { mutates: false, expected }),
    results: resultsOf(result, body, keeper),
  };
}

/** Whole, before a line of it is cut. */
function hideOutput(result: ProgramResult, { hide }: SecretKeeper): ProgramResult {
  return { ...result, stdout: hide(result.stdout), stderr: hide(result.stderr) };
}

function resultsOf(
  { exitCode: exit, stdout }: ProgramResult,
  { result }: Body,
  { hideOpened }: SecretKeeper,
): NonNullable<UnitOutcome['results']> {
  return {
    ...(exit === null ? {} : { exit }),
    stdout: firstLine(hideOpened(stdout), LONGEST_RESULT),
    ...(result === 'json' ? plainResults('json', readJson(stdout), hideOpened) : {}),
  };
}
