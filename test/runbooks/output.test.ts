import { describe, expect, it } from 'vitest';
import { createOutput } from '../../src/runbooks/output.ts';

const SECRET = 'c4n4ry-0123456789abcdef';
const redact = (text: string) => text.replaceAll(SECRET, '[redacted]');

describe('what a target prints', () => {
  it('is kept whole, with its secrets hidden, also across two pieces', () => {
    const output = createOutput(redact);

    output.take(`one ${SECRET.slice(0, 9)}`);
    output.take(`${SECRET.slice(9)} two\n`);

    expect(output.text()).toBe('one [redacted] two\n');
  });

  it.each([
    ['lines', '\n'],
    ['one line without an end', ' '],
  ])('shows no half of a secret where its middle is left out, of %s', (_, end) => {
    for (let shift = 0; shift < SECRET.length + end.length; shift += 3) {
      const output = createOutput(redact);

      output.take('.'.repeat(shift));
      for (let count = 0; count < 8000; count += 1) output.take(`${SECRET}${end}`);

      const text = output.text();
      expect(text).toContain('characters left out');
      expect(text.replaceAll('[redacted]', '')).not.toMatch(/c4n4|cdef|4567/);
    }
  });
});
