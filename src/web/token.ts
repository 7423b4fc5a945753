import { createHash, timingSafeEqual } from 'node:crypto';

/** Tells whether an `Authorization` header carries one of the tokens. */
export type CheckToken = (authorization: string | undefined) => boolean;

const BEARER = /^bearer +(\S+) *$/i;

/**
 * Compares with every token in constant time, whatever its length, and never stops at the first that fits. Without
 * tokens everybody may come in: start allows that on loopback only.
 */
export function createTokenCheck(tokens: readonly string[]): CheckToken {
  const known = tokens.map(hashed);
  return (authorization) => {
    if (known.length === 0) return true;
    const presented = hashed(BEARER.exec(authorization ?? '')?.[1] ?? '');
    let fits = false;
    for (const token of known) fits = timingSafeEqual(token, presented) || fits;
    return fits;
  };
}

function hashed(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
