import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeIncidentEvent } from '../../src/alerts/describe.ts';
import { createAlertDesk } from '../../src/alerts/desk.ts';
import { entriesOf } from '../../src/alerts/timeline.ts';
import { viewIncident } from '../../src/alerts/views.ts';
import { evolvers } from '../../src/cli/evolvers.ts';
import type { Command } from '../../src/core/command.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { decideUntilAppended } from '../../src/journal/decide.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { type Notice, readNotice } from '../../src/journal/notice.ts';
import { createPresence } from '../../src/journal/presence.ts';
import { createRestartReport } from '../../src/journal/restart-report.ts';
import { createTimerLoop } from '../../src/journal/timers.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { createEscalation } from '../../src/oncall/escalation.ts';
import { testConfigSource } from '../support/config.ts';
import { openTestJournal, silentLogger, type TestJournal } from '../support/journal.ts';
import { bytesOf, payload } from '../support/payloads.ts';

const MINUTE = 60_000;
const P0 = { alertname: 'Down', severity: 'critical', component: 'application' };
const P1 = { alertname: 'Slow', severity: 'critical', component: 'llm' };

let test: TestJournal;
let parts: ReturnType<typeof build>;
let isSettled: boolean;

beforeEach(async () => {
  isSettled = true;
  test = await openTestJournal();
  parts = build();
  await parts.presence.start('v1');
});
afterEach(async () => {
  await parts.timers.stop();
  const verified = await verifyJournal({ path: test.path, evolvers });
  await test.remove();
  expect(verified).toMatchObject({ ok: true });
});

function build() {
  const { journal, clock } = test;
  const common = { journal, clock, config: testConfigSource(), logger: silentLogger };
  const escalation = createEscalation({ ...common, metrics: createMetricsRegistry() });
  const desk = createAlertDesk({ ...common, metrics: createMetricsRegistry(), follow: escalation.follow });
  const presence = createPresence({ journal, clock });
  const describers = [describeIncidentEvent, escalation.describe];
  const report = createRestartReport({
    journal,
    tellers: [],
    words: async (events) => (await entriesOf(journal, events, describers)).map(({ text }) => text),
    standing: async ({ id }) => {
      const incident = await viewIncident(journal, id);
      return incident === null ? null : `${id} is ${incident.status}`;
    },
    isSettled: () => isSettled,
  });
  const timers = createTimerLoop({
    ...common,
    metrics: createJournalMetrics(createMetricsRegistry()),
    handlers: { ...desk.timers, ...escalation.timers, 'process.report': report },
    outcome: presence.late,
  });
  return { desk, presence, timers };
}

async function fire(labels: Record<string, string>): Promise<void> {
  const { journal, clock } = test;
  const body = bytesOf(payload([{ labels, fingerprint: labels.alertname ?? '', startsAt: clock.now() }]));
  const row = { lane: 'machines', source: 'alertmanager', key: 'w', receivedAt: clock.now(), body } as const;
  const stored = { ...row, id: 1, tries: 0, state: 'waiting', error: null } as const;
  await decideUntilAppended(journal, async () => (await parts.desk.receive([stored])).batch);
}

async function acknowledge(incident: string): Promise<void> {
  const command: Command = { v: 1, verb: 'ack', by: 'local', at: test.clock.now(), via: 'cli', incident, args: {} };
  await decideUntilAppended(test.journal, async () => (await parts.desk.command(command)).batch);
}

/** Killed, and started again after a while: nothing runs by itself before `pass`. */
async function comeBack(afterMs: number, version = 'v1'): Promise<void> {
  await parts.timers.stop();
  test = await test.restart();
  test.clock.advance(afterMs);
  parts = build();
  await parts.presence.start(version);
}

async function pass(ms: number): Promise<void> {
  await parts.timers.runDue();
  for (let left = ms; left > 0; left -= 1_000) {
    test.clock.advance(Math.min(left, 1_000));
    await parts.timers.runDue();
  }
}

async function notices(): Promise<Notice[]> {
  const effects = await test.journal.effects({ kinds: ['notice'] });
  const read = await Promise.all(effects.map((effect) => readNotice(test.journal, effect)));
  return read.filter((notice) => notice !== null);
}

it('says from when to when it was blind, what fell due meanwhile and what became of it, in one message', async () => {
  await fire(P0);
  await fire(P1);
  await parts.presence.beat();

  await comeBack(12 * MINUTE, 'v2');
  await pass(10_000);

  const [notice, ...more] = await notices();
  expect(more).toEqual([]);
  expect(notice?.to).toEqual({ channel: 'ops' });
  expect(notice?.title).toBe(
    '🔄 Gianna Ops: Restarted 2026-11-22 14:12 UTC; away since 2026-11-22 14:00 UTC (blind for 12m). An alert that began and ended in between may have been missed.',
  );
  const words = notice?.lines.join('\n') ?? '';
  expect(words).toMatch(
    /GI-1: escalate fell due 7m ago; carried out late: .*level 2 passed over.*paged ben \(level 3, late by 2m\)/,
  );
  expect(words).not.toContain('GI-2');
  expect(words).toContain('The configuration was changed meanwhile (v1 before, v2 now).');
});

it('says why something that fell due is not carried out', async () => {
  await fire(P0);
  await parts.presence.beat();
  await comeBack(12 * MINUTE);
  await acknowledge('GI-1');

  await pass(10_000);

  const [notice] = await notices();
  expect(notice?.lines).toEqual(['• GI-1: escalate fell due 7m ago; not carried out: GI-1 is acknowledged.']);
});

it('tells of both absences, once, when it dies again before it could tell of the first', async () => {
  await fire(P0);
  await parts.presence.beat();
  await comeBack(12 * MINUTE);
  await parts.timers.runDue();
  await parts.presence.beat();
  await comeBack(2 * MINUTE);

  await pass(60_000);

  const [notice, ...more] = await notices();
  expect(more).toEqual([]);
  expect(notice?.title).toContain('away since 2026-11-22 14:12 UTC (blind for 2m)');
  expect(notice?.lines[0]).toBe('• Away before that from 14:00:00 UTC to 14:12:00 UTC (12m).');
  expect(notice?.lines[1]).toContain('GI-1: escalate fell due');
  expect(notice?.lines[1]).toContain('carried out late: ');
});

it('waits for what is not decided yet, but not for ever', async () => {
  isSettled = false;
  await parts.presence.beat();
  await comeBack(12 * MINUTE);

  await pass(30_000);
  const early = await notices();
  await pass(15_000);

  expect(early).toEqual([]);
  expect(await notices()).toHaveLength(1);
});

it('keeps a short absence in which nothing fell due to itself', async () => {
  await parts.presence.beat();

  await comeBack(20_000);
  await pass(60_000);

  expect(await notices()).toEqual([]);
  expect((await test.journal.eventsOf('process', 'bot')).map(({ type }) => type)).toEqual([
    'process.started',
    'process.started',
  ]);
});

it('tells of a time in which the process was suspended', async () => {
  await parts.presence.beat();

  test.clock.advance(10 * MINUTE);
  await parts.presence.beat();
  await pass(10_000);

  expect((await notices())[0]?.title).toContain(
    'Went on after it was suspended 2026-11-22 14:10 UTC; away since 2026-11-22 14:00 UTC (blind for 10m)',
  );
});
