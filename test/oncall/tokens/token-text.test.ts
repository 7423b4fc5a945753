import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSameHash, makeToken, readToken } from '../../../src/oncall/tokens/token-text.ts';

describe('a token of the command line', () => {
  it('is read back as the id and hash that were stored of it', () => {
    const token = makeToken();

    expect(readToken(` ${token.text}\n`)).toEqual({ id: token.id, hash: token.hash });
    expect(token.text).not.toContain(token.hash);
  });

  it('is another one every time', () => {
    const made = Array.from({ length: 200 }, () => makeToken());

    expect(new Set(made.flatMap(({ id, text, hash }) => [id, text, hash])).size).toBe(600);
  });

  it('that differs in one character is another one, or none', () => {
    const token = makeToken();
    const characters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_ \n';

    fc.assert(
      fc.property(fc.nat(token.text.length - 1), fc.constantFrom(...characters), (at, other) => {
        const changed = token.text.slice(0, at) + other + token.text.slice(at + 1);
        fc.pre(changed !== token.text && changed.trim() !== token.text);

        const read = readToken(changed);

        const isSame = read !== null && read.id === token.id && isSameHash(read.hash, token.hash);
        expect(isSame).toBe(false);
      }),
    );
  });

  it.each(['', 'gops_', 'xoxb-123', 'gops_3f2a91c04d_short', `${'a'.repeat(5000)}`])('is not %j', (text) => {
    expect(readToken(text)).toBeNull();
  });
});
