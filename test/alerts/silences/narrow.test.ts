import { describe, expect, it } from 'vitest';
import { parseMatchers } from '../../../src/alerts/silences/matcher.ts';
import { contradictionIn, isNarrow, tellApart } from '../../../src/alerts/silences/narrow.ts';

function read(text: string) {
  const parsed = parseMatchers(text);
  if (parsed.kind === 'wrong') throw new Error(parsed.text);
  return parsed.matchers;
}

describe('how narrow matchers are', () => {
  it.each([
    'alertname=X',
    'service=y',
    'component=~"cache|llm"',
    'alertname=~"Gianna.*"',
    'job=api severity!=critical',
  ])('%s says what it is about', (text) => {
    expect(isNarrow(read(text))).toBe(true);
  });

  it.each([
    'severity=warning',
    'alertname!=X',
    'alertname=~".*"',
    'alertname=~".+"',
    'alertname=~"[a-zA-Z]+"',
    'alertname=~"[^z].*"',
    'alertname=~"(?i)[A-Z].*"',
    'alertname=""',
    'alertname=~"X|"',
    'alertname!~"X"',
    'team=~"a"',
  ])('%s could mute nearly everything', (text) => {
    expect(isNarrow(read(text))).toBe(false);
  });

  it('knows matchers that exclude each other', () => {
    expect(contradictionIn(read('a=x a=y'))).toEqual(['a="x"', 'a="y"']);
    expect(contradictionIn(read('a=x a!=x'))).toEqual(['a="x"', 'a!="x"']);
    expect(contradictionIn(read('a=x a=~"y.*"'))).toEqual(['a="x"', 'a=~"y.*"']);
    expect(contradictionIn(read('a=x a!=y a=~"x.*"'))).toBeNull();
  });

  it('names one matcher that tells alerts apart, by the label that says most', () => {
    const kept = [
      { component: 'cache', severity: 'warning' },
      { component: 'llm', severity: 'warning' },
    ];
    const left = [{ component: 'application', severity: 'critical' }];

    expect(tellApart([{ component: 'cache' }], left)).toBe('component="cache"');
    expect(tellApart(kept, left)).toBe('severity="warning"');
    expect(tellApart([{ severity: 'a' }, { severity: 'b' }], [{ severity: 'c' }])).toBe('severity!="c"');
    expect(tellApart([{ severity: 'a' }], [{ severity: 'a' }])).toBeNull();
  });
});
