import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unifiedDiff } from '../../../../src/runbooks/steps/file/diff.ts';
import { mayRun } from '../../../support/need.ts';
import { seededRandom } from '../../../support/random.ts';

const options = { name: 'x', context: 3, longest: 1000 };

describe('a unified diff', () => {
  it('is nothing between equal texts', () => {
    expect(unifiedDiff('a\nb\n', 'a\nb\n', options)).toBe('');
  });

  it('shows each change with its surroundings', () => {
    const before = 'one\ntwo\nthree\n';

    const diff = unifiedDiff(before, 'one\n2\nthree\nfour', options);

    expect(diff.split('\n')).toEqual([
      ...['--- x', '+++ x', '@@ -1,3 +1,4 @@', ' one', '-two', '+2', ' three', '+four'],
      '\\ No newline at end of file',
    ]);
  });

  it('is cut, and says how much is left', () => {
    const diff = unifiedDiff('', 'line\n'.repeat(100), { ...options, longest: 10 });

    expect(diff.split('\n')).toHaveLength(11);
    expect(diff).toContain('… 93 more lines');
  });

  it.runIf(mayRun(existsSync('/usr/bin/patch') ? null : '/usr/bin/patch is not installed'))(
    'leads patch from one text to the other, whatever they are',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'gianna-diff-'));
      const random = seededRandom('GIANNA_DIFF_SEED', 'texts to compare', 7);
      const file = join(folder, 'file');
      for (let round = 0; round < 60; round++) {
        const text = () =>
          Array.from({ length: random.between(0, 14) }, () => `${random.pick(['a', 'b', 'c', ''])}\n`).join('');
        const [before, after] = [text(), `${text()}${random.pick(['', 'end'])}`];
        if (before === after) continue;
        writeFileSync(file, before);

        const diff = unifiedDiff(before, after, { ...options, context: random.between(0, 3) });
        execFileSync('/usr/bin/patch', ['--silent', '--unified', '--fuzz=0', file], { input: `${diff}\n` });

        expect(readFileSync(file, 'utf8')).toBe(after);
      }
      rmSync(folder, { recursive: true });
    },
  );
});
