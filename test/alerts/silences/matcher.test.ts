import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SilenceMatcher } from '../../../src/alerts/alertmanager.ts';
import {
  checkMatchers,
  parseMatchers,
  parseMatcherWords,
  printMatcher,
  printMatchers,
} from '../../../src/alerts/silences/matcher.ts';

const equal = (name: string, value: string): SilenceMatcher => ({ name, value, isRegex: false, isEqual: true });

describe('reading matchers', () => {
  it.each<[string, SilenceMatcher[]]>([
    ['alertname=X', [equal('alertname', 'X')]],
    ['alertname="X"', [equal('alertname', 'X')]],
    [' alertname = "X" ', [equal('alertname', 'X')]],
    ['a!=x', [{ name: 'a', value: 'x', isRegex: false, isEqual: false }]],
    ['a=~"x|y"', [{ name: 'a', value: 'x|y', isRegex: true, isEqual: true }]],
    ['a!~x.*', [{ name: 'a', value: 'x.*', isRegex: true, isEqual: false }]],
    ['{a="b",c=~"d{1,2}"}', [equal('a', 'b'), { name: 'c', value: 'd{1,2}', isRegex: true, isEqual: true }]],
    ['a=b, c=d', [equal('a', 'b'), equal('c', 'd')]],
    ['a=b\nc=d\r\n', [equal('a', 'b'), equal('c', 'd')]],
    ['a=b c=d', [equal('a', 'b'), equal('c', 'd')]],
    ['a="two words" c=d', [equal('a', 'two words'), equal('c', 'd')]],
    ['a=two words', [equal('a', 'two words')]],
    ['a="say \\"hi\\", then \\\\ and \\n"', [equal('a', 'say "hi", then \\ and \n')]],
    ['a=~"\\d+"', [{ name: 'a', value: '\\d+', isRegex: true, isEqual: true }]],
    ['a=""', [equal('a', '')]],
    ['a==b', [equal('a', '=b')]],
    ['a=b,a=b', [equal('a', 'b')]],
  ])('takes %j as amtool does', (text, matchers) => {
    expect(parseMatchers(text)).toEqual({ kind: 'ok', matchers });
  });

  it('takes the words of a shell, each one or several matchers', () => {
    const read = parseMatcherWords(['alertname=X', 'service="y"', '{z!="1"}']);

    expect(read.kind === 'ok' ? read.matchers.map(printMatcher) : read).toEqual([
      'alertname="X"',
      'service="y"',
      'z!="1"',
    ]);
  });

  it.each([
    ['', 'There is no matcher.'],
    ['alertname', '"alertname" is no matcher.'],
    ['a-b=c', '"a-b" is no name of a label.'],
    ['1a=c', '"1a" is no name of a label.'],
    ['=c', '"" is no name of a label.'],
    ['a=~"("', 'The value of a is no regular expression (RE2):'],
    ['a=~"(?=x)"', 'The value of a is no regular expression (RE2):'],
    ['a="b', 'The quotes of "a="b" do not fit together.'],
    ['a=b"c', 'The quotes of'],
    [`a=${'x'.repeat(1001)}`, 'The value of a has 1001 characters.'],
    [Array.from({ length: 31 }, (_, each) => `l${each}=x`).join(','), 'There are 31 matchers.'],
  ])('names what is wrong with %j', (text, what) => {
    const read = parseMatchers(text);

    expect(read.kind === 'wrong' ? read.text : read).toContain(what);
    expect(read.kind === 'wrong' ? read.remedy : '').not.toBe('');
  });

  it('reads what it prints, whatever the value holds', () => {
    const matcher = fc.record({
      name: fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/),
      value: fc.string({ unit: 'binary', maxLength: 30 }),
      isRegex: fc.constant(false),
      isEqual: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(matcher, { minLength: 1, maxLength: 5 }), (matchers) => {
        const unique = [...new Map(matchers.map((each) => [printMatcher(each), each])).values()];

        expect(parseMatchers(matchers.map(printMatcher).join(', '))).toEqual({ kind: 'ok', matchers: unique });
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('prints the same matchers the same, in whatever order they came', () => {
    expect(printMatchers([equal('b', '1'), equal('a', '2')])).toBe(printMatchers([equal('a', '2'), equal('b', '1')]));
  });

  it('checks matchers that came as data by the same rules', () => {
    expect(checkMatchers([{ name: '__proto__', value: 'x', isRegex: false, isEqual: true }]).kind).toBe('ok');
    expect(checkMatchers([{ name: 'a b', value: 'x', isRegex: false, isEqual: true }]).kind).toBe('wrong');
    expect(checkMatchers([]).kind).toBe('wrong');
  });
});
