import type { HttpExpectation } from '../../core/config/config.ts';
import { firstLine } from '../../hosts/printable.ts';
import type { Evidence, Finding } from '../finding.ts';
import { type Exchange, exchange } from '../http-exchange.ts';
import { sayNetworkError } from '../network-error.ts';
import { sayUrl } from '../target.ts';
import type { ProbeOf } from './deps.ts';

const MAX_BODY_BYTES = 256 * 1024;
const MOST_FACTS = 8;

/** Asks a URL once and judges status and JSON answer: expected is ok, else `warn` decides, else it is a fail. */
export async function probeHttp(config: ProbeOf<'http'>, signal: AbortSignal): Promise<Finding> {
  const target = sayUrl(config.url);
  try {
    const answer = await exchange({ url: config.url, method: config.method, maxBytes: MAX_BODY_BYTES, signal });
    return { target, ...judgeAnswer(answer, config) };
  } catch (error) {
    return { target, result: 'fail', summary: sayNetworkError(error), evidence: {} };
  }
}

/** Judges an answer. Without any expectation on JSON, Gianna's own words in `status` count: degraded, unhealthy. */
export function judgeAnswer(
  answer: Exchange,
  config: Pick<ProbeOf<'http'>, 'expect' | 'warn'>,
): Omit<Finding, 'target'> {
  const body = readJson(answer.body);
  const evidence = evidenceOf(answer, body);
  const said = sayAnswer(answer, body);
  const expected = { ...config.expect, status: config.expect.status ?? 200 };
  const wrong = firstMismatch(expected, answer, body);
  if (wrong === null) {
    const own = config.expect.json === null && config.warn === null ? ownWord(body) : 'ok';
    return { result: own, summary: said, evidence };
  }
  if (config.warn !== null && firstMismatch(config.warn, answer, body) === null) {
    return { result: 'warn', summary: said, evidence };
  }
  return { result: 'fail', summary: `${said}; ${wrong}`, evidence };
}

/** What is not as expected, in words; null when everything is. */
function firstMismatch(expected: HttpExpectation, answer: Exchange, body: unknown): string | null {
  if (expected.status !== null && answer.status !== expected.status) {
    const redirect = answer.location === null ? '' : `, it redirects to ${firstLine(sayUrl(answer.location), 80)}`;
    return `expected ${expected.status}${redirect}`;
  }
  if (expected.json === null) return null;
  if (answer.body === null) return `the answer is larger than ${MAX_BODY_BYTES / 1024} KiB`;
  if (body === undefined) return 'the answer is not JSON';
  for (const [path, wanted] of Object.entries(expected.json)) {
    const value = valueAt(body, path);
    if (value !== wanted) return `expected ${path} to be ${sayValue(wanted)}, it is ${sayValue(value)}`;
  }
  return null;
}

function ownWord(body: unknown): Finding['result'] {
  const word = valueAt(body, 'status');
  return word === 'unhealthy' ? 'fail' : word === 'degraded' ? 'warn' : 'ok';
}

/** The value at a dotted path of a JSON answer (`checks.db.status`, `items.0`); undefined when there is none. */
export function valueAt(value: unknown, path: string): unknown {
  let inner = value;
  for (const key of path.split('.')) {
    if (inner === null || typeof inner !== 'object' || !Object.hasOwn(inner, key)) return undefined;
    inner = Reflect.get(inner, key);
  }
  return inner;
}

function readJson(body: string | null): unknown {
  if (body === null) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // Not JSON: for judgeAnswer that is a fact like any other.
  }
}

function sayAnswer({ status, timings }: Exchange, body: unknown): string {
  const word = valueAt(body, 'status');
  const own = typeof word === 'string' ? `, status ${sayValue(word)}` : '';
  return `${status} in ${Math.round(timings.totalMs)} ms${own}`;
}

function sayValue(value: unknown): string {
  if (value === undefined) return 'missing';
  return firstLine(JSON.stringify(value), 80);
}

function evidenceOf({ status, timings }: Exchange, body: unknown): Evidence {
  const evidence: Evidence = {
    status,
    dns_ms: timings.dnsMs,
    connect_ms: timings.connectMs,
    tls_ms: timings.tlsMs,
    first_byte_ms: timings.firstByteMs,
    total_ms: timings.totalMs,
  };
  for (const [name, value] of facts(body, '').slice(0, MOST_FACTS)) evidence[`json.${name}`] = value;
  return evidence;
}

/** The plain values of an answer's first two levels, by dotted path, as evidence. */
function facts(body: unknown, prefix: string): Array<[string, string | number | boolean]> {
  if (body === null || typeof body !== 'object') return [];
  return Object.entries(body).flatMap(([key, value]): Array<[string, string | number | boolean]> => {
    const name = `${prefix}${firstLine(key, 40)}`;
    if (typeof value === 'string') return [[name, firstLine(value, 80)]];
    if (typeof value === 'number' || typeof value === 'boolean') return [[name, value]];
    return prefix === '' ? facts(value, `${name}.`) : [];
  });
}
