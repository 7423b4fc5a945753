import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXAMPLES, EXAMPLES_ENV } from '../core/config/folder.ts';
import { callCli } from './call.ts';

describe('check looks ahead', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-check-'));
    cpSync(EXAMPLES, folder, { recursive: true });
    env = { ...EXAMPLES_ENV, GIANNA_CONFIG: folder };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const replaceInOncall = (text: string, by: string) => {
    const path = join(folder, 'oncall.yml');
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(text, by));
  };

  it('to times at which nobody is on call, at their schedule, and is content all the same', async () => {
    replaceInOncall('people: [ana, ben] }', 'people: [ana, ben], only: { days: [Mon, Tue, Wed, Thu, Fri] } }');
    const { code, out } = await callCli(['check', '--weeks', '4', '--json'], env);

    const gaps = (JSON.parse(out) as Array<{ path: string; message: string }>).filter(({ message }) =>
      message.startsWith('nobody is on call'),
    );
    expect(code).toBe(0);
    expect(gaps[0]).toMatchObject({
      file: 'oncall.yml',
      path: 'schedules.primary',
      severity: 'warning',
      message: expect.stringMatching(/^nobody is on call from Sat .* to Mon .* \(America\/Sao_Paulo\)$/),
    });
  });

  it('to every switch of clocks, as a section of its own and with --switches under a key of its own', async () => {
    replaceInOncall('timezone: America/Sao_Paulo\n    layers', 'timezone: Europe/Lisbon\n    layers');
    const human = await callCli(['check'], env);
    const json = await callCli(['check', '--switches', '--json'], env);
    const plain = await callCli(['check', '--json'], env);

    expect(human.out).toMatch(
      /^ {2}\d{4}-03-\d\d Europe\/Lisbon springs forward 01:00→02:00: (ana|ben)'s shift in primary is 167 h, not 168 h; /m,
    );
    expect(JSON.parse(json.out)).toMatchObject({
      problems: expect.any(Array),
      switches: [{ zone: 'Europe/Lisbon' }, {}],
    });
    expect(JSON.parse(plain.out)).toEqual(JSON.parse(json.out).problems);
  });

  it('so far as it is told, in whole weeks', async () => {
    expect((await callCli(['check', '--weeks', '0'], env)).code).toBe(2);
    expect((await callCli(['check', '--weeks', 'many'], env)).code).toBe(2);
  });

  describe('at calendars that are files', () => {
    const withCalendar = () =>
      replaceInOncall('people: [ana, ben] }', 'people: [ana, ben] }\n      - { calendar: { file: team.ics } }');
    const calendarProblems = async () => {
      const { code, out } = await callCli(['check', '--json'], env);
      const found = JSON.parse(out.slice(0, out.lastIndexOf(']') + 1)) as Array<{ message: string }>;
      return { code, problems: found.filter(({ message }) => message.startsWith('team.ics')) };
    };
    const event = (title: string, days: number) => {
      const day = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
      return `BEGIN:VEVENT\nUID:${title}\nDTSTAMP:20260101T000000Z\nDTSTART;VALUE=DATE:${day}\nSUMMARY:${title}\nEND:VEVENT\n`;
    };

    it('an event whose person is nobody of oncall.yml is a warning that names file and event', async () => {
      withCalendar();
      const events = `${event('Ana on call', 3)}${event('Zoe on call', 4)}`;
      writeFileSync(join(folder, 'team.ics'), `BEGIN:VCALENDAR\n${events}END:VCALENDAR\n`);
      const { code, problems } = await calendarProblems();

      expect(code).toBe(0);
      expect(problems).toEqual([
        expect.objectContaining({
          file: 'oncall.yml',
          path: 'schedules.primary.layers[1].calendar',
          severity: 'warning',
          message: expect.stringMatching(/^team\.ics: "Zoe on call" on \d{4}-\d\d-\d\d names nobody of oncall\.yml$/),
        }),
      ]);
    });

    it.each([
      ['that is not there', null, 'team.ics cannot be read: there is no such file'],
      ['that is none', 'hello', 'team.ics cannot be read: it is no calendar: it does not begin with BEGIN:VCALENDAR'],
    ])('one %s is an error', async (_what, text, message) => {
      withCalendar();
      if (text !== null) writeFileSync(join(folder, 'team.ics'), text);
      const { code, problems } = await calendarProblems();

      expect(code).not.toBe(0);
      expect(problems).toEqual([expect.objectContaining({ severity: 'error', message })]);
    });
  });
});
