import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAlertDesk } from '../../src/alerts/desk.ts';
import { createMetricsRegistry, type Registry } from '../../src/core/metrics.ts';
import { type Auditor, createAuditor } from '../../src/journal/auditor.ts';
import { createDeadman } from '../../src/journal/deadman.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import type { InboxRow } from '../../src/journal/port.ts';
import { createTimerLoop, type TimerLoop } from '../../src/journal/timers.ts';
import { createEscalation } from '../../src/oncall/escalation.ts';
import { overdueEscalations } from '../../src/oncall/overdue.ts';
import { testConfigSource } from '../support/config.ts';
import { startHttpService, type TestHttpService } from '../support/http-service.ts';
import { openTestJournal, silentLogger, type TestJournal } from '../support/journal.ts';
import { bytesOf, payload } from '../support/payloads.ts';
import { until } from '../support/process.ts';

const MINUTE = 60_000;
const CRITICAL = { alertname: 'Down', severity: 'critical', component: 'application' };

let test: TestJournal;
let outside: TestHttpService;
let registry: Registry;
let auditor: Auditor;
let timers: TimerLoop;
let pings: number;
let receive: ReturnType<typeof createAlertDesk>['receive'];

beforeEach(async () => {
  test = await openTestJournal();
  pings = 0;
  outside = await startHttpService((_request, response) => {
    pings += 1;
    response.end('ok');
  });
  registry = createMetricsRegistry();
  const { journal, clock } = test;
  const config = testConfigSource();
  const common = { journal, clock, config, logger: silentLogger };
  const escalation = createEscalation({ ...common, metrics: createMetricsRegistry() });
  const desk = createAlertDesk({ ...common, metrics: createMetricsRegistry(), follow: escalation.follow });
  ({ receive } = desk);
  const handlers = { ...desk.timers, ...escalation.timers };
  timers = createTimerLoop({ ...common, metrics: createJournalMetrics(createMetricsRegistry()), handlers });
  auditor = startAuditor();
});
afterEach(async () => {
  await auditor.stop();
  await timers.stop();
  await outside.stop();
  await test.remove();
});

/** Lets minutes pass, each with its audit; `alive`: the timers are carried out meanwhile. */
async function pass(minutes: number, alive: boolean): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    test.clock.advance(MINUTE);
    if (alive) await timers.runDue();
    await auditor.idle();
  }
}

async function fire(): Promise<void> {
  const body = bytesOf(payload([{ labels: CRITICAL, startsAt: test.clock.now() }]));
  const row = { lane: 'machines', source: 'alertmanager', key: 'w', receivedAt: test.clock.now(), body } as const;
  const stored: InboxRow = { ...row, id: 1, tries: 0, state: 'waiting', error: null };
  const { batch } = await receive([stored]);
  if (batch !== null) await test.journal.append(batch);
}

async function ended(result: 'sent' | 'failed'): Promise<number> {
  const series = (await registry.metrics()).match(
    new RegExp(`gianna_ops_deadman_pings_total{result="${result}"} (\\d+)`),
  );
  return Number(series?.[1] ?? 0);
}

it('sends a sign of life once a minute while nothing stands', async () => {
  await pass(1, true);
  await until('the first', async () => (await ended('sent')) === 1);
  await pass(1, true);
  await until('the second', async () => (await ended('sent')) === 2);

  expect(pings).toBe(2);
  expect(await registry.metrics()).toContain('gianna_ops_auditor_ok 1');
});

it('is red within five minutes when the timers no longer run, and the sign of life stays away until they do', async () => {
  await fire();
  await pass(4, true);
  await until('it is alive', async () => (await ended('sent')) > 0);

  await pass(5, false);
  await until('what was under way has arrived', async () => (await ended('sent')) === pings);
  const red = await registry.metrics();
  const whileRed = pings;
  await pass(10, false);

  expect(red).toContain('gianna_ops_auditor_ok 0');
  expect(red).toContain('gianna_ops_auditor_findings{finding="overdue-escalation"} 1');
  expect(pings).toBe(whileRed);
  await test.journal.append({
    at: 0,
    actor: 'auto',
    effects: [{ op: 'dropAll', kind: 'page', incident: 'GI-1', reason: 'x' }],
  });
  // the first audit still comes before the timers are looked at again
  await pass(2, true);
  await until('it is alive again', () => pings > whileRed);
});

it('is red when a page does not get out for ten minutes', async () => {
  const data = { incident: 'GI-1' };
  const effects = [{ op: 'ask', key: 'page|x', kind: 'page', incident: 'GI-1', data }] as const;
  await test.journal.append({ at: test.clock.now(), actor: 'auto', effects });

  await pass(9, true);
  const before = await registry.metrics();
  await pass(3, true);

  expect(before).toContain('gianna_ops_auditor_ok 1');
  expect(await registry.metrics()).toContain('gianna_ops_auditor_findings{finding="stuck-effect"} 1');
});

it.each(['page.sms', 'page.email', 'page.voice'])('is red when a page of kind %s does not get out', async (kind) => {
  const data = { incident: 'GI-1' };
  const effects = [{ op: 'ask', key: `${kind}|x`, kind, incident: 'GI-1', data }] as const;
  await test.journal.append({ at: test.clock.now(), actor: 'auto', effects });

  await pass(12, true);

  expect(await registry.metrics()).toContain('gianna_ops_auditor_findings{finding="stuck-effect"} 1');
});

it('is red when the timers are looked at no more, though none is due', async () => {
  await pass(2, true);
  const alive = await registry.metrics();
  await pass(3, false);

  expect(alive).toContain('gianna_ops_auditor_ok 1');
  expect(await registry.metrics()).toContain('gianna_ops_auditor_findings{finding="timers-frozen"} 1');
});

it('is red while parked rows grow, not for ever because one is there', async () => {
  await pass(1, true);
  const { id } = await test.journal.put({ lane: 'machines', source: 's', key: 'k', receivedAt: 0, body: bytesOf('x') });
  for (let tries = 0; tries < 3; tries += 1) await test.journal.failed(id, 'broken');
  await pass(1, true);
  const grown = await registry.metrics();

  await pass(11, true);

  expect(grown).toContain('gianna_ops_auditor_findings{finding="parked-rows-grow"} 1');
  expect(await registry.metrics()).toContain('gianna_ops_auditor_ok 1');
});

it('is not believed when it has itself stopped, and sends no sign of life then', async () => {
  await pass(1, true);
  await until('it was alive', async () => (await ended('sent')) === 1);
  await auditor.stop();

  await pass(4, true);

  expect(pings).toBe(1);
  expect(await registry.metrics()).toContain('gianna_ops_auditor_ok 0');
});

it('does not call late what fell due while nobody was here', async () => {
  await fire();
  await pass(1, true);
  await auditor.stop();
  test.clock.advance(30 * MINUTE);
  registry = createMetricsRegistry();

  auditor = startAuditor();
  test.clock.advance(10_000);
  await auditor.idle();

  expect(await registry.metrics()).toContain('gianna_ops_auditor_ok 1');
});

function startAuditor(): Auditor {
  const { journal, clock } = test;
  const started = createAuditor({
    journal,
    clock,
    logger: silentLogger,
    metrics: registry,
    timersLookedAt: () => timers.lookedAt(),
    overdueEscalations: (before) => overdueEscalations(journal, before),
    green: createDeadman({ url: `${outside.url}/secret-path`, logger: silentLogger, metrics: registry }),
  });
  started.start();
  return started;
}
