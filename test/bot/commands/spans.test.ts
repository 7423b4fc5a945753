import { describe, expect, it } from 'vitest';
import { readSpan, secondsOf, wallTimeOf } from '../../../src/bot/commands/spans.ts';

/** A Wednesday; 12:00 in UTC, 09:00 in São Paulo, 13:00 in Berlin. */
const NOW = Date.UTC(2026, 10, 25, 12, 0, 0);
const HOUR = 3600;

function seconds(text: string, zone: string, now = NOW): number | null {
  const read = readSpan(text.split(' '));
  return read === null ? null : secondsOf(read.span, now, zone);
}

describe('times as people say them', () => {
  it.each([
    ['2h', 'UTC', 2 * HOUR],
    ['1h30m', 'UTC', 1.5 * HOUR],
    ['for 90 minutes', 'UTC', 1.5 * HOUR],
    ['2 Days', 'UTC', 48 * HOUR],
    ['until 18:00', 'UTC', 6 * HOUR],
    ['until 18:00', 'America/Sao_Paulo', 9 * HOUR],
    ['until 6pm', 'Europe/Berlin', 5 * HOUR],
    ['until 11:59', 'UTC', 24 * HOUR - 60],
    ['until 12:00', 'UTC', 24 * HOUR],
    ['until 12am', 'UTC', 12 * HOUR],
    ['until tomorrow', 'UTC', 21 * HOUR],
    ['until tomorrow 9am', 'America/Sao_Paulo', 24 * HOUR],
    ['until thursday 8:30', 'UTC', 20.5 * HOUR],
    ['until wed 13:00', 'UTC', HOUR],
    ['until Wednesday 11:00', 'UTC', (7 * 24 - 1) * HOUR],
    ['until mon', 'UTC', (5 * 24 - 3) * HOUR],
  ])('%s in %s', (text, zone, expected) => {
    expect(seconds(text, zone)).toBe(expected);
  });

  it('by the wall clock on the day that the clocks change', () => {
    const eve = Date.UTC(2026, 9, 24, 16, 0, 0);

    // Berlin goes from UTC+2 to UTC+1 in that night: 18:00 to 09:00 is 16 hours
    expect(seconds('until tomorrow 9am', 'Europe/Berlin', eve)).toBe(16 * HOUR);
  });

  it.each([
    '',
    'soon',
    '2',
    'h',
    'until',
    'until noon',
    'until 24:00',
    'until 13pm',
    'until 0am',
    'until 9:75',
    '-1h',
    'for ever',
  ])('guesses nothing for %j', (text) => {
    expect(readSpan(text.split(' '))).toBeNull();
  });

  it.each([1, 499, 500, 846, 999])('echoes the minute that was said, %i ms after a second', (ms) => {
    const now = NOW + ms;

    expect(wallTimeOf(now + (seconds('until 18:00', 'UTC', now) ?? 0) * 1000, 'UTC')).toBe('2026-11-25 18:00 (UTC)');
  });

  it('says a moment with its zone', () => {
    expect(wallTimeOf(NOW, 'America/Sao_Paulo')).toBe('2026-11-25 09:00 (America/Sao_Paulo)');
  });
});
