import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANA, BOT_CHANNELS, BOT_USERS, MARCO, routesFile, slackFile, VIC } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import {
  HOSTILE_ALERTS,
  HOSTILE_COMMANDS,
  type HostileBody,
  hostileAlert,
  hostileClasses,
} from '../support/hostile.ts';
import { control, type LocalSlack, look, startLocalSlack } from '../support/local-slack.ts';
import { payload } from '../support/payloads.ts';
import { until } from '../support/process.ts';
import { type Random, seededRandom } from '../support/random.ts';
import { ROOMS, roomChannel } from '../support/rooms.ts';
import { messagesIn, type SeenMessage } from '../support/slack-person.ts';
import { type SlackProxy, startSlackProxy } from '../support/slack-proxy/proxy.ts';
import { openSlackUi, type SlackUi } from '../support/slack-ui.ts';

/** Where people talk to the bot: no incident comes here. */
const TALK = 'C09TALK';

/** What the bot itself may put between angle brackets: dates, whom it pages, the thread's own link. */
const OWN_MARKUP = [
  /^<!date\^\d+\^\{[a-z_]+\}( \{time\})?\|[\d: -]+ UTC>$/,
  new RegExp(`^<@(${ANA}|${MARCO})>$`),
  /^<http:\/\/gianna-test\.slack\.local\/archives\/C0\w+\/p\d+\|Open thread>$/,
];

/** JSON in the place of one field of an alert, and the reason that counts it. */
const WRONG_FIELDS = [
  { field: 'status', value: '"neither"', reason: 'status' },
  { field: 'labels', value: 'null', reason: 'labels' },
  { field: 'labels', value: '{"alertname":null}', reason: 'labels' },
  { field: 'labels', value: '{"__proto__":"x"}', reason: 'label-name' },
  { field: 'annotations', value: '{"__proto__":{"isAdmin":true}}', reason: 'annotations' },
  { field: 'fingerprint', value: '"\\u202e"', reason: 'fingerprint' },
  { field: 'startsAt', value: '"yesterday"', reason: 'starts-at' },
  { field: 'endsAt', value: '"later"', reason: 'ends-at' },
] as const;

interface Incident {
  readonly id: string;
  readonly status: string;
  readonly alerts: ReadonlyArray<{ readonly fingerprint: string; readonly labels: Readonly<Record<string, string>> }>;
}

describe('a bot among hostile senders', () => {
  let random: Random;
  let slack: LocalSlack;
  let proxy: SlackProxy;
  let bot: Bot;
  let bait: Server;
  let baited = 0;
  const counts: Record<string, Record<string, number>> = {};

  beforeAll(async () => {
    random = seededRandom('GIANNA_HOSTILE_SEED', 'hostile senders');
    bait = createServer((_request, response) => {
      baited += 1;
      response.end();
    });
    await new Promise<void>((resolve) => bait.listen(0, '127.0.0.1', resolve));
    const members = [...BOT_USERS.map(({ id }) => id), 'U0BOT'];
    slack = await startLocalSlack({
      users: BOT_USERS,
      channels: [...BOT_CHANNELS, ...ROOMS.map(roomChannel), { id: TALK, name: 'talk', members }],
    });
    proxy = await startSlackProxy({ upstream: slack.url, limits: 'real' });
    bot = await createBot({ slackUrl: proxy.url, config: serviceConfig(), env: { GIANNA_LOG_LEVEL: 'info' } });
    await bot.startReady();
  });
  afterAll(async () => {
    await bot?.remove();
    await proxy?.stop();
    await slack?.stop();
    await new Promise((resolve) => bait.close(resolve));
  });

  function post({ body, headers = {} }: Pick<HostileBody, 'body' | 'headers'>) {
    return new Promise<{ status: number; text: string }>((resolve, reject) => {
      const standard = { 'content-type': 'application/json', authorization: `Bearer ${bot.token}` };
      const options = { method: 'POST', headers: { ...standard, 'content-length': body.length, ...headers } };
      const call = request(bot.webhook, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      call.on('error', reject);
      call.end(body);
    });
  }

  /** How many alerts were not taken for this reason. */
  async function rejectedFor(reason: string): Promise<number> {
    const text = await (await fetch(`${bot.url}/metrics`)).text();
    return Number(
      new RegExp(`^gianna_ops_alerts_rejected_total\\{reason="${reason}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0,
    );
  }

  function count(name: string, what: string | number): void {
    const row = counts[name] ?? {};
    row[what] = (row[what] ?? 0) + 1;
    counts[name] = row;
  }

  it.each(hostileClasses())(
    'answers $count bodies of class $name as the contract says',
    async ({ name, count: many, make }) => {
      const pid = bot.pid();

      for (let index = 0; index < many; index += 1) {
        const hostile = make(random);
        const { status, text } = await post(hostile);
        count(name, status);

        expect({ name, index, status, text: text.slice(0, 200) }).toMatchObject({ status: hostile.expected });
        if (hostile.field !== undefined) expect(JSON.parse(text)).toMatchObject({ error: { field: hostile.field } });
      }

      expect(bot.isRunning() && bot.pid() === pid).toBe(true);
      expect(await post({ body: good('Sound') })).toMatchObject({ status: 200 });
    },
  );

  it('takes alerts whose every text is hostile, and opens a thread for each', async () => {
    const sent = Array.from({ length: HOSTILE_ALERTS }, (_, serial) => {
      const room = ROOMS[serial % ROOMS.length] ?? '';
      return { serial, ...hostileAlert(serial, baitUrl(), { room }) };
    });
    for (const { body } of sent) {
      const { status } = await post({ body });
      count('hostile texts', status);

      expect(status).toBe(200);
    }
    await until('the inbox is worked off', async () => (await bot.ready()).body.waiting === 0, 60_000);
    const incidents = (await bot.cliJson('incidents', '--alerts')) as Incident[];
    const alerts = incidents.flatMap((incident) => incident.alerts);

    for (const { serial, labels } of sent) {
      const shown = alerts.filter(({ fingerprint }) => fingerprint === `hostile-${serial}`);
      expect(shown.map((alert) => alert.labels)).toEqual([labels]);
    }
    const hostile = incidents.filter(({ alerts }) => alerts.some(({ fingerprint }) => /^hostile-/.test(fingerprint)));
    expect(hostile).toHaveLength(HOSTILE_ALERTS);
    await until(
      'each incident has its thread',
      async () => {
        const said = (await Promise.all(ROOMS.map((room) => messagesIn(slack.url, roomChannel(room).id)))).flat();
        const parents = said.filter(({ thread_ts: thread }) => thread === undefined).map(({ text }) => text);
        return hostile.every(({ id }) => parents.some((text) => new RegExp(`\\b${id}\\b`).test(text)));
      },
      90_000,
    );
  });

  it.each(WRONG_FIELDS)(
    'refuses an alert whose $field is $value by that name, and takes its sibling',
    async (wrong) => {
      const before = await rejectedFor(wrong.reason);
      const sibling = `sibling-${wrong.reason}-${wrong.value.length}`;
      const built = payload([{ fingerprint: 'wrong' }, { fingerprint: sibling, labels: { alertname: 'Sibling' } }]);
      const [first, second] = (built.alerts as object[]).map((alert) => JSON.stringify(alert));
      const broken = first?.replace(
        new RegExp(`"${wrong.field}":("[^"]*"|\\{[^}]*\\})`),
        `"${wrong.field}":${wrong.value}`,
      );
      const body = JSON.stringify({ ...built, alerts: [] }).replace('"alerts":[]', `"alerts":[${broken},${second}]`);

      expect(await post({ body: Buffer.from(body) })).toMatchObject({ status: 200 });

      await until('it is counted', async () => (await rejectedFor(wrong.reason)) === before + 1);
      const incidents = (await bot.cliJson('incidents', '--alerts')) as Incident[];
      const taken = incidents.filter(({ alerts }) => alerts.some(({ fingerprint }) => fingerprint === sibling));
      expect(taken).toHaveLength(1);
    },
  );

  it('parked nothing, and still says that it is ready', async () => {
    const { status, body } = await bot.ready();

    expect({ status, parked: body.parked }).toEqual({ status: 200, parked: 0 });
    expect(await bot.cliJson('inbox')).toEqual([]);
  });

  it.each(['slash', 'mention'] as const)('answers hostile words by %s, and does nothing', async (way) => {
    const before = await whatStands();
    const ui = await openSlackUi(proxy.url);
    try {
      for (const [name, texts] of Object.entries(HOSTILE_COMMANDS)) {
        for (const text of texts) {
          const user = random.pick([ANA, VIC]);
          const heard = answersIn(ui);
          await say(way, user, text);

          await until(`an answer to ${way} ${JSON.stringify(text.slice(0, 60))}`, () => answersIn(ui) > heard);
          count(`${way}: ${name}`, 'answered');
          ui.close(user);
        }
      }
      expect(answersIn(ui), 'one answer to each').toBe(Object.values(HOSTILE_COMMANDS).flat().length);
    } finally {
      ui.stop();
    }

    expect(bot.isRunning()).toBe(true);
    expect(await whatStands()).toEqual(before);
  });

  it('does once, or says that it came too late, what is asked while it stands still for longer than Slack waits', async () => {
    await post({ body: good('StoodStill') });
    const id = await until('its incident', async () => {
      const incidents = (await bot.cliJson('incidents', '--alerts')) as Incident[];
      return incidents.find(({ alerts }) => alerts.some(({ fingerprint }) => fingerprint === 'StoodStill'))?.id;
    });
    const runs = await bot.cliJson('runs');
    const ui = await openSlackUi(proxy.url);

    bot.signal('SIGSTOP');
    const begun = performance.now();
    const said = Promise.allSettled([
      ...Array.from({ length: 3 }, () => say('slash', ANA, `ack ${id}`)),
      say('slash', ANA, 'runbook run restart service=gianna'),
    ]);
    // longer than Slack waits, and less than the five seconds after which the bot itself gives its socket up
    await until('Slack has waited for longer than it does', () => performance.now() - begun > 3200);
    bot.signal('SIGCONT');
    await said;

    await until('each was answered', () => answersIn(ui) >= 4).finally(() => ui.stop());
    const events = (await bot.cliJson('journal', 'tail', '-n', '100000')) as Array<{ id: string; type: string }>;
    expect(events.filter((event) => event.id === id && event.type === 'incident.acknowledged')).toHaveLength(1);
    expect(await bot.cliJson('runs')).toEqual(runs);
    expect(JSON.stringify(ui.frames)).toContain('The form could not be opened: Slack took too long');
  });

  it('mentioned nobody, linked nothing and asked no foreign address', async () => {
    const texts = await everythingSaid();
    const markup = texts.flatMap((text) => text.match(/<[^>]*>?/g) ?? []);
    const foreign = markup.filter((token) => !OWN_MARKUP.some((own) => own.test(token)));
    const mentions = markup.filter((token) => token.startsWith('<@'));

    expect(texts.length).toBeGreaterThan(HOSTILE_ALERTS);
    expect(mentions.length, 'the on-call person is paged').toBeGreaterThan(0);
    expect(foreign).toEqual([]);
    expect(baited).toBe(0);
  });

  it('sent no text that hides or reorders what it says', async () => {
    const texts = await everythingSaid();

    const hidden = texts.filter((text) =>
      /[^\P{Cc}\n]|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u.test(text),
    );
    expect(hidden).toEqual([]);
  });

  it('prints its counts, and its journal verifies', async () => {
    for (const [name, row] of Object.entries(counts)) console.log(`${name}: ${JSON.stringify(row)}`);

    expect(await bot.cliJson('journal', 'verify', '--state')).toMatchObject({ ok: true });
  });

  function baitUrl(): string {
    return `http://127.0.0.1:${(bait.address() as AddressInfo).port}`;
  }

  async function say(way: 'slash' | 'mention', user: string, text: string): Promise<void> {
    if (way === 'slash') await control(proxy.url, 'command', { channel: TALK, user, command: '/gianna', text });
    else await control(proxy.url, 'message', { channel: TALK, user, text: `<@U0BOT> ${text}` });
  }

  /** What hostile words could change: the incidents, the runs, and everything that a person of Slack asked for. */
  async function whatStands() {
    const incidents = (await bot.cliJson('incidents')) as Incident[];
    const events = (await bot.cliJson('journal', 'tail', '-n', '100000')) as Array<{ actor: string }>;
    return {
      incidents: incidents.map(({ id, status }) => `${id} ${status}`).sort(),
      runs: await bot.cliJson('runs'),
      asked: events.filter(({ actor }) => actor.startsWith('slack:')).length,
    };
  }

  /** Each text of each message at the peer, wherever it stands in it, written by the bot. */
  async function everythingSaid(): Promise<string[]> {
    const { channels } = (await look(slack.url, 'state')) as { channels: Array<{ id: string }> };
    const said: SeenMessage[] = [];
    for (const { id } of channels) said.push(...(await messagesIn(slack.url, id)));
    return said.filter(({ user }) => user === 'U0BOT').flatMap(textsIn);
  }
});

/** What the bot said where it was asked, and each form that it opened: a view is told again whenever it is drawn anew. */
function answersIn(ui: SlackUi): number {
  const said = ui.frames.filter((frame) => {
    const { user, channel } = (frame.message ?? {}) as { user?: string; channel?: string };
    return user === 'U0BOT' && channel === TALK;
  });
  const views = ui.frames.flatMap(({ t, stack }) => (t === 'view' ? (stack as Array<{ id: string }>) : []));
  return said.length + new Set(views.map(({ id }) => id)).size;
}

/** Every string below a `text` key. */
function textsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'text' && typeof inner === 'string' ? [inner] : textsIn(inner),
  );
}

function good(alertname: string): Buffer {
  const labels = { alertname, severity: 'info' };
  return Buffer.from(JSON.stringify(payload([{ fingerprint: alertname, labels }], { groupLabels: { alertname } })));
}

/** A service that hostile words could try to restart, and threads spread over rooms. */
function serviceConfig() {
  const argv = ['/bin/false'];
  return {
    'slack.yml': slackFile(Object.fromEntries(ROOMS.map((room) => [room, `#${room}`]))),
    'routes.yml': routesFile(ROOMS.map((room) => ({ match: { room }, severity: 'P2', channel: room }))),
    'hosts.yml': {
      hosts: { local: { connect: 'local' } },
      services: {
        gianna: {
          host: 'local',
          driver: 'command',
          command: { start: argv, stop: argv, status: argv },
          components: ['application', 'llm'],
          probes: ['gianna-health'],
        },
      },
      default_service: 'gianna',
    },
    'probes.yml': { probes: { 'gianna-health': { kind: 'tcp', host: '127.0.0.1', port: 1, timeout: '1s' } } },
  };
}
