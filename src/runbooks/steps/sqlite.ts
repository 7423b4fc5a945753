import { lstat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as z from 'zod';
import { runProgram } from '../../hosts/local.ts';
import { firstLine } from '../../hosts/printable.ts';
import type { ProgramResult } from '../../hosts/shell.ts';
import { isSecretRef } from '../secret-ref.ts';
import { pathField, type SecretField, secretField, writtenField } from './fields.ts';
import { plainResults, readJson } from './json-results.ts';
import { orRefused } from './or-refused.ts';
import { printWord } from './printed.ts';
import { createSecretKeeper, type SecretKeeper } from './secret-keeper.ts';
import type { StepKind, StepRunDeps, UnitOutcome } from './step.ts';

interface Body {
  readonly file: string;
  readonly sql: string;
  readonly parameters: readonly SecretField[];
  readonly mutates: boolean;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const MAX_BYTES = 1024 * 1024;
/** It would reach other files than the one that is named. */
const OTHER_FILES = /^(\s|;|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(ATTACH|DETACH|VACUUM[\s\S]*\bINTO)\b/i;

/**
 * What runs in a process of its own, so that a long statement or lock wait never stops the bot and a time limit ends
 * it. Reads its whole job from stdin; prints what came of it as one line of JSON.
 */
const PROGRAM = `
const { driver, file, sql, parameters, mutates, busyMs } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const plain = (value) => typeof value === 'bigint' ? String(value) : Buffer.isBuffer(value) ? '(binary)'
  : typeof value === 'string' ? value.slice(0, 2000) : value;
const plainRow = (row) => Object.fromEntries(Object.entries(row).slice(0, 50).map(([name, value]) => [name, plain(value)]));
const say = (answer) => console.log(JSON.stringify(answer));
try {
  const db = new (require(driver))(file, { readonly: !mutates, fileMustExist: true, timeout: busyMs });
  if (mutates) db.pragma('synchronous = FULL');
  const statement = db.prepare(sql);
  if (!mutates && !statement.readonly) throw new Error('it changes the database, and the step says that it does not');
  if (statement.reader) {
    let rows = 0, first = null;
    for (const row of statement.iterate(...parameters)) { first ??= plainRow(row); rows += 1; }
    say({ rows, first });
  } else say({ changes: statement.run(...parameters).changes });
  db.close();
} catch (error) { say({ error: String(error.message), code: String(error.code ?? '') }); process.exitCode = 1; }
`;

const Answer = z.union([
  z.object({ error: z.string(), code: z.string() }),
  z.object({ rows: z.number(), first: z.record(z.string(), z.unknown()).nullable() }),
  z.object({ changes: z.number() }),
]);

/** Runs one SQL statement on an SQLite file of the bot's own machine. */
export const sqliteStep: StepKind<Body> = {
  kind: 'sqlite',
  says: 'Runs one SQL statement on an SQLite file of this machine.',
  body: (value) =>
    z.strictObject({
      file: value(pathField).describe('Absolute path of the database.'),
      sql: writtenField
        .max(20_000)
        .refine((sql) => !sql.includes('\0'), 'must not contain a NUL')
        .refine((sql) => !OTHER_FILES.test(sql), 'must not reach other files: no ATTACH, DETACH or VACUUM INTO')
        .describe('One statement, written out; values belong into parameters.'),
      parameters: z
        .array(value(z.union([z.number(), secretField]) as z.ZodType<SecretField>))
        .default([])
        .describe('Values for each "?", in order.'),
      mutates: z.boolean().default(false).describe('Whether it changes anything; else the file is opened for reading.'),
    }),
  needsHosts: false,
  mutates: (body) => body.mutates,
  isIdempotent: (body) => !body.mutates,
  results: ['rows', 'changes', 'row.*'],
  plan: async (body, input) => ({
    planned: {
      id: input.id,
      kind: 'sqlite',
      target: body.file,
      call: `${body.sql}${body.parameters.length === 0 ? '' : `; with ${body.parameters.map(sayParameter).join(', ')}`}`,
      effect: body.mutates ? 'whatever the statement does, once' : 'looks, changes nothing',
      undo: null,
      mutates: body.mutates,
    },
    targets: [],
    facts: [],
    changes: [],
    probes: [],
    blockedBy: await whyNoFile(body.file),
    units: [{ name: '-', run: orRefused((deps) => runSql(body, input.timeoutMs ?? DEFAULT_TIMEOUT_MS, deps)) }],
  }),
};

function sayParameter(parameter: SecretField | number): string {
  return typeof parameter === 'number' ? String(parameter) : printWord(parameter);
}

async function whyNoFile(file: string): Promise<Array<{ kind: string; reason: string }>> {
  const found = await lstat(file).catch(() => null);
  if (found === null) return [{ kind: 'file', reason: `there is no file ${file} on this machine` }];
  return found.isFile() ? [] : [{ kind: 'file', reason: `${file} is not a plain file` }];
}

async function runSql(body: Body, timeoutMs: number, deps: StepRunDeps): Promise<UnitOutcome> {
  const [missing] = await whyNoFile(body.file);
  if (missing !== undefined) return { status: 'failed', summary: missing.reason };
  const keeper = createSecretKeeper(deps);
  const job = {
    ...body,
    driver: createRequire(import.meta.url).resolve('better-sqlite3'),
    parameters: body.parameters.map((each) => (isSecretRef(each) ? keeper.open(each) : each)),
    // It must give up waiting for a lock, and say so, before it is ended.
    busyMs: Math.max(timeoutMs / 2, timeoutMs - 5000),
  };
  const argv = [process.execPath, '-e', PROGRAM];
  const limits = { timeoutMs, maxBytes: MAX_BYTES, signal: deps.signal };
  const result = await runProgram(argv, { ...limits, input: JSON.stringify(job) });
  const outcome = judge(result, body.mutates, keeper);
  keeper.log(result.stdout);
  keeper.endLog();
  return keeper.hideIn(outcome);
}

function judge(result: ProgramResult, mutates: boolean, { hide, hideOpened }: SecretKeeper): UnitOutcome {
  const read = Answer.safeParse(readJson(result.stdout));
  if (!read.success) {
    const said = result.failure ?? (firstLine(hide(result.stderr)) || 'no answer that can be read');
    if (!mutates || result.end === 'not-started') return { status: 'failed', summary: said };
    return { status: 'unknown', summary: `${said}; whether it was carried out is not known` };
  }
  const answer = read.data;
  if ('error' in answer)
    return { status: 'failed', summary: `${sayCode(answer.code)}${firstLine(hide(answer.error))}` };
  if ('changes' in answer) {
    return { status: 'done', summary: `${answer.changes} rows changed`, results: { changes: answer.changes } };
  }
  const first = firstLine(hide(JSON.stringify(answer.first)));
  const said = answer.first === null ? 'no row' : `${answer.rows === 1 ? 'one row' : `${answer.rows} rows`}: ${first}`;
  return {
    status: 'done',
    summary: said,
    results: { rows: answer.rows, ...plainResults('row', answer.first, hideOpened) },
  };
}

function sayCode(code: string): string {
  return code.startsWith('SQLITE_BUSY') ? 'another process held it all the time: ' : '';
}
