import { describe, expect, it } from 'vitest';
import { judgeCap, type PaidPage } from '../../../src/oncall/pagers/caps.ts';

const NOW = Date.UTC(2026, 10, 23, 14, 0, 0);
const MINUTE = 60_000;
const CAP = { perHour: 2, perDay: 3 };
const ASKED = { severity: 'P1', incident: 'GI-9', people: ['ana'], now: NOW };

function paid(minutesAgo: number, incident = 'GI-1', people = ['ana']): PaidPage {
  return { at: NOW - minutesAgo * MINUTE, incident, people, message: `${minutesAgo} ${incident} ${people.join()}` };
}

describe('what a means may cost', () => {
  it('lets pages out below both caps, and again once old ones have left the window', () => {
    expect(judgeCap(CAP, [paid(5)], ASKED)).toBe('within');
    expect(judgeCap(CAP, [paid(5), paid(6)], ASKED)).toBe('cap-reached');
    expect(judgeCap(CAP, [paid(5), paid(61)], ASKED)).toBe('within');
    expect(judgeCap(CAP, [paid(5), paid(100), paid(200)], ASKED)).toBe('cap-reached');
    expect(judgeCap(CAP, [paid(5), paid(100), paid(24 * 60 + 1)], ASKED)).toBe('within');
  });

  it('counts pages that went out in one message once', () => {
    const together = [paid(5), { ...paid(5), incident: 'GI-2' }, { ...paid(5), incident: 'GI-3' }];

    expect(judgeCap(CAP, together, ASKED)).toBe('within');
  });

  it('never holds back the first page of a person about a P0', () => {
    const spent = [paid(1), paid(2), paid(3)];
    const p0 = { ...ASKED, severity: 'P0' };

    expect(judgeCap(CAP, spent, p0)).toBe('first-of-p0');
    expect(judgeCap(CAP, [...spent, paid(1, 'GI-9')], p0)).toBe('cap-reached');
    expect(judgeCap(CAP, [...spent, paid(1, 'GI-9', ['ben'])], p0)).toBe('first-of-p0');
    expect(judgeCap(CAP, spent, { ...p0, people: [] })).toBe('cap-reached');
    expect(judgeCap(CAP, spent, { ...p0, incident: null })).toBe('cap-reached');
  });

  it('counts nothing where there is no cap', () => {
    expect(
      judgeCap(
        null,
        Array.from({ length: 1000 }, () => paid(1)),
        ASKED,
      ),
    ).toBe('within');
  });
});
