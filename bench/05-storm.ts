import { type Figure, limitRow, type Row, ratioRow, toldRow } from './support/figure.ts';
import { stormAlertmanager, stormBot } from './support/storm.ts';

const GROUPS = 100;
const BURST = 5;
const WATCH_SECONDS = 150;
const WATCH_PEER_SECONDS = 30;

/** Figure 5: 10,000 alerts in 100 groups at Slack's real limits, beside Alertmanager's own Slack receiver. */
export const storm: Figure = { figure: 5, name: 'storm, 100 groups', run };

async function run(): Promise<Row[]> {
  const peer = await stormAlertmanager(GROUPS, WATCH_PEER_SECONDS);
  const bot = await stormBot(GROUPS, WATCH_SECONDS);
  const row = (what: string, value: number, unit: string) => ({ figure: 5, name: storm.name, case: what, value, unit });
  return [
    limitRow(row('every group named', bot.allNamed, 's'), finite(peer?.allNamed), 2),
    limitRow(row('every P0 named', bot.allCriticalNamed, 's'), finite(peer?.allCriticalNamed), 1),
    ratioRow(row('named within 10 s', bot.namedWithinTen, 'groups'), peer?.namedWithinTen ?? null, { atLeast: 1 }),
    ratioRow(row('every thread open', bot.allThreads, 's'), GROUPS - BURST, { atMost: 1.1 }),
    limitRow(row('refused by Slack', bot.refused, 'calls'), peer?.refused ?? null, 0),
    limitRow(row('calls until every thread is open', bot.calls / GROUPS, 'calls a group'), null, 1.35),
    limitRow(row('webhooks refused', bot.notTaken, 'payloads'), null, 0),
    ratioRow(row('alerts kept', bot.kept ?? 0, 'alerts'), 10_000, { atLeast: 1 }),
    toldRow(row('every P0 in a thread of its own', bot.criticalThreads, 's'), finite(peer?.criticalThreads)),
  ];
}

/** What never happened while it was watched is no number. */
function finite(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value;
}
