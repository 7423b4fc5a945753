import { type Figure, limitRow, type Row, ratioRow, toldRow } from './support/figure.ts';
import { stormAlertmanager, stormBot } from './support/storm.ts';

const GROUPS = 1_000;
/** Naming is what is measured: a thread for each takes Slack a quarter of an hour. */
const WATCH_SECONDS = 30;

/** Figure 6: 10,000 alerts in 1,000 groups at Slack's real limits, beside Alertmanager's own Slack receiver. */
export const bigStorm: Figure = { figure: 6, name: 'storm, 1,000 groups', run };

async function run(): Promise<Row[]> {
  const peer = await stormAlertmanager(GROUPS, WATCH_SECONDS);
  const bot = await stormBot(GROUPS, WATCH_SECONDS);
  const row = (what: string, value: number, unit: string) => ({
    figure: 6,
    name: bigStorm.name,
    case: what,
    value,
    unit,
  });
  return [
    limitRow(row('every group named', bot.allNamed, 's'), null, 10),
    limitRow(row('every P0 named', bot.allCriticalNamed, 's'), null, 2),
    ratioRow(row('named within 10 s', bot.namedWithinTen, 'groups'), peer?.namedWithinTen ?? null, { atLeast: 1 }),
    limitRow(row('refused by Slack', bot.refused, 'calls'), peer?.refused ?? null, 0),
    limitRow(row('webhooks refused', bot.notTaken, 'payloads'), null, 0),
    ratioRow(row('alerts kept', bot.kept ?? 0, 'alerts'), 10_000, { atLeast: 1 }),
    toldRow(row('posts and edits in 30 s', bot.calls, 'calls'), peer?.calls ?? null),
  ];
}
