import { createHash } from 'node:crypto';

/** Digest of a payload text: the first 128 bits of its SHA-256, as 32 hexadecimal digits. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
