import { hash } from 'node:crypto';

/** Digest of a payload text: the first 128 bits of its SHA-256, as 32 hexadecimal digits. */
export function digestOf(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 32);
}
