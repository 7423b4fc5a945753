import { describe, expect, it } from 'vitest';
import { parseMatchers } from '../../../src/alerts/silences/matcher.ts';
import { compileMuting, silenceOver } from '../../../src/alerts/silences/muting.ts';

function silence(id: string, text: string, endsAt: number) {
  const read = parseMatchers(text);
  if (read.kind === 'wrong') throw new Error(read.text);
  return { id, by: 'local', endsAt, matchers: read.matchers, reason: { digest: 'd', text: 'why' } } as const;
}

describe('when an incident is silent', () => {
  const a = { alertname: 'A', job: 'api' };
  const b = { alertname: 'B', job: 'api' };

  it('is while every alert of it is muted, until the first one is heard again', () => {
    const muting = compileMuting([silence('SIL-1', 'alertname=A', 20), silence('SIL-2', 'alertname=B', 10)]);

    expect(silenceOver([a, b], muting)?.id).toBe('SIL-2');
    expect(silenceOver([a], muting)?.id).toBe('SIL-1');
  });

  it('lasts as long as the longest of several silences of the same alert', () => {
    const muting = compileMuting([silence('SIL-1', 'alertname=A', 20), silence('SIL-2', 'job=api', 30)]);

    expect(silenceOver([a], muting)?.endsAt).toBe(30);
  });

  it('is not when one alert is heard, or none fires', () => {
    const muting = compileMuting([silence('SIL-1', 'alertname=A', 20)]);

    expect(silenceOver([a, b], muting)).toBeNull();
    expect(silenceOver([], muting)).toBeNull();
    expect(silenceOver([a], [])).toBeNull();
  });

  it('is not by a silence whose expression we cannot read', () => {
    const odd = {
      ...silence('x', 'alertname=A', 20),
      matchers: [{ name: 'a', value: '(', isRegex: true, isEqual: true }],
    };

    expect(silenceOver([a], compileMuting([odd]))).toBeNull();
  });
});
