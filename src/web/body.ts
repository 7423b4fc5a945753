import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

export type BodyRead =
  | { readonly kind: 'ok'; readonly body: Uint8Array }
  | { readonly kind: 'too-large' }
  /** All bodies together hold more than we allow ourselves. */
  | { readonly kind: 'crowded' }
  | { readonly kind: 'not-gzip' }
  /** The client went away. */
  | { readonly kind: 'aborted' };

export type Encoding = 'identity' | 'gzip';

/** Bytes of bodies that are held now, over all requests. */
export interface HeldBytes {
  take(bytes: number): boolean;
  give(bytes: number): void;
}

/** Counts held bytes against a ceiling. */
export function createHeldBytes(ceiling: number): HeldBytes {
  let held = 0;
  return {
    take: (bytes) => {
      if (held + bytes > ceiling) return false;
      held += bytes;
      return true;
    },
    give: (bytes) => {
      held -= bytes;
    },
  };
}

/** What Content-Encoding asks for; null: one we do not take. */
export function encodingOf(header: string | undefined): Encoding | null {
  const encoding = (header ?? '').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return 'identity';
  return encoding === 'gzip' || encoding === 'x-gzip' ? 'gzip' : null;
}

/**
 * Reads a body, inflating it on the way, and stops as soon as it is longer than `limit` inflated. The request is then
 * still flowing: the caller drains it. Bytes are counted in `held` until `release` of the caller gives them back.
 */
export function readBody(
  request: IncomingMessage,
  encoding: Encoding,
  limit: number,
  held: HeldBytes,
): Promise<BodyRead & { readonly taken: number }> {
  return new Promise((resolve) => {
    const source: Readable = encoding === 'gzip' ? request.pipe(createGunzip()) : request;
    const chunks: Uint8Array[] = [];
    let length = 0;
    const finish = (read: BodyRead) => {
      source.off('data', take);
      request.off('close', aborted);
      if (source !== request) {
        request.unpipe();
        source.destroy();
      }
      if (read.kind !== 'ok') chunks.length = 0;
      resolve({ ...read, taken: length });
    };
    const take = (chunk: Buffer) => {
      if (length + chunk.length > limit) finish({ kind: 'too-large' });
      else if (!held.take(chunk.length)) finish({ kind: 'crowded' });
      else {
        length += chunk.length;
        chunks.push(chunk);
      }
    };
    const aborted = () => {
      if (!request.complete) finish({ kind: 'aborted' });
    };
    source.on('data', take);
    source.once('end', () => finish({ kind: 'ok', body: joined(chunks) }));
    source.once('error', () => finish({ kind: source === request ? 'aborted' : 'not-gzip' }));
    request.once('close', aborted);
  });
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}
