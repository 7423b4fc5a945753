import { describe, expect, it } from 'vitest';
import { createSecretKeeper } from '../../../src/runbooks/steps/secret-keeper.ts';

const SECRET = 'c4n4ry "0123456789abcdef';
const FORMS = [SECRET, JSON.stringify(SECRET).slice(1, -1), encodeURIComponent(SECRET)];

describe('secrets that a step has opened', () => {
  function open() {
    const logged: string[] = [];
    const keeper = createSecretKeeper({
      secretOf: () => SECRET,
      log: (text) => logged.push(text),
      redact: (text) => text.replaceAll('known elsewhere', '[redacted]'),
    });
    keeper.open({ secret: 'CANARY' });
    return { keeper, text: () => logged.join('') };
  }

  it.each(FORMS)('are hidden in output wherever it is cut, and whichever stream comes between: %s', (form) => {
    for (let cut = 0; cut <= form.length; cut += 1) {
      const { keeper, text } = open();

      keeper.log(`before ${form.slice(0, cut)}`, 'stdout');
      keeper.log('between\n', 'stderr');
      keeper.log(`${form.slice(cut)} after\n`, 'stdout');
      keeper.endLog();

      expect(text().split('\n').sort()).toEqual(['', 'before [redacted] after', 'between']);
    }
  });

  it('are hidden when two streams end without the end of a line', () => {
    const { keeper, text } = open();

    keeper.log(`one ${SECRET}`, 'stdout');
    keeper.log(`two ${SECRET}`, 'stderr');
    keeper.endLog();

    expect(text()).toBe('one [redacted]\ntwo [redacted]');
  });

  it.each([FORMS[0] ?? '', 'x'.repeat(10_000) + FORMS[0]])('show no half where the output was cut (%#)', (printed) => {
    const { keeper, text } = open();

    keeper.log(`whole\n${printed.slice(0, -5)}`);
    keeper.endLog(true);

    expect(text()).toMatch(/^whole\n/);
    expect(text()).not.toContain('c4n4');
    expect(text()).toMatch(/\[… the rest was not kept …\]\n$/);
  });

  it('passes on a line that does not end, once it is long', () => {
    const { keeper, text } = open();

    keeper.log('x'.repeat(10_000));

    expect(text().length).toBeGreaterThan(9000);
  });

  it('hides in what is shown also what the process knows; results keep it, for steps that use it', () => {
    const { keeper } = open();

    const outcome = keeper.hideIn({
      status: 'done',
      summary: `${SECRET}, known elsewhere`,
      results: { stdout: `${SECRET}, known elsewhere` },
    });

    expect(outcome.summary).toBe('[redacted], [redacted]');
    expect(outcome.results).toEqual({ stdout: '[redacted], known elsewhere' });
  });
});
