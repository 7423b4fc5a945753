import { describe, expect, it } from 'vitest';
import { readMoment } from '../../../src/oncall/simulate/read-moment.ts';

function read(text: string, zone = 'America/Sao_Paulo'): [string, string | null] | null {
  const moment = readMoment(text, zone);
  return moment === null ? null : [new Date(moment.at).toISOString().slice(0, 16), moment.note];
}

describe('readMoment', () => {
  it.each([
    ['2027-03-28T02:30:00Z', '2027-03-28T02:30'],
    ['2027-03-28 02:30Z', '2027-03-28T02:30'],
    ['2027-03-28T02:30+02:00', '2027-03-28T00:30'],
    ['2027-03-27 02:30 Europe/Lisbon', '2027-03-27T02:30'],
    ['2027-07-01 12:00 Europe/Lisbon', '2027-07-01T11:00'],
    ['2027-07-01T12:00 UTC', '2027-07-01T12:00'],
    ['2027-07-01 12:00', '2027-07-01T15:00'],
    ['2027-07-01', '2027-07-01T03:00'],
  ])('reads %j', (text, at) => {
    expect(read(text)).toEqual([at, null]);
  });

  it.each(['', 'tomorrow', '2027-02-30', '2027-03-28 25:00', '2027-03-28 02:30 Europe/Lisboa', '2027-03-28 2:30 pm'])(
    'refuses %j',
    (text) => {
      expect(read(text)).toBeNull();
    },
  );

  it('says that a wall time is skipped, and takes the jump', () => {
    expect(read('2027-03-28 01:30 Europe/Lisbon')).toEqual([
      '2027-03-28T01:00',
      '2027-03-28 01:30 does not exist in Europe/Lisbon, the clocks skip it: read as the jump, 2027-03-28 01:00 UTC.',
    ]);
  });

  it.each([
    ['2027-10-31 01:30 Europe/Lisbon', '2027-10-31T00:30'],
    ['2027-04-04 01:45 Australia/Lord_Howe', '2027-04-03T14:45'],
  ])('says that %j exists twice, and takes the first', (text, at) => {
    const [first, note] = read(text) ?? [];

    expect(first).toBe(at);
    expect(note).toContain('exists twice');
  });
});
