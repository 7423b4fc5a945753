import { describe, expect, it } from 'vitest';
import { applyEdit, type Edit } from '../../../../src/runbooks/steps/file/edit.ts';

const set = (values: Record<string, string>, quotes: 'none' | 'single' = 'none'): Edit => ({
  kind: 'set',
  values,
  quotes,
});
const replace = (from: string, to: string, count = 1): Edit => ({ kind: 'replace', from, to, count });

describe('a change of a text file', () => {
  it.each([
    { text: 'A=1\nB=2\n', edit: set({ B: '3' }), after: 'A=1\nB=3\n' },
    { text: 'A=1\n  export B=2\n', edit: set({ B: '3' }), after: 'A=1\n  export B=3\n' },
    { text: 'A=1', edit: set({ B: '2' }), after: 'A=1\nB=2\n' },
    { text: '', edit: set({ B: '2' }), after: 'B=2\n' },
    { text: 'A=1\n#B=2\nAB=3\n', edit: set({ B: '2' }), after: 'A=1\n#B=2\nAB=3\nB=2\n' },
    { text: 'A=1\n', edit: set({ A: 'x y' }, 'single'), after: "A='x y'\n" },
    { text: 'a.c abc', edit: replace('a.c', '$&$1'), after: '$&$1 abc' },
    { text: 'xx', edit: replace('x', 'xx', 2), after: 'xxxx' },
  ])('makes $after of $text', ({ text, edit, after }) => {
    expect(applyEdit(Buffer.from(text), edit)).toEqual({ kind: 'text', text: after });
  });

  it.each([
    { text: 'A=1\nA=2\n', edit: set({ A: '3' }), why: 'A stands there 2 times' },
    { text: 'A=1\n', edit: set({ A: '$(id)' }), why: 'without quotes' },
    { text: 'A=1\n', edit: set({ A: 'x\nB=2' }, 'single'), why: 'single quotes' },
    { text: 'A=1\n', edit: set({ A: "'; id; '" }, 'single'), why: 'single quotes' },
    { text: 'aa', edit: replace('a', 'b'), why: 'stands there 2 times, not once' },
    { text: 'aa', edit: replace('c', 'b'), why: 'stands there nowhere, not once' },
  ])('leaves $text as it is: $why', ({ text, edit, why }) => {
    expect(applyEdit(Buffer.from(text), edit)).toEqual({ kind: 'cannot', why: expect.stringContaining(why) });
  });

  it('leaves bytes as they are that are no text', () => {
    expect(applyEdit(Buffer.from([0xff, 0xfe]), set({ A: '1' }))).toMatchObject({ why: 'it is not UTF-8 text' });
  });
});
