import { openJournalForReading } from '../src/journal/sqlite.ts';
import { until } from '../test/support/process.ts';
import { startLoad } from '../test/support/webhook-load.ts';
import { type Bot, startBot, startSlackSink } from './support/bot.ts';
import { type Figure, percentile, type Row, ratioRow } from './support/figure.ts';
import { alertAt, webhookOf } from './support/payloads.ts';
import { sendClick, sendSlash } from './support/slack-person.ts';

const GROUPS = 100;
const STORM_ALERTS = 10_000;
const ALERTS_A_PAYLOAD = 10;
const LANES = 4;
const BETWEEN_MS = 50;
const SLACK_LIMIT_MS = 3000;
const LOOK_EVERY_MS = 5;
const SEEN_WITHIN_MS = 30_000;

/** What a person does to each incident, one after the other: half of them by button, half by word. */
const STEPS = [
  { verb: 'ack', event: 'incident.acknowledged' },
  { verb: 'resolve', event: 'incident.resolved' },
] as const;

interface Measured {
  /** From the request until Slack has its answer. */
  acknowledgedMs: number;
  /** From the request until the event is read back from the journal. */
  inJournalMs: number;
}

/**
 * Figure 12: a slash command or click until it is acknowledged to Slack, and until its effect is in the journal, while a
 * storm of 10,000 alerts in 100 groups, and further ones without a pause, is taken in and handled.
 */
export const clicks: Figure = { figure: 12, name: 'click in a storm', run };

async function run(): Promise<Row[]> {
  const sink = await startSlackSink(() => {});
  const bot = await startBot(sink.apiUrl);
  try {
    return rowsOf(await measure(bot));
  } finally {
    await bot.stop();
    await sink.stop();
  }
}

function rowsOf(all: readonly Measured[]): Row[] {
  const row = (what: string, key: keyof Measured, percent: number, mostMs: number | null): Row => {
    const value = percentile(
      all.map((each) => each[key]),
      percent,
    );
    const base = { figure: 12, name: clicks.name, case: `${what}, p${percent} of ${all.length}`, value, unit: 'ms' };
    const built = ratioRow(base, SLACK_LIMIT_MS, { atMost: (mostMs ?? SLACK_LIMIT_MS) / SLACK_LIMIT_MS });
    return mostMs === null ? { ...built, must: 'none', met: null } : { ...built, must: `≤ ${mostMs} ms` };
  };
  return [
    row('acknowledged to Slack', 'acknowledgedMs', 99, 500),
    row('acknowledged to Slack', 'acknowledgedMs', 50, null),
    row('effect in the journal', 'inJournalMs', 99, 1000),
    row('effect in the journal', 'inJournalMs', 50, null),
  ];
}

async function measure(bot: Bot): Promise<Measured[]> {
  let sent = 0;
  const load = startLoad<number>({
    url: bot.webhook,
    token: bot.token,
    lanes: LANES,
    next: () => {
      const first = ALERTS_A_PAYLOAD * sent;
      const group = `Storm${sent % GROUPS}`;
      const alerts = Array.from({ length: ALERTS_A_PAYLOAD }, (_, k) => alertAt(first + k, { alertname: group }));
      sent += 1;
      return { sent: sent, body: webhookOf(alerts, group, (k) => `storm-${first + k}`) };
    },
  });
  const watch = await watchJournal(bot.database);
  try {
    await until('the storm is there', () => load.answered() * ALERTS_A_PAYLOAD >= STORM_ALERTS, 120_000);
    await until('each group has its incident', () => watch.opened() >= GROUPS, 120_000);
    return await pressAll(bot, watch);
  } finally {
    await load.end();
    await watch.stop();
  }
}

async function pressAll(bot: Bot, watch: Watch): Promise<Measured[]> {
  const pressed: Array<Promise<Measured>> = [];
  for (const { verb, event } of STEPS) {
    const round: Array<Promise<Measured>> = [];
    for (let n = 1; n <= GROUPS; n++) {
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
      round.push(press(bot, watch, n, verb, event));
    }
    await Promise.all(round);
    pressed.push(...round);
  }
  return Promise.all(pressed);
}

async function press(bot: Bot, watch: Watch, n: number, verb: string, event: string): Promise<Measured> {
  const begun = performance.now();
  const answer = n % 2 === 0 ? sendClick(bot, `GI-${n}`, verb) : sendSlash(bot, `${verb} ${n}`);
  const acknowledgedMs = (await answer) - begun;
  const seenAt = await until(`${event} of GI-${n}`, () => watch.seen(`GI-${n}`, event), SEEN_WITHIN_MS);
  return { acknowledgedMs, inJournalMs: seenAt - begun };
}

interface Watch {
  /** Incidents that were opened. */
  opened(): number;
  /** When an event of an incident was first read, performance.now(). */
  seen(incident: string, type: string): number | undefined;
  stop(): Promise<void>;
}

/** Reads the store beside the bot, as `gianna-ops journal tail` does, and notes when each event is there. */
async function watchJournal(database: string): Promise<Watch> {
  const journal = await openJournalForReading(database);
  const seen = new Map<string, number>();
  let opened = 0;
  let after = 0;
  let isOver = false;
  const look = async () => {
    for (const { seq, id, type } of await journal.eventsAfter(after, 5000)) {
      after = seq;
      if (type === 'incident.opened') opened += 1;
      const name = `${id} ${type}`;
      if (!seen.has(name)) seen.set(name, performance.now());
    }
  };
  const watching = (async () => {
    while (!isOver) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  })();
  return {
    opened: () => opened,
    seen: (incident, type) => seen.get(`${incident} ${type}`),
    stop: async () => {
      isOver = true;
      await watching;
      await journal.close();
    },
  };
}
