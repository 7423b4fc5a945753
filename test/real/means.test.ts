import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PagedJson } from '../../src/oncall/proof/paged-json.ts';
import { ANA, BEN, BOT_CHANNELS, BOT_USERS, MARCO, slackFile } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import { type LocalSlack, look, startLocalSlack } from '../support/local-slack.ts';
import { PAGERDUTY_KEY, type PagerDutyStandIn, startPagerDuty } from '../support/pagerduty-stand-in.ts';
import { payload } from '../support/payloads.ts';
import { until } from '../support/process.ts';
import { messagesIn, wordsOf } from '../support/slack-person.ts';
import { type SlackProxy, startSlackProxy } from '../support/slack-proxy/proxy.ts';
import { startTwilio, type TwilioStandIn } from '../support/twilio-stand-in.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const PUBLIC_URL = 'https://ops.company.com';
const FROM = '+15550100';
const PHONES = { ana: '+15550101', ben: '+15550102', dora: '+15550103' };
const HOUR_MS = 3_600_000;

/** `HH:MM` of UTC, so many hours from now. */
const wallTime = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString().slice(11, 16);

describe('the built bot, paging by every means', () => {
  let slack: LocalSlack;
  let proxy: SlackProxy;
  let twilio: TwilioStandIn;
  let pagerDuty: PagerDutyStandIn;
  let hook: WebhookReceiver;
  let goneHook: WebhookReceiver;
  let bot: Bot;

  beforeAll(async () => {
    slack = await startLocalSlack({ users: BOT_USERS, channels: BOT_CHANNELS });
    proxy = await startSlackProxy({ upstream: slack.url });
    [twilio, pagerDuty] = [await startTwilio(), await startPagerDuty()];
    [hook, goneHook] = [await startWebhookReceiver('secret of ana'), await startWebhookReceiver('secret of dora')];
    bot = await createBot({ slackUrl: proxy.url, config: files(), env: environment() });
    await bot.startReady();
  });
  afterAll(async () => {
    await bot?.remove();
    for (const part of [hook, goneHook, twilio, pagerDuty, proxy, slack]) await part?.stop();
    expect([...twilio.complaints, ...pagerDuty.complaints]).toEqual([]);
  });

  function environment() {
    return {
      TWILIO_ACCOUNT_SID: twilio.accountSid,
      TWILIO_AUTH_TOKEN: twilio.authToken,
      TWILIO_FROM: FROM,
      TWILIO_API_URL: twilio.url,
      PAGERDUTY_ROUTING_KEY: PAGERDUTY_KEY,
      PAGERDUTY_API_URL: pagerDuty.url,
      GIANNA_PUBLIC_URL: PUBLIC_URL,
      ANA_HOOK_SECRET: 'secret of ana',
    };
  }

  /** A P0 pages ana by all means; a P3 dora by Slack alone; ben prefers SMS, and has quiet hours now. */
  function files() {
    const severity = (person: string, by: string[]) => ({
      name: 'any',
      respond_within: '1h',
      levels: [{ after: '0m', notify: [`person:${person}`], by }],
      resolve: 'human',
    });
    const quiet = { from: wallTime(-2), to: wallTime(2) };
    const dora = { slack: MARCO, phone: PHONES.dora, webhook: { url: goneHook.url } };
    return {
      'slack.yml': { ...slackFile(), roles: { responder: ['ana', 'ben'], admin: ['ana'] } },
      'oncall.yml': {
        people: {
          ana: { slack: ANA, phone: PHONES.ana, webhook: { url: hook.url, secret: `\${ANA_HOOK_SECRET}` } },
          ben: { slack: BEN, phone: PHONES.ben, timezone: 'UTC', prefer: ['sms'], quiet_hours: quiet },
          dora,
        },
        schedules: {},
        contacts: { security: { person: 'ana' } },
      },
      'severities.yml': {
        P0: severity('ana', ['sms', 'voice', 'webhook', 'pagerduty']),
        P1: severity('ben', ['dm', 'sms']),
        P2: severity('ben', ['dm', 'sms']),
        P3: severity('dora', ['dm']),
      },
    };
  }

  /** What Alertmanager posts; resolves with the incident's id. */
  async function fire(alertname: string, severity: string, component = 'database'): Promise<string> {
    const labels = { alertname, severity, component };
    const alert = { fingerprint: alertname, labels, annotations: { summary: `${alertname} happens` } };
    expect(await bot.post(payload([{ ...alert, startsAt: Date.now() }]))).toBe(200);
    const found = await until(`an incident of ${alertname}`, async () => {
      const list = (await bot.cliJson('incidents')) as Array<{ id: string; title: string }>;
      return list.find(({ title }) => title.includes(alertname));
    });
    return found.id;
  }
  const paged = async (id: string) => (await bot.cliJson('paged', id)) as PagedJson[];
  const timeline = async (id: string) => {
    const incident = (await bot.cliJson('incidents', id)) as { timeline: Array<{ text: string }> };
    return incident.timeline.map(({ text }) => text);
  };
  /** Resolves once the timeline says so, after the bot has asked the vendor what became of a call. */
  async function told(id: string, text: string): Promise<void> {
    const before = looksAtCalls();
    await until('the vendor is asked', () => looksAtCalls() > before);
    await until(text, async () => (await timeline(id)).includes(text));
  }
  const looksAtCalls = () => twilio.requests.filter((request) => request === 'GET Calls/*').length;
  const messagesTo = (phone: string) => twilio.messages.filter(({ to }) => to === phone);
  const callsTo = (phone: string) => twilio.calls.filter(({ to }) => to === phone);
  async function directMessages(user: string): Promise<string[]> {
    type Channel = { id: string; is_im: boolean; members: string[] };
    const { channels } = (await look(slack.url, 'state')) as { channels: Channel[] };
    const dms = channels.filter(({ is_im: isDm, members }) => isDm && members.includes(user));
    return (await Promise.all(dms.map(({ id }) => messagesIn(slack.url, id)))).flat().map(wordsOf);
  }

  it('reaches a person by SMS, call, webhook and PagerDuty, and says what became of each', async () => {
    const id = await fire('DatabaseDown', 'critical', 'application');
    const sms = await until('an SMS', () => messagesTo(PHONES.ana)[0]);
    const call = await until('a call', () => callsTo(PHONES.ana)[0]);
    const post = await until('a webhook', () => hook.received[0]);
    await until('an alert at PagerDuty', () => pagerDuty.alerts.get(`gianna-ops/${id}`) === 'triggered');
    [sms.status, call.status] = ['delivered', 'no-answer'];
    await told(id, 'page to ana by voice was not delivered (no-answer)');
    await until('what became of the SMS', async () =>
      (await timeline(id)).includes('page to ana by sms was delivered (delivered)'),
    );

    expect(sms.form).toMatchObject({ From: FROM, Body: expect.stringContaining(`P0 ${id} DatabaseDown happens`) });
    expect(call.form).toMatchObject({ From: FROM, Twiml: expect.stringContaining('DatabaseDown happens') });
    expect(post.verdict).toBe('genuine');
    expect(post.body).toMatchObject({ event: 'page', incident: id, severity: 'P0', person: 'ana' });
    expect(pagerDuty.events[0]?.payload).toMatchObject({ severity: 'critical' });
    const rows = (await paged(id)).map(({ means, outcome, why, reference, deliveredAt }) => {
      return [means, outcome, why, reference, deliveredAt !== null];
    });
    expect(rows).toEqual([
      ['sms', 'sent', null, sms.sid, true],
      ['voice', 'undelivered', 'no-answer', call.sid, false],
      ['webhook', 'sent', null, null, false],
      ['pagerduty', 'sent', null, `gianna-ops/${id}`, false],
    ]);
    expect((await bot.cli('paged', id)).stdout).toMatch(/ana +voice .*undelivered: no-answer/);
  });

  it('is acknowledged by the link of the SMS: looking at it does nothing, pressing does it, and once', async () => {
    const [, id = '', link = ''] =
      /(GI-\d+).*https:\/\/ops\.company\.com(\/a\/\S+)/s.exec(messagesTo(PHONES.ana)[0]?.form.Body ?? '') ?? [];
    const alert = () => pagerDuty.alerts.get(`gianna-ops/${id}`);
    const ask = (method: string) => fetch(`${bot.url}${link}`, { method, redirect: 'manual' });
    const status = async () => ((await bot.cliJson('incidents', id)) as { status: string }).status;

    const looked = [await ask('HEAD'), await ask('GET')];
    const afterLook = await status();
    const pressed = await ask('POST');
    await until('PagerDuty knows of it', () => alert() === 'acknowledged');
    const answer = await (await ask('GET')).text();
    await bot.cliJson('incidents', 'unack', id, '--reason', 'not me');
    const again = await ask('POST');
    const refused = await (await ask('GET')).text();
    const afterAgain = await status();

    expect(looked.map((each) => each.status)).toEqual([200, 200]);
    expect(await looked[1]?.text()).toContain(`Acknowledge ${id} as ana`);
    expect([afterLook, pressed.status, again.status, afterAgain]).toEqual(['firing', 303, 303, 'firing']);
    expect(answer).toContain(`You have acknowledged ${id}. Its pages have stopped.`);
    expect(refused).toContain('This link was used already.');
    expect((await paged(id))[0]?.answer).toMatchObject({ kind: 'acknowledged', by: `slack:${ANA}` });
    await bot.cliJson('resolve', id);
    await until('PagerDuty knows that it is over', () => alert() === 'resolved');
    expect(pagerDuty.events.map(({ event_action: action }) => action)).toEqual(['trigger', 'acknowledge', 'resolve']);
  });

  it('pages whoever asks for a test by each means, and says what became of each', async () => {
    const asked = bot.cli('page-test', 'ana', '--by', 'dm,sms,voice,webhook,pagerduty');
    const isTest = (text: string | undefined) => text?.includes('TEST-1') === true;
    const sms = await until('a test SMS', () => twilio.messages.find(({ form }) => isTest(form.Body)));
    const call = await until('a test call', () => twilio.calls.find(({ form }) => isTest(form.Twiml)));
    [sms.status, call.status] = ['delivered', 'busy'];
    const { code, stdout } = await asked;

    expect(stdout).toContain('TEST-1 pages ana by dm, sms, voice, webhook, pagerduty.');
    const shown = stdout.split('\n').map((line) =>
      line
        .replace(/\d+\.\d s/, 'TIME')
        .split(/\s{2,}/)
        .map((cell) => cell.trim()),
    );
    expect(shown.slice(2, 7)).toEqual([
      ['dm', 'sent', 'TIME', '-'],
      ['sms', 'delivered', 'TIME', '-'],
      ['voice', 'undelivered', 'TIME', 'busy'],
      ['webhook', 'sent', 'TIME', '-'],
      ['pagerduty', 'sent', 'TIME', '-'],
    ]);
    expect(code).toBe(1);
    expect([sms.form.Body, sms.to]).toEqual([expect.stringMatching(/^TEST P3 TEST-1 .*Nothing to do\.$/s), PHONES.ana]);
    expect(call.form.Twiml).toContain('This is a test page from Gianna Ops. Nothing is wrong.');
    expect(hook.received.at(-1)).toMatchObject({
      verdict: 'genuine',
      body: { event: 'page.test', incident: 'TEST-1' },
    });
    expect((await directMessages(ANA)).at(-1)).toContain('TEST page TEST-1');
    expect(pagerDuty.events.at(-1)).toMatchObject({ payload: { summary: expect.stringMatching(/^TEST /) } });
  });

  it('goes on to the next means, and the next, when one fails', async () => {
    proxy.faults.add({ kind: 'error', code: 'user_disabled', method: 'chat.postMessage', channel: MARCO });
    goneHook.answerNext(404);
    twilio.failNext({ kind: 'refuse', status: 400, code: 21610 });

    const id = await fire('CacheCold', 'info');
    const call = await until('a call', () => callsTo(PHONES.dora)[0]);
    call.status = 'completed';
    await told(id, 'page to dora by voice was delivered (completed)');

    expect((await paged(id)).map(({ means, outcome, why }) => [means, outcome, why])).toEqual([
      ['dm', 'failed', 'user_disabled'],
      ['webhook', 'failed', 'webhook_404'],
      ['sms', 'failed', 'twilio_21610'],
      ['voice', 'sent', null],
    ]);
    expect(messagesTo(PHONES.dora)).toEqual([]);
    expect(await timeline(id)).toEqual(expect.arrayContaining(['dora by SMS instead: webhook failed (webhook_404)']));
  });

  it('holds a P2 in the quiet hours of a person, and a P1 not, which comes by the means they prefer', async () => {
    const medium = await fire('QueueLong', 'warning');
    await until('it is held', async () =>
      (await timeline(medium)).find((text) => /^not paged: ben by sms \(quiet hours until .*\)$/.test(text)),
    );
    const high = await fire('ApiErrors', 'critical');

    const sms = await until('an SMS about the P1', () => messagesTo(PHONES.ben)[0]);

    expect(sms.form.Body).toContain(`P1 ${high} ApiErrors`);
    expect(messagesTo(PHONES.ben)).toHaveLength(1);
    expect(await directMessages(BEN)).toEqual([]);
    expect((await paged(medium)).map(({ means, outcome, why }) => [means, outcome, why])).toEqual([
      ['dm', 'skipped', 'not-preferred'],
      ['sms', 'skipped', 'quiet-hours'],
    ]);
  });
});
