import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;
const ID_BYTES = 5;
/** `gops_3f2a91c04d_<43 characters>`: its public id, then 256 random bits. */
const TOKEN = /^gops_([0-9a-f]{10})_([A-Za-z0-9_-]{43})$/;
const HASH = /^[0-9a-f]{64}$/;

/** A token that was made here: `text` is shown once and kept nowhere; `id` is public; `hash` is what is stored. */
export interface NewToken {
  readonly id: string;
  readonly text: string;
  readonly hash: string;
}

/** Makes a personal token of the command line. */
export function makeToken(): NewToken {
  const id = randomBytes(ID_BYTES).toString('hex');
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { id, text: `gops_${id}_${secret}`, hash: hashOf(secret) };
}

/** The public id and the secret's hash of a token as it is presented; null: it is none of ours. */
export function readToken(text: string): Pick<NewToken, 'id' | 'hash'> | null {
  const [, id, secret] = TOKEN.exec(text.trim()) ?? [];
  return id === undefined || secret === undefined ? null : { id, hash: hashOf(secret) };
}

/** Whether a text is a hash as `makeToken` gives them. */
export function isTokenHash(text: unknown): text is string {
  return typeof text === 'string' && HASH.test(text);
}

/** Compares two hashes in a time that tells nothing of where they differ. */
export function isSameHash(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one, 'hex'), Buffer.from(other, 'hex')];
  return first.length === second.length && timingSafeEqual(first, second);
}

/** A fast hash is enough: 256 random bits cannot be guessed, however fast one tries. */
function hashOf(secret: string): string {
  return createHash('sha256').update(`cli-token-1|${secret}`).digest('hex');
}
