import { describe, expect, it } from 'vitest';
import { compileMatchers } from '../../../src/alerts/silences/match.ts';
import { parseMatchers } from '../../../src/alerts/silences/matcher.ts';

function matches(text: string, labels: Record<string, string>): boolean {
  const read = parseMatchers(text);
  if (read.kind === 'wrong') throw new Error(read.text);
  return compileMatchers(read.matchers)(labels);
}

describe('matching', () => {
  it.each<[string, Record<string, string>, boolean]>([
    ['a=x', { a: 'x' }, true],
    ['a=x', { a: 'xy' }, false],
    ['a=x b=y', { a: 'x' }, false],
    ['a!=x', { a: 'y' }, true],
    ['a!=x', {}, true],
    ['a=""', {}, true],
    ['a=""', { a: '' }, true],
    ['a!=""', {}, false],
    ['a=~"x"', { a: 'xx' }, false],
    ['a=~"x|y"', { a: 'y' }, true],
    ['a=~"x|y"', { a: 'xy' }, false],
    ['a=~".*"', {}, true],
    ['a=~".+"', {}, false],
    ['a!~"x.*"', { a: 'xyz' }, false],
    ['a!~"x.*"', { a: 'yz' }, true],
    ['a=~"(?i)down"', { a: 'DOWN' }, true],
    ['constructor=""', {}, true],
    ['constructor=~".+"', {}, false],
    ['__proto__=~".+"', {}, false],
  ])('%s on %j is %s', (text, labels, expected) => {
    expect(matches(text, labels)).toBe(expected);
  });

  it('takes linear time on an expression made to take exponential time', () => {
    expect(matches('a=~"(x+x+)+y"', { a: 'x'.repeat(20_000) })).toBe(false);
  });
});
