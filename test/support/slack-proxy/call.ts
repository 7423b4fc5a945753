import type { IncomingMessage } from 'node:http';

/** One Web API call as it came by: fields parsed, JSON fields (`blocks`, `metadata`, `view`) as values. */
export interface SlackCall {
  readonly method: string;
  /** Milliseconds by the proxy's clock. */
  readonly at: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** HTTP status answered; 0 while open, -1 when the connection was cut or left hanging. */
  status: number;
  /** `ok`, Slack's error code, or the name of the fault that answered. */
  answer: string;
}

const JSON_FIELDS = new Set(['blocks', 'metadata', 'view', 'attachments', 'files']);

/** The method of an `/api/<method>` path; null for everything else. */
export function methodOf(url: string): string | null {
  const found = /^\/api\/([a-zA-Z.]+)(\?|$)/.exec(url);
  return found?.[1] ?? null;
}

/** Reads a whole request or answer. */
export async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The fields of a call, from the query, a form or JSON; a JSON field that does not parse stays text. */
export function readFields(url: string, contentType: string, body: Buffer): Record<string, unknown> {
  const fields: Record<string, unknown> = Object.fromEntries(new URL(url, 'http://slack').searchParams);
  const text = body.toString('utf8');
  if (contentType.includes('application/json')) return { ...fields, ...parsedObject(text) };
  if (contentType.includes('x-www-form-urlencoded'))
    Object.assign(fields, Object.fromEntries(new URLSearchParams(text)));
  for (const name of JSON_FIELDS) {
    if (typeof fields[name] === 'string') fields[name] = parsedOrText(fields[name]);
  }
  return fields;
}

/** JSON text as an object; empty when it is none. */
export function parsedObject(text: string): Record<string, unknown> {
  const value = parsedOrText(text);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
