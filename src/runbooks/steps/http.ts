import * as z from 'zod';
import { httpUrl } from '../../core/config/schema/common.ts';
import { refuse } from '../../core/errors.ts';
import { createHttp } from '../../core/http.ts';
import { firstLine, printable } from '../../hosts/printable.ts';
import { valueAt } from '../../probes/kinds/http.ts';
import { sayNetworkError } from '../../probes/network-error.ts';
import { isSecretRef } from '../secret-ref.ts';
import { type SecretField, secretField } from './fields.ts';
import { plainResults, readJson } from './json-results.ts';
import { orRefused } from './or-refused.ts';
import { printJson, printWord } from './printed.ts';
import { createSecretKeeper, type SecretKeeper } from './secret-keeper.ts';
import type { StepKind, StepRunDeps, UnitOutcome } from './step.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Scalar = string | number | boolean | null;

interface Body {
  readonly method: (typeof METHODS)[number];
  readonly url: SecretField;
  readonly headers: Readonly<Record<string, SecretField>>;
  readonly token?: SecretField | undefined;
  readonly json?: unknown;
  readonly body?: SecretField | undefined;
  readonly expect: {
    readonly status?: number | readonly number[] | undefined;
    readonly json: Readonly<Record<string, Scalar>>;
  };
  readonly mutates?: boolean | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_BYTES = 1024 * 1024;
/** Nothing was sent when it could not even connect. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Answers of a go-between that lost sight of the service. */
const LOST_BEHIND: ReadonlySet<number> = new Set([502, 504]);
const status = z.number().int().min(100).max(599);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'must be the name of a header')
  .refine((name) => !/^(content-length|transfer-encoding|connection|host)$/i.test(name), 'is not for a runbook to set');
const plainUrl = httpUrl.refine((url) => {
  const { username, password } = new URL(url);
  return username === '' && password === '';
}, 'must hold no user or password: use token or headers');

/** Calls an HTTP address once, from where the bot runs; follows no redirect. */
export const httpStep: StepKind<Body> = {
  kind: 'http',
  says: 'Calls an HTTP address once; follows no redirect.',
  body: (value) =>
    z
      .strictObject({
        method: value(z.enum(METHODS)).default('GET').describe('GET, HEAD, POST, PUT, PATCH or DELETE.'),
        url: value(z.union([plainUrl, secretField.refine(isSecretRef)]) as z.ZodType<SecretField>).describe(
          'Address; a whole address may be a secret.',
        ),
        headers: z.record(headerName, value(secretField)).default({}).describe('Headers; their values are not shown.'),
        token: value(secretField).optional().describe('Sent as "Authorization: Bearer …".'),
        json: z
          .union([z.record(z.string(), z.unknown().meta({ writeOnly: true })), z.array(z.unknown()), scalar])
          .optional()
          .describe('Body, sent as JSON; values of its first level may be secrets.'),
        body: value(secretField).optional().describe('Body, sent as it is.'),
        expect: z
          .strictObject({
            status: z
              .union([status, z.array(status).min(1)])
              .optional()
              .describe('Status of success; else 200 to 299.'),
            json: z.record(z.string().min(1), value(scalar)).default({}).describe('Dotted path → value in the answer.'),
          })
          .default({ json: {} })
          .describe('What counts as success.'),
        mutates: z.boolean().optional().describe('Whether it changes anything; else all but GET and HEAD do.'),
      })
      .refine((body) => body.json === undefined || body.body === undefined, 'has json or body, not both'),
  needsHosts: false,
  mutates: changes,
  isIdempotent: (body) => !changes(body),
  results: ['status', 'json.*'],
  plan: async (body, input) => ({
    planned: {
      id: input.id,
      kind: 'http',
      target: isSecretRef(body.url) ? printWord(body.url) : new URL(body.url).host,
      call: sayCall(body),
      effect: changes(body) ? 'whatever the service does with it, asked once' : 'looks, changes nothing',
      undo: null,
      mutates: changes(body),
    },
    targets: [],
    facts: [],
    changes: [],
    probes: [],
    blockedBy: [],
    units: [{ name: '-', run: orRefused((deps) => call(body, input.timeoutMs ?? DEFAULT_TIMEOUT_MS, deps)) }],
  }),
};

function changes({ method, mutates }: Body): boolean {
  return mutates ?? (method !== 'GET' && method !== 'HEAD');
}

function sayCall({ method, url, headers, token, json, body }: Body): string {
  const names = [...Object.keys(headers), ...(token === undefined ? [] : ['authorization'])];
  return [
    `${method} ${isSecretRef(url) ? printWord(url) : printWord(url).slice(1, -1)}`,
    ...(names.length === 0 ? [] : [`headers ${names.join(', ')}`]),
    ...(json === undefined ? [] : [`JSON ${printJson(json)}`]),
    ...(body === undefined ? [] : [`body ${isSecretRef(body) ? printWord(body) : 'as the runbook says'}`]),
  ].join('; ');
}

async function call(body: Body, timeoutMs: number, deps: StepRunDeps): Promise<UnitOutcome> {
  const keeper = createSecretKeeper(deps);
  const mutates = changes(body);
  const request = requestOf(body, keeper);
  try {
    const answer = await ask(request, { timeoutMs, signal: deps.signal });
    keeper.log(printable(answer.text));
    keeper.endLog();
    return keeper.hideIn(judgeAnswer(answer, body, { mutates, keeper }));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const said = `${body.method}: ${sayNetworkError(error)}`;
    if (NOT_SENT.has(String(error.code)) || !mutates) return { status: 'failed', summary: said };
    return { status: 'unknown', summary: `${said}; whether it was carried out is not known` };
  }
}

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: string | undefined;
}

/** Opens the secrets; refuses what cannot be sent, so that nothing is. */
function requestOf(body: Body, keeper: SecretKeeper): Request {
  const headers: Record<string, string> = {};
  if (body.json !== undefined) headers['content-type'] = 'application/json';
  if (body.body !== undefined) headers['content-type'] = 'text/plain; charset=utf-8';
  for (const [name, value] of Object.entries(body.headers)) headers[name.toLowerCase()] = keeper.open(value);
  if (body.token !== undefined) headers.authorization = `Bearer ${keeper.open(body.token)}`;
  for (const [name, value] of Object.entries(headers)) {
    if (HEADER_VALUE.test(value)) continue;
    throw refuse('HEADER_INVALID', `The header ${name} holds what no header can.`, 'Give printable ASCII, one line.');
  }
  const url = keeper.open(body.url);
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw refuse('URL_INVALID', 'The address is no http or https URL.', 'Correct the variable that holds it.');
  }
  const json = body.json === undefined ? undefined : JSON.stringify(keeper.openAll(body.json));
  return { method: body.method, url, headers, data: body.body === undefined ? json : keeper.open(body.body) };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(
  request: Request,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Answer> {
  const http = createHttp({ timeoutMs, maxBytes: MAX_BYTES });
  const answer = await http.request<unknown>({
    ...request,
    signal,
    responseType: 'text',
    validateStatus: () => true,
    transformRequest: (text) => text,
    transformResponse: (text) => text,
  });
  return { status: answer.status, text: String(answer.data ?? '') };
}

interface Judging {
  readonly mutates: boolean;
  readonly keeper: SecretKeeper;
}

function judgeAnswer(
  { status: code, text }: Answer,
  { method, expect }: Body,
  { mutates, keeper }: Judging,
): UnitOutcome {
  const json = readJson(text);
  const results = { status: code, ...plainResults('json', json, keeper.hideOpened) };
  const line = firstLine(keeper.hide(text));
  const said = `${method}: ${code}${line === '' ? '' : `, ${line}`}`;
  const wrong = whatIsWrong({ code, json, hide: keeper.hide }, expect);
  if (wrong === null) return { status: 'done', summary: said, results };
  const lost = mutates && LOST_BEHIND.has(code);
  return { status: lost ? 'unknown' : 'failed', summary: `${said}; ${wrong}`, results };
}

function whatIsWrong(
  { code, json, hide }: { readonly code: number; readonly json: unknown; readonly hide: SecretKeeper['hide'] },
  expect: Body['expect'],
): string | null {
  const wanted = expect.status === undefined ? null : [expect.status].flat();
  if (wanted !== null && !wanted.includes(code)) return `expected ${wanted.join(' or ')}`;
  if (wanted === null && (code < 200 || code > 299)) return 'expected 200 to 299';
  for (const [path, value] of Object.entries(expect.json)) {
    const found = valueAt(json, path);
    if (found !== value) return `expected ${path} to be ${JSON.stringify(value)}, it is ${sayFound(found, hide)}`;
  }
  return null;
}

function sayFound(value: unknown, hide: SecretKeeper['hide']): string {
  return value === undefined ? 'missing' : firstLine(hide(JSON.stringify(value)), 80);
}
