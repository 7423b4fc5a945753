import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANA, BEN, BOT_CHANNELS, BOT_USERS, MARCO } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import { startHttpService, type TestHttpService } from '../support/http-service.ts';
import { type LocalSlack, startLocalSlack } from '../support/local-slack.ts';
import { until } from '../support/process.ts';

const DAY_MS = 86_400_000;
const stamp = (at: number) => `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

/** Ben's from yesterday until the day after tomorrow. */
function calendarOfBen(): string {
  const event = ['UID:now', `DTSTART:${stamp(Date.now() - DAY_MS)}`, `DTEND:${stamp(Date.now() + 2 * DAY_MS)}`];
  const attendee = ['SUMMARY:On call', 'ATTENDEE;CN=Ben:mailto:ben@company.com'];
  return ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', ...event, ...attendee, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
}

function oncallFile(url: string): object {
  const rotation = { rotation: 'weekly', handoff: 'Mon 09:00', from: '2026-01-05', people: ['ana'] };
  return {
    people: {
      ana: { slack: ANA },
      ben: { slack: BEN, email: 'ben@company.com' },
      marco: { slack: MARCO, email: 'marco@company.com' },
    },
    schedules: {
      primary: { timezone: 'UTC', layers: [rotation, { calendar: { url } }], on_handoff: { accept: false } },
      backup: { timezone: 'UTC', layers: [{ ...rotation, people: ['marco'] }] },
    },
    contacts: {
      manager: { person: 'marco' },
      ops: { email: 'ops@company.com' },
      security: { email: 'security@company.com' },
    },
  };
}

describe('a bot whose calendar is at an address', () => {
  let slack: LocalSlack;
  let service: TestHttpService;
  let bot: Bot;
  let status = 200;
  beforeAll(async () => {
    slack = await startLocalSlack({ users: BOT_USERS, channels: BOT_CHANNELS });
    service = await startHttpService((_request, response) => response.writeHead(status).end(calendarOfBen()));
    bot = await createBot({ slackUrl: slack.url, config: { 'oncall.yml': oncallFile(`${service.url}/team.ics`) } });
  });
  afterAll(async () => {
    await bot?.remove();
    await service?.stop();
    await slack?.stop();
  });

  const primary = async () => {
    const rows = (await bot.cliJson('oncall')) as Array<{ schedule: string; now: string[] }>;
    return rows.find(({ schedule }) => schedule === 'primary')?.now;
  };

  it('has the person of the event on call, also after a kill while the address is down, and with no bot at all', async () => {
    await bot.startReady();
    await until('the calendar is read', async () => (await primary())?.join() === 'ben');
    status = 503;
    await bot.kill();
    const without = await primary();
    await bot.startReady();

    expect(without).toEqual(['ben']);
    expect(await primary()).toEqual(['ben']);
  });
});
