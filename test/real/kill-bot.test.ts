import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BOT_CHANNELS, BOT_USERS } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import { countOf, patienceOf, tellRun } from '../support/large-run.ts';
import { type LocalSlack, startLocalSlack } from '../support/local-slack.ts';
import { payload } from '../support/payloads.ts';
import { until } from '../support/process.ts';
import { type Random, seededRandom } from '../support/random.ts';
import { ROOMS, roomChannel, roomsConfig } from '../support/rooms.ts';
import { messagesIn } from '../support/slack-person.ts';
import type { SlackCall } from '../support/slack-proxy/call.ts';
import { type SlackProxy, startSlackProxy } from '../support/slack-proxy/proxy.ts';
import { type LoadRequest, startLoad } from '../support/webhook-load.ts';

const KILLS = countOf(20);
const LANES = 64;
const LEAST_IN_FLIGHT = 50;
const MOST_ANSWERS_BEFORE_KILL = 90;
const KILLS_WHILE_POSTING = 8;
const GROUPS = 24;

interface Sent {
  readonly group: string;
  readonly fingerprint: string;
}
interface Incident {
  readonly id: string;
  readonly alertname: string;
  readonly alerts: ReadonlyArray<{ readonly fingerprint: string }>;
}

describe('kill -9 of the bot, at any moment', () => {
  let random: Random;
  let slack: LocalSlack;
  let proxy: SlackProxy;
  let bot: Bot;
  let serial = 0;
  const known: Sent[] = [];
  const unanswered: Sent[] = [];

  beforeAll(async () => {
    random = seededRandom('GIANNA_TEST_SEED', 'kill -9');
    slack = await startLocalSlack({ users: BOT_USERS, channels: [...BOT_CHANNELS, ...ROOMS.map(roomChannel)] });
    proxy = await startSlackProxy({ upstream: slack.url, limits: 'off' });
    bot = await createBot({ slackUrl: proxy.url, config: roomsConfig(), env: { GIANNA_LOG_LEVEL: 'warn' } });
  });
  afterAll(async () => {
    await bot?.remove();
    await proxy?.stop();
    await slack?.stop();
  });

  /** A new alert of some group, an old one again, or one whose answer was lost, as Alertmanager repeats it. */
  function nextPayload(kill: number): { sent: Sent; body: string } {
    const chance = random.next();
    const again = chance < 0.15 ? unanswered : known;
    if (chance < 0.3 && again.length > 0) return printed(random.pick(again));
    serial += 1;
    const newest = Math.ceil(((kill + 1) * GROUPS) / KILLS);
    return printed({ group: `Group${random.between(1, newest)}`, fingerprint: `f${serial}` });
  }

  async function killUnderLoad(
    kill: number,
  ): Promise<{ inFlight: number; requests: ReadonlyArray<LoadRequest<Sent>> }> {
    const killAfter = random.between(1, MOST_ANSWERS_BEFORE_KILL);
    const delayMs = random.between(0, 8);
    let inFlight = 0;
    const strike = () => {
      inFlight = load.inFlight();
      bot.signal('SIGKILL');
    };
    const load = startLoad<Sent>({
      url: bot.webhook,
      token: bot.token,
      lanes: LANES,
      next: () => nextPayload(kill),
      onAnswer: (answered) => {
        if (answered === killAfter) setTimeout(strike, delayMs);
      },
    });
    await bot.ended();
    await load.end();
    return { inFlight, requests: load.requests };
  }

  it(
    `keeps every payload that was answered 200, over ${KILLS} kills`,
    async () => {
      let answered = 0;
      let struck = 0;
      for (let kill = 0; kill < KILLS; kill += 1) {
        // sometimes with Slack connected already, so that it dies between posts too
        await (kill % 3 === 2 ? bot.startReady() : bot.start());
        const { inFlight, requests } = await killUnderLoad(kill);

        const taken = requests.filter(({ status }) => status === 200).map(({ sent }) => sent);
        const lost = requests.filter(({ status }) => status === null).map(({ sent }) => sent);
        expect(requests.filter(({ status }) => status !== 200 && status !== null)).toEqual([]);
        known.push(...taken);
        unanswered.push(...lost);
        answered += taken.length;
        if (inFlight >= LEAST_IN_FLIGHT && taken.length > 0 && lost.length > 0) struck += 1;
      }
      const posts = proxy.callsOf('chat.postMessage').filter(isParent).length;
      await bot.startReady();
      await workedOff(bot);

      const incidents = (await bot.cliJson('incidents', '--alerts')) as Incident[];
      const stored = new Set(incidents.flatMap(({ alerts }) => alerts.map(({ fingerprint }) => fingerprint)));
      const takenOnce = new Set(known.map(({ fingerprint }) => fingerprint));
      const never = [...new Set(unanswered.map(({ fingerprint }) => fingerprint))].filter((one) => !takenOnce.has(one));
      const before = never.filter((fingerprint) => !stored.has(fingerprint)).length;
      const missing = [...takenOnce].filter((fingerprint) => !stored.has(fingerprint));
      tellRun({
        seed: random.seed,
        kills: KILLS,
        [`with ${LEAST_IN_FLIGHT} or more in flight`]: struck,
        'answered 200': answered,
        'of these missing': missing.length,
        'parents posted between kills': posts,
        'never answered': never.length,
        'of these not stored': before,
      });
      expect(struck).toBeGreaterThanOrEqual((KILLS * 5) / 6);
      expect(before, 'some kill came before a commit').toBeGreaterThan(0);
      expect(missing).toEqual([]);
    },
    patienceOf(120_000),
  );

  it('opened one incident for each group', async () => {
    const incidents = (await bot.cliJson('incidents')) as Incident[];

    const groups = incidents.map(({ alertname }) => alertname).sort();
    expect(groups.length).toBeGreaterThan(GROUPS / 2);
    expect(groups).toEqual([...new Set(groups)]);
  });

  it('has one parent for each incident, counted at the peer', async () => {
    const incidents = (await bot.cliJson('incidents')) as Incident[];
    await everyThreadIsThere(incidents);

    expect(await parentsOf(incidents)).toEqual(Object.fromEntries(incidents.map(({ id }) => [id, 1])));
  });

  it(`has one parent also when it dies over the post itself, ${KILLS_WHILE_POSTING} times`, async () => {
    let dropped = 0;
    for (let kill = 0; kill < KILLS_WHILE_POSTING; kill += 1) {
      const isAnswerLost = kill % 2 === 0;
      const before = proxy.calls.length;
      const channel = roomChannel(ROOMS[kill % ROOMS.length] ?? '').id;
      if (isAnswerLost) proxy.faults.add({ kind: 'drop-after-accept', method: 'chat.postMessage', channel, times: 1 });
      expect(await bot.post(payloadOf({ group: `Posting${kill}`, fingerprint: `p${kill}` }))).toBe(200);
      const posting = await until('a parent is being posted', () =>
        proxy.calls.slice(before).find((call) => isParent(call) && (!isAnswerLost || call.status !== 0)),
      );
      if (posting.answer === 'drop-after-accept') dropped += 1;
      await bot.kill();
      proxy.faults.clear();
      await bot.startReady();
    }
    await workedOff(bot);
    const incidents = (await bot.cliJson('incidents')) as Incident[];
    const posted = incidents.filter(({ alertname }) => alertname.startsWith('Posting'));
    await everyThreadIsThere(posted);

    console.log(`${KILLS_WHILE_POSTING} kills over a post, ${dropped} of them after Slack took it`);
    expect(dropped).toBeGreaterThan(0);
    expect(posted).toHaveLength(KILLS_WHILE_POSTING);
    expect(await parentsOf(incidents)).toEqual(Object.fromEntries(incidents.map(({ id }) => [id, 1])));
  });

  it('has a journal that verifies, with every state folded again', async () => {
    bot.signal('SIGTERM');
    await bot.ended();

    expect(await bot.cliJson('journal', 'verify', '--state')).toMatchObject({ ok: true, firstBad: null });
  });

  /** Parent and first reply of each: a parent that was posted twice would be there by then. */
  async function everyThreadIsThere(incidents: readonly Incident[]): Promise<void> {
    await until(
      'each incident has its thread',
      async () => {
        const counts = await Promise.all(ROOMS.map(async (room) => messagesIn(slack.url, roomChannel(room).id)));
        const replies = counts.flat().filter((message) => message.thread_ts !== undefined);
        const threads = new Set(replies.map((message) => message.thread_ts));
        return threads.size >= incidents.length;
      },
      90_000,
    );
  }

  async function parentsOf(incidents: readonly Incident[]): Promise<Record<string, number>> {
    const rooms = await Promise.all(ROOMS.map(async (room) => messagesIn(slack.url, roomChannel(room).id)));
    const parents = rooms
      .flat()
      .filter((message) => message.thread_ts === undefined || message.thread_ts === message.ts);
    const count = (id: string) => parents.filter(({ text }) => new RegExp(`\\b${id}\\b`).test(text)).length;
    return Object.fromEntries(incidents.map(({ id }) => [id, count(id)]));
  }
});

function isParent({ method, body }: SlackCall): boolean {
  const metadata = body.metadata as { event_payload?: { key?: string } } | undefined;
  return method === 'chat.postMessage' && metadata?.event_payload?.key?.startsWith('parent:') === true;
}

async function workedOff(bot: Bot): Promise<void> {
  await until('the inbox is worked off', async () => (await bot.ready()).body.waiting === 0, 60_000);
}

function payloadOf({ group, fingerprint }: Sent): Record<string, unknown> {
  const labels = { alertname: group, severity: 'warning', instance: fingerprint };
  return payload([{ fingerprint, labels, annotations: { summary: `${group} is wrong` } }], {
    groupLabels: { alertname: group },
  });
}

function printed(sent: Sent): { sent: Sent; body: string } {
  return { sent, body: JSON.stringify(payloadOf(sent)) };
}
