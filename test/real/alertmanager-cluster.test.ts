import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Alertmanager, startAlertmanagerCluster } from '../support/alertmanager.ts';
import { BOT_CHANNELS, BOT_USERS } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import { lockDatabase } from '../support/database-lock.ts';
import { type LocalSlack, startLocalSlack } from '../support/local-slack.ts';
import { mayRun } from '../support/need.ts';
import { findCommand, until } from '../support/process.ts';
import { ROOMS, roomChannel, roomsConfig } from '../support/rooms.ts';
import { messagesIn } from '../support/slack-person.ts';
import { type SlackProxy, startSlackProxy } from '../support/slack-proxy/proxy.ts';
import { openWebhookDoor, type Passed, type WebhookDoor } from '../support/webhook-door.ts';

const PARALLEL = 50;

interface Incident {
  readonly id: string;
  readonly alertname: string;
  readonly status: string;
  readonly alerts: ReadonlyArray<{ readonly fingerprint: string; readonly startsAt: string; readonly status: string }>;
}
interface Payload {
  readonly status: string;
  readonly groupLabels: { readonly alertname: string };
  readonly alerts: ReadonlyArray<{ readonly status: string; readonly fingerprint: string }>;
}

function whyNot(): string | null {
  const missing = ['prometheus-alertmanager', 'sqlite3'].filter((name) => findCommand(name) === null);
  return missing.length === 0 ? null : `${missing.join(', ')} not installed`;
}

describe.runIf(mayRun(whyNot()))('two Alertmanagers of one cluster', () => {
  let slack: LocalSlack;
  let proxy: SlackProxy;
  let bot: Bot;
  const doors: WebhookDoor[] = [];
  let members: Alertmanager[] = [];
  const stops: Array<() => Promise<unknown>> = [];

  beforeAll(async () => {
    slack = await startLocalSlack({ users: BOT_USERS, channels: [...BOT_CHANNELS, ...ROOMS.map(roomChannel)] });
    stops.push(() => slack.stop());
    proxy = await startSlackProxy({ upstream: slack.url, limits: 'real' });
    stops.push(() => proxy.stop());
    bot = await createBot({
      slackUrl: proxy.url,
      config: roomsConfig(),
      env: { GIANNA_LOG_LEVEL: 'warn' },
    });
    stops.push(() => bot.remove());
    await bot.startReady();
    for (let member = 0; member < 2; member += 1) {
      const door = await openWebhookDoor(bot.webhook);
      doors.push(door);
      stops.push(() => door.stop());
    }
    members = await startAlertmanagerCluster(doors.map(({ url }) => ({ webhook: url, token: bot.token })));
    for (const member of members) stops.push(() => member.stop());
  });
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  /** As Prometheus does: every alert goes to every member that answers. */
  async function send(...alerts: object[]): Promise<void> {
    await Promise.all(members.map((member) => member.send(alerts)));
  }

  function alertOf(alertname: string, instance: string, startsAt: number, endsAt?: number): object {
    return {
      labels: { alertname, instance, severity: 'warning' },
      annotations: { summary: `${alertname} on ${instance}` },
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(endsAt ?? Date.now() + 3600_000).toISOString(),
    };
  }

  async function incidents(): Promise<Incident[]> {
    return (await bot.cliJson('incidents', '--alerts')) as Incident[];
  }

  /** The one incident of an alertname, once it looks as asked. */
  function incidentOf(alertname: string, looks: (incident: Incident) => boolean): Promise<Incident> {
    return until(
      `the incident of ${alertname}`,
      async () => {
        const found = (await incidents()).filter((each) => each.alertname === alertname);
        if (found.length > 1) throw new Error(`${found.length} incidents of ${alertname}`);
        return found.find(looks);
      },
      60_000,
    );
  }

  function firing({ alerts }: Incident): string[] {
    return alerts.filter(({ status }) => status === 'firing').map(({ fingerprint }) => fingerprint);
  }

  /** Everything that a door let through about a group; the bot's answer 200 unless told otherwise. */
  function passedOf(door: WebhookDoor | undefined, alertname: string, status = 200): Passed[] {
    return (door?.passed ?? []).filter(
      (each) => each.status === status && payloadOf(each).groupLabels.alertname === alertname,
    );
  }

  /** Parents that Slack took, by incident. */
  function roots(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { body, answer } of proxy.callsOf('chat.postMessage')) {
      const metadata = body.metadata as
        | { event_type?: string; event_payload?: { id?: string; key?: string } }
        | undefined;
      const id = metadata?.event_payload?.id;
      const isParent = metadata?.event_payload?.key?.startsWith('parent:') === true;
      if (isParent && id !== undefined && answer === 'ok') counts[id] = (counts[id] ?? 0) + 1;
    }
    return counts;
  }

  async function everyThreadIsThere(): Promise<Incident[]> {
    const all = await incidents();
    await until('each incident has its parent', () => all.every(({ id }) => (roots()[id] ?? 0) > 0), 90_000);
    return all;
  }

  async function workedOff(): Promise<void> {
    await until('the inbox is worked off', async () => (await bot.ready()).body.waiting === 0, 60_000);
  }

  it('makes one incident of an alert that both members know', async () => {
    const now = Date.now();
    await send(alertOf('Both1', 'a', now), alertOf('Both1', 'b', now), alertOf('Both2', 'a', now));

    const first = await incidentOf('Both1', (incident) => firing(incident).length === 2);
    await incidentOf('Both2', (incident) => firing(incident).length === 1);

    expect(first.status).toBe('firing');
    const active = (await members[0]?.active()) ?? [];
    expect(firing(first).sort()).toEqual(prints(active, 'Both1'));
  });

  it('has one thread for each incident when the receiver answered 503 for a while, and both members sent again', async () => {
    const lock = await lockDatabase(bot.database);
    const names = ['Locked1', 'Locked2', 'Locked3'];
    try {
      await send(...names.map((name) => alertOf(name, 'a', Date.now())));
      for (const door of doors) {
        for (const name of names) {
          await until(`503 for ${name}`, () => passedOf(door, name, 503).length >= 2, 60_000);
        }
      }
    } finally {
      await lock.release();
    }

    for (const name of names) {
      await incidentOf(name, (incident) => firing(incident).length === 1);
      for (const door of doors) await until(`${name} came again`, () => passedOf(door, name).length >= 1, 60_000);
    }
    await workedOff();
    const mine = (await everyThreadIsThere()).filter(({ alertname }) => names.includes(alertname));
    const refused = doors.flatMap(({ passed }) => passed.filter(({ status }) => status === 503)).length;
    const taken = names.map((name) => doors.reduce((sum, door) => sum + passedOf(door, name).length, 0));
    console.log(`answered 503: ${refused} times; taken of each group: ${taken.join(', ')}`);
    expect(mine).toHaveLength(names.length);
    expect(Math.min(...taken), 'each group was delivered more than once').toBeGreaterThanOrEqual(2);
    for (const { id } of mine) expect({ id, roots: roots()[id] }).toEqual({ id, roots: 1 });
  });

  it(`answers ${PARALLEL} identical deliveries at the same moment with 200, and opens one incident`, async () => {
    const kept = passedOf(doors[0], 'Locked1')[0] ?? passedOf(doors[1], 'Locked1')[0];
    const body = (kept?.body ?? '')
      .replaceAll('Locked1', 'Parallel1')
      .replaceAll('"fingerprint":"', '"fingerprint":"p');

    const statuses = await Promise.all(Array.from({ length: PARALLEL }, () => bot.post(JSON.parse(body))));
    await workedOff();

    expect(statuses).toEqual(Array.from({ length: PARALLEL }, () => 200));
    const one = await incidentOf('Parallel1', (incident) => firing(incident).length === 1);
    await everyThreadIsThere();
    expect(roots()[one.id]).toBe(1);
  });

  it('lets no old payload close what fires, or open what has ended, whatever comes late', async () => {
    const began = Date.now() - 60_000;
    await send(alertOf('Late1', 'a', began));
    await incidentOf('Late1', ({ status }) => status === 'firing');
    await send(alertOf('Late1', 'a', began, Date.now()));
    await incidentOf('Late1', ({ status }) => status === 'recovered');
    const again = Date.now() + 1;
    await send(alertOf('Late1', 'a', again));
    const refired = await incidentOf('Late1', ({ status }) => status === 'firing');
    const captured = doors.flatMap((door) => passedOf(door, 'Late1')).map(payloadOf);
    const ends = captured.filter(({ status }) => status === 'resolved');
    const starts = captured.filter(({ status }) => status === 'firing');
    expect(ends.length).toBeGreaterThan(0);

    for (const old of ends) expect(await bot.post(old)).toBe(200);
    await workedOff();
    const afterOldEnd = await incidentOf('Late1', () => true);
    await send(alertOf('Late1', 'a', again, Date.now()));
    await incidentOf('Late1', ({ status }) => status === 'recovered');
    for (const old of starts) expect(await bot.post(old)).toBe(200);
    await workedOff();
    const afterOldStart = await incidentOf('Late1', () => true);

    expect(firing(refired)).toHaveLength(1);
    expect({ status: afterOldEnd.status, firing: firing(afterOldEnd) }).toEqual({
      status: 'firing',
      firing: firing(refired),
    });
    expect({ status: afterOldStart.status, firing: firing(afterOldStart) }).toEqual({
      status: 'recovered',
      firing: [],
    });
  });

  it('goes on when one member is killed while alerts fire and end', async () => {
    const began = Date.now();
    const names = ['Killed1', 'Killed2', 'Killed3', 'Killed4', 'Killed5', 'Killed6'];
    await send(...names.slice(0, 4).map((name) => alertOf(name, 'a', began)));
    await until('the first of them was delivered', () =>
      doors.some((door) => names.some((name) => passedOf(door, name).length > 0)),
    );

    const [killed] = members.splice(0, 1);
    await killed?.kill();
    const endedAt = Date.now();
    await send(
      ...names.slice(0, 2).map((name) => alertOf(name, 'a', began, endedAt)),
      ...names.slice(4).map((name) => alertOf(name, 'a', endedAt)),
      alertOf('Killed3', 'b', endedAt),
    );

    for (const name of names.slice(0, 2)) await incidentOf(name, ({ status }) => status === 'recovered');
    await incidentOf('Killed3', (incident) => firing(incident).length === 2);
    for (const name of names.slice(3)) await incidentOf(name, (incident) => firing(incident).length === 1);
  });

  it('ends with what Alertmanager itself says fires, each occurrence in one incident, one thread each', async () => {
    await workedOff();
    const all = await everyThreadIsThere();
    const active = (await members[0]?.active()) ?? [];
    const own = all.filter(({ alertname }) => alertname !== 'Parallel1');
    const occurrences = all.flatMap(({ alerts }) =>
      alerts.map(({ fingerprint, startsAt }) => `${fingerprint} ${startsAt}`),
    );
    const counted = duplicates();
    console.log(`deliveries: ${counted.all}, of these the same as one before: ${counted.again}`);

    expect(own.flatMap(firing).sort()).toEqual(prints(active));
    expect(occurrences.length).toBe(new Set(occurrences).size);
    expect(counted.again).toBeGreaterThan(0);
    expect(roots()).toEqual(Object.fromEntries(all.map(({ id }) => [id, 1])));
    const rooms = await Promise.all(ROOMS.map((room) => messagesIn(slack.url, roomChannel(room).id)));
    const parents = rooms.flat().filter(({ thread_ts: thread }) => thread === undefined);
    for (const { id } of all) {
      expect(parents.filter(({ text }) => new RegExp(`\\b${id}\\b`).test(text)).length, id).toBeGreaterThanOrEqual(1);
    }
  });

  it('leaves a journal that verifies, with every state folded again', async () => {
    bot.signal('SIGTERM');
    await bot.ended();

    expect(await bot.cliJson('journal', 'verify', '--state')).toMatchObject({ ok: true, firstBad: null });
  });

  /** Deliveries that were taken, and how many of them said just what another one had said. */
  function duplicates(): { all: number; again: number } {
    const taken = doors.flatMap(({ passed }) => passed.filter(({ status }) => status === 200));
    const said = taken.map((each) => {
      const { groupLabels, alerts } = payloadOf(each);
      return JSON.stringify([groupLabels, alerts]);
    });
    return { all: said.length, again: said.length - new Set(said).size };
  }
});

function payloadOf({ body }: Passed): Payload {
  return JSON.parse(body) as Payload;
}

function prints(active: ReadonlyArray<{ fingerprint: string; labels: Record<string, string> }>, alertname?: string) {
  return active
    .filter(({ labels }) => alertname === undefined || labels.alertname === alertname)
    .map(({ fingerprint }) => fingerprint)
    .sort();
}
