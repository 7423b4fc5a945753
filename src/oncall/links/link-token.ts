import { createHmac, timingSafeEqual } from 'node:crypto';
import { digestOf } from '../../journal/digest.ts';

/** What a link stands for: one page of one person about one incident, until `expiresAt` (epoch milliseconds). */
export interface LinkClaims {
  readonly incident: string;
  readonly person: string;
  /** Short digest of the key of the page. */
  readonly page: string;
  readonly expiresAt: number;
}

const MINUTE_MS = 60_000;
const SIGNATURE_BYTES = 16;
/** `42.ana.0123456789ab.t9k2p.<signature>`: a name may hold dots, what follows it does not. */
const TOKEN = /^(\d{1,15})\.([A-Za-z0-9][A-Za-z0-9_.-]{0,62})\.([0-9a-f]{12})\.([0-9a-z]{1,9})\.([A-Za-z0-9_-]{22})$/;

/** Short digest that binds a link to its page. */
export function pageDigest(key: string): string {
  return digestOf(key).slice(0, 12);
}

/**
 * Signs a link: HMAC-SHA256 cut to 128 bits, so that it fits into one text message together with what is wrong. The same
 * claims give the same token.
 */
export function signLink(claims: LinkClaims, key: string): string {
  const { incident, person, page, expiresAt } = claims;
  const signed = [incident.replace('GI-', ''), person, page, Math.ceil(expiresAt / MINUTE_MS).toString(36)].join('.');
  return `${signed}.${signatureOf(signed, key).toString('base64url')}`;
}

/** Reads a link that any of the keys signed; null: it is none of ours. Whether it expired is not judged. */
export function readLink(token: string, keys: readonly string[]): LinkClaims | null {
  const [, number, person, page, minutes, signature] = TOKEN.exec(token) ?? [];
  if (number === undefined || person === undefined || page === undefined || minutes === undefined) return null;
  const signed = [number, person, page, minutes].join('.');
  const given = Buffer.from(signature ?? '', 'base64url');
  let isOurs = false;
  for (const key of keys) isOurs = isEqual(given, signatureOf(signed, key)) || isOurs;
  if (!isOurs) return null;
  return { incident: `GI-${number}`, person, page, expiresAt: Number.parseInt(minutes, 36) * MINUTE_MS };
}

function signatureOf(signed: string, key: string): Buffer {
  return createHmac('sha256', key).update(`ack-link-1|${signed}`).digest().subarray(0, SIGNATURE_BYTES);
}

function isEqual(given: Buffer, wanted: Buffer): boolean {
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
