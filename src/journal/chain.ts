import { createHash } from 'node:crypto';
import type { StoredEvent } from './port.ts';

/** What an event's hash covers besides the hash before it; `data` is its canonical JSON text. */
export type ChainedFields = Omit<StoredEvent, 'hash' | 'data'> & { readonly data: string };

/** The hash before the first event: 32 zero bytes. */
export const GENESIS: Buffer = Buffer.alloc(32);

/**
 * Canonical JSON (keys sorted) of the fields that are chained. Written out by hand because it runs once an event;
 * equal to `canonicalJson` of the same fields with `data` parsed.
 */
export function chainedText(fields: ChainedFields): string {
  const text = JSON.stringify;
  return (
    `{"actor":${text(fields.actor)},"at":${fields.at},"data":${fields.data},"id":${text(fields.id)},` +
    `"incident":${text(fields.incident)},"kind":${text(fields.kind)},"seq":${fields.seq},` +
    `"type":${text(fields.type)},"v":${fields.v},"version":${fields.version}}`
  );
}

/** SHA-256 of the previous hash and the event's canonical JSON: 32 bytes. */
export function hashEvent(previous: Uint8Array, fields: ChainedFields): Buffer {
  return createHash('sha256').update(previous).update(chainedText(fields)).digest();
}
