import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import type { UpstreamConfig } from './config/config.ts';

/** How requests to an upstream authenticate and whom they trust, as options of the HTTP client. */
export interface UpstreamOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly auth?: { username: string; password: string };
  readonly httpsAgent?: Agent;
}

/** Reads the upstream's certificate authority now: throws when its file cannot be read. */
export function upstreamOptions({ auth, caFile }: UpstreamConfig): UpstreamOptions {
  const headers = auth !== null && 'bearer' in auth ? { authorization: `Bearer ${auth.bearer}` } : {};
  const basic = auth !== null && 'basic' in auth ? { auth: { ...auth.basic } } : {};
  const tls = caFile === null ? {} : { httpsAgent: new Agent({ ca: readFileSync(caFile) }) };
  return { headers, ...basic, ...tls };
}
