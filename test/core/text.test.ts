import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneLine, stripControls, truncateGraphemes } from '../../src/core/text.ts';

describe('truncateGraphemes', () => {
  it.each([
    ['short', 10, 'short'],
    ['exactly ten', 11, 'exactly ten'],
    ['longer than that', 7, 'longer…'],
    ['👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 2, '👨‍👩‍👧‍👦…'],
    ['👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 3, '👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦'],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
    ['anything', 0, ''],
  ])('cuts %j to %i as a reader counts', (text, max, expected) => {
    expect(truncateGraphemes(text, max)).toBe(expected);
  });

  it('never leaves half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, max) => {
        expect(truncateGraphemes(text, max)).not.toMatch(/\p{Surrogate}/u);
      }),
      { seed: 20261122, verbose: true },
    );
  });
});

describe('stripControls', () => {
  it.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['one-byte sequences', '\u009b31mred', 'red'],
    ['titles', '\u001b]0;owned\u0007text', 'text'],
    ['links', '\u001b]8;;http://evil\u001b\\here\u001b]8;;\u001b\\', 'here'],
    ['an unfinished title, without the next line', '\u001b]0;owned\nnext', '\nnext'],
    ['NUL and bells', 'a\u0000b\u0007c\u0085d', 'abcd'],
    ['lone surrogates', 'a\ud800b\udc00', 'a\ufffdb\ufffd'],
    ['reordering, made visible', 'ab\u202ecd\u2066', 'ab⟨U+202E⟩cd⟨U+2066⟩'],
    ['nothing of plain text', 'tab\tand\nline 👍 é', 'tab\tand\nline 👍 é'],
  ])('takes out %s', (_case, text, expected) => {
    expect(stripControls(text)).toBe(expected);
  });

  it('leaves nothing to take out the second time', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('\u001b', '[', ']', '3', 'm', '\u0007', '\u009b', '\ud800', '\u202e', 'a', '\n', '\\'),
    });
    fc.assert(
      fc.property(hostile, (text) => {
        const clean = stripControls(text);

        expect(clean).not.toMatch(/(?![\t\n\r])\p{Cc}|\p{Surrogate}|[\u202a-\u202e\u2066-\u2069]/u);
        expect(stripControls(clean)).toBe(clean);
      }),
      { seed: 20261122, verbose: true },
    );
  });
});

describe('oneLine', () => {
  it('folds every kind of line break and space into one space', () => {
    expect(oneLine('  a\r\n\tb\u2028c\u00a0 d\n')).toBe('a b c d');
  });
});
