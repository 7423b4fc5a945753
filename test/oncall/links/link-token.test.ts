import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadLinkKeys } from '../../../src/oncall/links/link-keys.ts';
import { pageDigest, readLink, signLink } from '../../../src/oncall/links/link-token.ts';

const [OLD, NEW] = ['o'.repeat(32), 'n'.repeat(32)];
const CLAIMS = {
  incident: 'GI-42',
  person: 'ana.s-1_x',
  page: pageDigest('page|GI-42|1|1|0|person:ana|sms'),
  expiresAt: 1_795_442_400_000,
};

describe('a link', () => {
  it('says what it was signed for, and is short', () => {
    const token = signLink(CLAIMS, NEW);

    expect(readLink(token, [NEW])).toEqual(CLAIMS);
    expect(signLink(CLAIMS, NEW)).toBe(token);
    expect(token.length).toBeLessThan(60);
    expect(encodeURIComponent(token)).toBe(token);
  });

  it('is accepted by every key in force, and by no other', () => {
    const token = signLink(CLAIMS, OLD);

    expect(readLink(token, [NEW, OLD])).toEqual(CLAIMS);
    expect(readLink(token, [NEW])).toBeNull();
    expect(readLink(token, [])).toBeNull();
  });

  it('is none of ours once one character is another', () => {
    const token = signLink(CLAIMS, NEW);
    let changed = 0;
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'abcXYZ019._-%/'), (at, character) => {
        const other = token.slice(0, at) + character + token.slice(at + 1);
        if (other === token) return;
        changed += 1;
        const read = readLink(other, [NEW]);
        // the last character of 22 carries two bits that decode to nothing
        if (read !== null) expect([at, read]).toEqual([token.length - 1, CLAIMS]);
      }),
      { numRuns: 500, seed: 42 },
    );
    expect(changed).toBeGreaterThan(300);
  });

  it.each(['', 'x', '42.ana', `${signLink(CLAIMS, NEW)}.more`, '../../etc/passwd'])('is none of ours: %j', (token) => {
    expect(readLink(token, [NEW])).toBeNull();
  });
});

describe('the keys of links', () => {
  it('are made once and kept for their owner alone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gianna-keys-'));
    const file = join(folder, 'data', 'link-keys');

    const made = loadLinkKeys([], file);
    const again = loadLinkKeys([], file);
    const { mode } = statSync(file);
    rmSync(folder, { recursive: true });

    expect(made).toHaveLength(1);
    expect(made[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(again).toEqual(made);
    expect(mode & 0o777).toBe(0o600);
  });

  it('are those that were given, and no file is made', () => {
    expect(loadLinkKeys([NEW], '/nonexistent/link-keys')).toEqual([NEW]);
  });
});
