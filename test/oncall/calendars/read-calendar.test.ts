import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCalendar } from '../../../src/oncall/calendars/read-calendar.ts';
import { testConfig } from '../../support/config.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'calendars');
const NOW = Date.UTC(2026, 9, 20);
/** ana and marco have addresses; ben's is added. */
const { people } = testConfig().oncall;
const PEOPLE = { ...people, ben: { ...people.ben, email: 'ben@company.com' } } as typeof people;

async function read(ics: string | Uint8Array, zone: string, now = NOW) {
  const bytes = typeof ics === 'string' ? new TextEncoder().encode(ics) : ics;
  const { spans, unmatched } = await readCalendar(bytes, { zone }, PEOPLE, now);
  const rows = spans.map(({ from, to, people: who }) => `${iso(from)} ${iso(to)} ${who.join('+')}`);
  return { rows, unmatched };
}
const fixture = (name: string) => readFileSync(join(FIXTURES, name));
const iso = (at: number) => new Date(at).toISOString().slice(0, 16);
const calendar = (...lines: string[]) => ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: string[]) => [
  'BEGIN:VEVENT',
  'UID:one',
  'DTSTAMP:20261001T090000Z',
  ...lines,
  'SUMMARY:ana',
  'END:VEVENT',
];

describe('a calendar', () => {
  it('repeats by the clock of its zone over a change of clocks, without what is left out, with what was moved', async () => {
    const { rows, unmatched } = await read(fixture('lisbon-weeks.ics'), 'America/Sao_Paulo');

    expect(rows).toEqual([
      '2026-10-05T08:00 2026-10-12T08:00 ana',
      '2026-10-12T08:00 2026-10-19T08:00 ben',
      '2026-10-19T08:00 2026-10-26T09:00 ana',
      '2026-10-26T09:00 2026-11-02T09:00 ben',
      '2026-11-10T12:00 2026-11-11T12:00 ben',
      '2026-11-16T09:00 2026-11-23T09:00 ana',
      '2026-11-23T09:00 2026-11-30T09:00 ben',
    ]);
    expect(unmatched).toEqual([]);
  });

  it.each([
    [
      'Europe/Lisbon',
      '2026-10-23T23:00',
      '2026-10-26T00:00',
      '2026-10-27T00:00',
      '2026-10-23T08:00',
      '2026-10-30T09:00',
    ],
    [
      'Pacific/Auckland',
      '2026-10-23T11:00',
      '2026-10-25T11:00',
      '2026-10-26T11:00',
      '2026-10-22T20:00',
      '2026-10-29T20:00',
    ],
    [
      'America/Sao_Paulo',
      '2026-10-24T03:00',
      '2026-10-26T03:00',
      '2026-10-27T03:00',
      '2026-10-23T12:00',
      '2026-10-30T12:00',
    ],
    ['UTC', '2026-10-24T00:00', '2026-10-26T00:00', '2026-10-27T00:00', '2026-10-23T09:00', '2026-10-30T09:00'],
  ])(
    'has whole days and floating times in %s, the zone of its schedule',
    async (zone, from, to, day, first, second) => {
      const { rows } = await read(fixture('mixed.ics'), zone);
      const began = rows.map((row) => row.slice(0, 16));
      const dayAfter = (text: string, days: number) => iso(Date.parse(`${text}Z`) + days * 86_400_000);

      expect(rows).toContain(`${from} ${to} ana`);
      expect(rows).toContain(`${day} ${dayAfter(day, 1)} ana`);
      expect(began).not.toContain(dayAfter(day, 1));
      expect(began).toContain(dayAfter(day, 2));
      expect(rows).toContain(`${first} ${iso(Date.parse(`${first}Z`) + 3_600_000)} ben`);
      expect(began).toContain(second);
    },
  );

  it('names its people by attendee, organizer or title, several of them together, and says whom it does not know', async () => {
    const { rows, unmatched } = await read(fixture('mixed.ics'), 'UTC');

    expect(rows).toContain('2026-11-02T10:00 2026-11-02T12:00 ana+marco');
    expect(rows).toContain('2026-11-03T14:00 2026-11-03T15:00 ben');
    expect(rows.slice(-3)).toEqual([
      '2026-11-05T10:00 2026-11-05T12:00 ana',
      '2026-11-05T12:00 2026-11-05T14:00 ana+ben',
      '2026-11-05T14:00 2026-11-05T16:00 ben',
    ]);
    expect(unmatched).toEqual([{ summary: 'On call: Zoe, ana-maria, banana', at: Date.UTC(2026, 10, 6, 10) }]);
  });

  it('is read from 30 days back to 400 days ahead, with what runs at either end', async () => {
    const yearly = event('DTSTART;VALUE=DATE:20200101', 'RRULE:FREQ=DAILY');
    const { rows } = await read(calendar(...yearly), 'UTC');

    expect(rows).toEqual([`2026-09-20T00:00 ${iso(NOW + 400 * 86_400_000)} ana`]);
  });
});

describe('a hostile calendar', () => {
  it('that takes long is given up after ten seconds, its process ended', async () => {
    const slow = event('DTSTART:19700101T000000Z', 'RRULE:FREQ=DAILY;UNTIL=19950101T000000Z');
    const many = Array.from({ length: 20_000 }, (_, at) => slow.map((line) => line.replace('UID:one', `UID:${at}`)));
    const began = performance.now();

    await expect(read(calendar(many.flat().join('\r\n')), 'UTC')).rejects.toMatchObject({
      code: 'CALENDAR_UNREADABLE',
      message: 'it cannot be read within 10 s; a rule may repeat without end',
    });
    expect(performance.now() - began).toBeLessThan(20_000);
  }, 30_000);

  it('with 10,000 repeats is read', async () => {
    const many = event(
      'DTSTART:20261001T000000Z',
      'DTEND:20261001T001000Z',
      'RRULE:FREQ=MINUTELY;INTERVAL=30;COUNT=10000',
    );
    const { rows } = await read(calendar(...many), 'UTC');

    expect(rows).toHaveLength(10_000);
  });

  it.each([
    [
      'that repeats each second without end',
      calendar(...event('DTSTART:20200101T000000Z', 'DTEND:20200101T000001Z', 'RRULE:FREQ=SECONDLY')),
      /a rule repeats more than 10000 times/,
    ],
    ['of 6 MiB', calendar(...Array.from({ length: 60_000 }, () => `X-FILL:${'x'.repeat(100)}`)), /more than 5 MiB/],
    [
      'of binary',
      Uint8Array.from({ length: 4096 }, (_, index) => (index * 37) % 256),
      /does not begin with BEGIN:VCALENDAR/,
    ],
    ['that is cut off', calendar(...event('DTSTART:20261101T000000Z')).slice(0, -20), /cut off/],
    [
      'with a rule that is none',
      calendar(...event('DTSTART:20261101T000000Z', 'RRULE:FREQ=SOMETIMES')),
      /cannot be understood/,
    ],
    ['that is a page of a website', '<html>sign in</html>', /it is no calendar/],
  ])(
    '%s is refused with what is wrong',
    async (_what, ics, why) => {
      await expect(read(ics, 'UTC')).rejects.toMatchObject({
        code: 'CALENDAR_UNREADABLE',
        message: expect.stringMatching(why),
      });
    },
    30_000,
  );
});
