import { describe, expect, it } from 'vitest';
import { createProgramOutput } from '../../src/hosts/program-output.ts';

const ESC = '\u001b';

describe('what a program prints', () => {
  it.each([
    { what: 'a colour', chunks: ['a', `${ESC}[`, '31', 'mred'], text: 'ared' },
    { what: 'a link', chunks: ['a', `${ESC}]8;;http://x`, 'y\u0007link', `${ESC}]8;;\u0007`], text: 'alink' },
    { what: 'a sequence at the very end', chunks: ['a', ESC], text: 'a' },
    { what: 'a line end of two characters', chunks: ['a\r', '\nb'], text: 'a\nb' },
    { what: 'a character of four bytes', chunks: ['a', '\u{1f600}', 'b'], text: 'a\u{1f600}b' },
  ])('is told as it is kept, though it comes byte by byte: $what', ({ chunks, text }) => {
    const told: string[] = [];
    const output = createProgramOutput(1000, (part) => told.push(part));

    for (const byte of Buffer.from(chunks.join(''))) output.write(Uint8Array.of(byte));
    output.end();

    expect(output.text()).toBe(text);
    expect(told.join('')).toBe(text);
  });

  it('is cut between characters, and what is beyond is neither kept nor told', () => {
    const told: string[] = [];
    const output = createProgramOutput(4, (part) => told.push(part));

    output.write(Buffer.from('ab\u00e4\u00e4'));
    output.write(Buffer.from('more'));
    output.end();

    expect(output.text()).toBe('ab\u00e4');
    expect(told.join('')).toBe('ab\u00e4');
    expect(output.isTruncated()).toBe(true);
  });

  it('does not hold back for ever what never ends', () => {
    const told: string[] = [];
    const output = createProgramOutput(100_000, (part) => told.push(part));

    output.write(Buffer.from(`${ESC}]${'x'.repeat(5000)}`));

    expect(told.join('').length).toBeGreaterThan(4000);
  });
});
