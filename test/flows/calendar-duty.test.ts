import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CalendarLayer, Config } from '../../src/core/config/config.ts';
import { NOTICE, readNotice } from '../../src/journal/notice.ts';
import type { PageRequest } from '../../src/oncall/page.ts';
import { peopleOnCall } from '../../src/oncall/schedule.ts';
import { testConfig } from '../support/config.ts';
import { startHttpService, type TestHttpService } from '../support/http-service.ts';
import { type OncallWorld, openOncallWorld } from '../support/oncall-world.ts';

const HOUR = 3600;

/** From Monday 2026-11-23 09:00 to 12:00 in São Paulo, and every day after. */
function mornings(person: string): string {
  const event = ['UID:mornings', 'DTSTAMP:20261101T000000Z', 'DTSTART;TZID=America/Sao_Paulo:20261123T090000'];
  const rest = ['DTEND;TZID=America/Sao_Paulo:20261123T120000', 'RRULE:FREQ=DAILY', `SUMMARY:On call: ${person}`];
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'BEGIN:VEVENT', ...event, ...rest, 'END:VEVENT', 'END:VCALENDAR'];
  return `${lines.join('\r\n')}\r\n`;
}

/** The examples with a calendar over the rotation of primary, which is ana's. */
function withCalendar(source: CalendarLayer['source'], everySeconds = HOUR): Config {
  const base = testConfig({ version: `every ${everySeconds}` });
  const { primary, ...others } = base.oncall.schedules;
  if (primary === undefined) throw new Error('the examples have no primary');
  const layer = { kind: 'calendar', source, everySeconds, spans: [], only: null, exceptHolidays: null } as const;
  const schedules = { ...others, primary: { ...primary, layers: [...primary.layers, layer] } };
  return { ...base, oncall: { ...base.oncall, schedules } };
}

describe('a calendar over a rotation', () => {
  let folder: string;
  let world: OncallWorld;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-calendar-'));
  });
  afterEach(async () => {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (person: string) => writeFileSync(join(folder, 'team.ics'), mornings(person));
  const open = async (source: CalendarLayer['source']) => {
    world = await openOncallWorld({ config: withCalendar(source), configDir: folder });
  };
  const paged = async (incident: string) => {
    const people = (await world.pages(incident)).flatMap(({ data }) => (data as PageRequest).people);
    return [...new Set(people)].sort();
  };
  const onCall = () => {
    const { primary } = world.calendars.current().oncall.schedules;
    return primary === undefined ? null : peopleOnCall(primary, world.clock.now());
  };

  it('pages the person of the event, and after its end the person of the rotation', async () => {
    write('Ben');
    await open({ file: 'team.ics' });
    const during = await world.open('P0');
    await world.pass(3 * HOUR);
    const after = await world.open('P0');

    const first = (await world.pages(during)).filter(({ askedAt }) => askedAt < world.clock.now() - 2 * HOUR);
    expect([...new Set(first.flatMap(({ data }) => (data as PageRequest).people))].sort()).toEqual(['ben', 'marco']);
    expect(await paged(after)).toEqual(['ana', 'marco']);
  });

  it('says who is on call anew when the file changes, and the record of who was on call says so', async () => {
    write('Ben');
    await open({ file: 'team.ics' });
    write('Marco');
    await world.pass(HOUR);

    const duties = (await world.events()).filter(({ kind, id }) => kind === 'duty' && id === 'primary');
    expect(onCall()).toEqual(['marco']);
    expect(duties.map(({ data }) => data.people)).toEqual([['ben'], ['marco']]);
  });

  it('that is new after a reload counts from then on', async () => {
    write('Ben');
    world = await openOncallWorld({ configDir: folder });
    const before = onCall();
    world.config.swap(withCalendar({ file: 'team.ics' }));
    await world.calendars.reloaded();

    expect([before, onCall()]).toEqual([['ana'], ['ben']]);
  });

  describe('that is at an address', () => {
    let answer: { status: number; body: string };
    let service: TestHttpService;
    const source = () => ({ url: `${service.url}/team.ics?token=s3cret` });
    beforeEach(async () => {
      answer = { status: 200, body: mornings('Ben') };
      service = await startHttpService((_request, response) => {
        response.writeHead(answer.status, { 'content-type': 'text/calendar', location: 'http://127.0.0.1:1/' });
        response.end(answer.body);
      });
      await open(source());
    });
    afterEach(() => service.stop());

    const notices = async () => {
      const asked = await world.journal().effects({ kinds: [NOTICE] });
      const told = await Promise.all(asked.map((effect) => readNotice(world.journal(), effect)));
      return told.filter((notice) => notice?.title.includes('calendar'));
    };
    const age = async () => {
      const text = await world.metrics.metrics();
      return Number(/^gianna_ops_oncall_calendar_age_seconds\{schedule="primary"\} (.*)$/m.exec(text)?.[1]);
    };

    it.each([
      ['answers 503', { status: 503, body: 'down' }],
      ['redirects', { status: 302, body: '' }],
      ['answers with a page', { status: 200, body: '<html>sign in</html>' }],
    ])('holds by its last good copy over a restart while the address %s', async (_what, failing) => {
      answer = failing;
      await world.pass(HOUR);
      await world.kill(600);
      const restarted = onCall();
      const incident = await world.open('P0');

      expect(restarted).toEqual(['ben']);
      expect(await paged(incident)).toEqual(['ben', 'marco']);
      expect(await age()).toBe(HOUR + 600);
      expect(await notices()).toEqual([]);
    });

    it('is told of in channel ops once a day when its copy is older than a day, until it is read again', async () => {
      const quarters = async (count: number) => {
        for (let quarter = 0; quarter < count; quarter += 1) await world.pass(6 * HOUR);
      };
      world.config.swap(withCalendar(source(), 6 * HOUR));
      answer = { status: 503, body: 'down' };
      await quarters(8);
      const told = await notices();
      await world.kill(60);
      const afterRestart = await notices();
      answer = { status: 200, body: mornings('Marco') };
      await quarters(3);

      expect(told).toHaveLength(2);
      expect(told[0]).toMatchObject({
        to: { channel: 'ops' },
        title:
          'I have not been able to read the calendar at 127.0.0.1:PORT of schedule primary since 2026-11-23 13:00 UTC'.replace(
            'PORT',
            String(service.port),
          ),
        lines: ['Why: the answer is HTTP 503.', expect.stringContaining('that copy holds')],
      });
      expect(JSON.stringify(told)).not.toContain('s3cret');
      expect(afterRestart).toHaveLength(2);
      expect(await notices()).toHaveLength(2);
      expect(await age()).toBeLessThan(6 * HOUR + 60);
    });
  });
});
