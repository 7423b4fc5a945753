import { describe, expect, it } from 'vitest';
import { code, dateToken, foreign, plain } from '../../src/bot/mrkdwn.ts';
import { safeLink } from '../../src/bot/render/links.ts';

describe('foreign text in mrkdwn', () => {
  it.each([
    ['<!channel> & <@U1>', '&lt;!channel&gt; &amp; &lt;@U1&gt;'],
    ['*bold* ~gone~ `code`', '∗bold∗ ∼gone∼ ˋcodeˋ'],
    ['_slanted_ but http_5xx_rate', 'ˍslantedˍ but http_5xx_rate'],
    ['> quote', '› quote'],
    ['two\nlines\ttab', 'two lines tab'],
    ['a\u202eb', 'a⟨U+202E⟩b'],
    ['line\u2028paragraph\u2029end', 'line paragraph end'],
    ['nul\u0000', 'nul'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['half \ud83d', 'half \ufffd'],
    ['👩‍👧 family', '👩‍👧 family'],
  ])('shows %j literally', (text, shown) => {
    expect(foreign(text, 200)).toBe(shown);
  });

  it('is cut at a grapheme and never inside an entity', () => {
    expect(foreign('<<<<', 9)).toBe('&lt;&lt;…');
    expect(foreign('ab👩‍👧', 4)).toBe('ab…');
  });

  it('leaves formatting characters alone where nothing formats', () => {
    expect(plain('*bold* <b>', 50)).toBe('*bold* &lt;b&gt;');
  });

  it('has no separators that begin a new line in a code span', () => {
    expect(code('a\u2028b\u2029c')).not.toMatch(/[\u2028\u2029]/u);
  });

  it('cannot end its code span', () => {
    expect(code('a`b')).toBe('`aˋb`');
    expect(code('')).toBe('`-`');
  });

  it('gives dates in the zone of the reader, and in UTC where that does not work', () => {
    expect(dateToken(Date.UTC(2026, 10, 22, 14, 5), '{time}')).toBe('<!date^1795356300^{time}|14:05 UTC>');
  });
});

describe('foreign links', () => {
  it.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'http://169.254.169.254/latest',
    'http://127.0.0.1/x',
    'http://10.0.0.1/x',
    'http://010.0.0.1/x',
    'http://0x7f000001/x',
    'http://2130706433/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://[fd00::1]/',
    'http://localhost/x',
    'http://metadata.google.internal/',
    'http://user:pass@example.com/',
    'prometheus:9090',
    'http://prometheus:9090/graph',
    'http://192.168.1.1./',
    '',
  ])('does not link %j', (url) => {
    expect(safeLink(url, 'Runbook')).toBeNull();
  });

  it('links a public page and shows its host', () => {
    expect(safeLink('https://docs.example.com/a?b=1&c=2', 'Runbook')).toBe(
      '<https://docs.example.com/a?b=1&amp;c=2|Runbook (docs.example.com)>',
    );
  });

  it('cannot be closed from inside', () => {
    expect(safeLink('https://a.example.com/x|y>z', 'Runbook')).toBe(
      '<https://a.example.com/x%7Cy%3Ez|Runbook (a.example.com)>',
    );
  });
});
