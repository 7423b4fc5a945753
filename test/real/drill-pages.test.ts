import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DrillJson } from '../../src/oncall/drills/drill-json.ts';
import type { PagedJson } from '../../src/oncall/proof/paged-json.ts';
import { ANA, BOT_CHANNELS, BOT_USERS, OPS } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import { type LocalSlack, look, startLocalSlack } from '../support/local-slack.ts';
import { mayRun } from '../support/need.ts';
import { PAGERDUTY_KEY, type PagerDutyStandIn, startPagerDuty } from '../support/pagerduty-stand-in.ts';
import { payload } from '../support/payloads.ts';
import { until } from '../support/process.ts';
import { messagesIn, type SlackPerson, watchThread, wordsOf } from '../support/slack-person.ts';
import { type SmtpServer, startSmtp, whyNoSmtp } from '../support/smtp-server.ts';
import { startTwilio, type TwilioStandIn } from '../support/twilio-stand-in.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const MEANS = ['dm', 'thread', 'email', 'sms', 'voice', 'webhook', 'pagerduty'];
const NOTE = '[DRILL] new phones';

describe.runIf(mayRun(whyNoSmtp()))('a drill on the built bot', () => {
  let slack: LocalSlack;
  let smtp: SmtpServer;
  let twilio: TwilioStandIn;
  let pagerDuty: PagerDutyStandIn;
  let hook: WebhookReceiver;
  let bot: Bot;
  let ana: SlackPerson;

  beforeAll(async () => {
    slack = await startLocalSlack({ users: BOT_USERS, channels: BOT_CHANNELS });
    [smtp, twilio, pagerDuty] = [await startSmtp(), await startTwilio(), await startPagerDuty()];
    hook = await startWebhookReceiver('secret');
    bot = await createBot({ slackUrl: slack.url, config: files(), env: environment() });
    await bot.startReady();
    ana = watchThread({ url: slack.url, channel: OPS, user: ANA, alertname: NOTE });
  });
  afterAll(async () => {
    await bot?.remove();
    for (const part of [hook, pagerDuty, twilio, smtp, slack]) await part?.stop();
    expect([...twilio.complaints, ...pagerDuty.complaints]).toEqual([]);
  });

  function environment() {
    return {
      GIANNA_SMTP_URL: smtp.url,
      GIANNA_MAIL_FROM: 'Gianna <gianna@company.com>',
      TWILIO_ACCOUNT_SID: twilio.accountSid,
      TWILIO_AUTH_TOKEN: twilio.authToken,
      TWILIO_FROM: '+15550100',
      TWILIO_API_URL: twilio.url,
      PAGERDUTY_ROUTING_KEY: PAGERDUTY_KEY,
      PAGERDUTY_API_URL: pagerDuty.url,
    };
  }

  function files() {
    const levels = [{ after: '0m', notify: ['person:ana'], by: MEANS }];
    const severity = { name: 'any', respond_within: '1h', levels, resolve: 'human' };
    const webhook = { url: hook.url, secret: 'secret' };
    return {
      'oncall.yml': {
        people: {
          ana: { slack: ANA, email: 'ana@company.com', phone: '+15550101', webhook },
          ben: { slack: 'U02BEN' },
          marco: { slack: 'U03MARCO' },
        },
        schedules: {},
        contacts: { security: { person: 'marco' } },
      },
      'severities.yml': { P0: severity, P1: severity, P2: severity, P3: severity },
    };
  }

  async function drill(...argv: string[]): Promise<string> {
    const opened = await bot.cliJson('drill', '--severity', 'P0', ...argv);
    return (opened as { incident: string }).incident;
  }
  async function directMessages(): Promise<string[]> {
    const { channels } = (await look(slack.url, 'state')) as {
      channels: Array<{ id: string; is_im: boolean; members: string[] }>;
    };
    const dms = channels.filter(({ is_im: isDm, members }) => isDm && members.includes(ANA));
    return (await Promise.all(dms.map(({ id }) => messagesIn(slack.url, id)))).flat().map(wordsOf);
  }
  /** How much went out by each means but Slack. */
  const wentOut = () => [
    smtp.mails().length,
    twilio.messages.length,
    twilio.calls.length,
    hook.received.length,
    pagerDuty.events.filter(({ event_action: action }) => action === 'trigger').length,
  ];
  const paged = async (id: string) => (await bot.cliJson('paged', id)) as PagedJson[];

  it('pages by every means, each page marked as a drill, and tells its times when it is over', async () => {
    const id = await drill('--note', 'new phones');
    await until('it went out by every means', () => wentOut().every((count) => count === 1));
    const direct = await until('a direct message', async () => (await directMessages())[0]);
    await ana.replySays(
      'a mention in the thread',
      (words) => words.includes('🎓 DRILL') && words.includes(`<@${ANA}>`),
    );

    expect(wordsOf(await ana.parentSays('FIRING'))).toContain('🎓 *This is a drill.* Nothing is broken.');
    expect(direct).toContain('🎓 DRILL');
    const subject = `P0 ${id} ${NOTE}`;
    expect(smtp.mails()[0]).toContain(`Subject: ${subject}`);
    expect(twilio.messages[0]?.form.Body).toContain(subject);
    expect(twilio.calls[0]?.form.Twiml).toContain(NOTE);
    expect(hook.received[0]?.body).toMatchObject({ title: NOTE, text: subject });
    expect(pagerDuty.events[0]?.payload?.summary).toBe(subject);

    await bot.cliJson('ack', id);
    await bot.cliJson('resolve', id);
    await ana.replySays('its times', (words) => /drill over: acknowledged after \d+s, ended after/.test(words));
  });

  it('delays no real page, and shares no message with one', async () => {
    const labels = { alertname: 'DatabaseDown', severity: 'critical', component: 'application' };
    await bot.post(
      payload([{ fingerprint: 'real', labels, annotations: { summary: 'it is real' }, startsAt: Date.now() }]),
    );

    await until('it went out by every means', () => wentOut().every((count) => count === 2), 10_000);
    const direct = await until('a direct message', async () => (await directMessages())[1]);

    expect([twilio.messages[0]?.form.Body, direct]).toEqual(Array(2).fill(expect.stringContaining('it is real')));
    expect([twilio.messages[0]?.form.Body, direct].join()).not.toContain('DRILL');
  });

  it('goes nowhere on paper, and stands beside the last one', async () => {
    const [before, told] = [wentOut(), (await directMessages()).length];

    const id = await drill('--paper');
    await bot.cliJson('resolve', id);
    const thread = watchThread({ url: slack.url, channel: OPS, user: ANA, alertname: 'who answers, and how fast' });
    await thread.replySays('its times beside the last', (words) =>
      /drill over: nobody acknowledged, .*before it GI-1: acknowledged after/.test(words),
    );

    expect((await paged(id)).map(({ means, outcome }) => [means, outcome]).sort()).toEqual(
      MEANS.map((means) => [means, 'paper']).sort(),
    );
    expect([wentOut(), (await directMessages()).length]).toEqual([before, told]);
    const drills = (await bot.cliJson('drills')) as DrillJson[];
    expect(drills.map(({ id: drill, paper, before: last }) => [drill, paper, last?.id ?? null])).toEqual([
      [id, true, 'GI-1'],
      ['GI-1', false, null],
    ]);
  });
});
