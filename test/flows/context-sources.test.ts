import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContextPart } from '../../src/alerts/context/context.ts';
import type { TailLogs } from '../../src/alerts/context/sources/logs.ts';
import { contextSources } from '../../src/alerts/context/sources.ts';
import { createReceiveDeploy } from '../../src/alerts/deploys/receive.ts';
import { describeIncidentEvent } from '../../src/alerts/describe.ts';
import { createSecretRegister } from '../../src/core/logger.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { createRedact } from '../../src/core/redact.ts';
import { createPresence } from '../../src/journal/presence.ts';
import { evolveRun } from '../../src/runbooks/run-evolve.ts';
import { createRunFacts } from '../../src/runbooks/run-facts.ts';
import type { RunRecord } from '../../src/runbooks/run-record.ts';
import type { Verdict } from '../../src/runbooks/run-state.ts';
import { testConfig, testConfigSource } from '../support/config.ts';
import { type ContextDesk, openContextDesk } from '../support/context-desk.ts';
import { silentLogger } from '../support/journal.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('what a thread knows by itself', () => {
  let desk: ContextDesk;
  let tail: TailLogs;
  let rows = 0;
  const config = testConfigSource();
  const secrets = createSecretRegister();
  beforeEach(async () => {
    tail = async () => null;
    // the sources read the journal that the desk opens
    const sources = [...Array(5).keys()].map((index) => ({
      name: `source${index}`,
      title: `source${index}`,
      gather: (...asked: Parameters<(typeof real)[number]['gather']>) =>
        real[index]?.gather(...asked) ?? Promise.resolve(null),
    }));
    desk = await openContextDesk(sources);
    const real = contextSources({
      journal: desk.journal,
      config,
      redact: createRedact(secrets),
      tailLogs: (...asked) => tail(...asked),
      runs: createRunFacts(desk.journal),
      describers: [describeIncidentEvent],
    });
  });
  afterEach(() => desk.verifyAndRemove());

  const fire = async (name: string, labels: Record<string, string> = {}, annotations: Record<string, string> = {}) => {
    const startsAt = desk.clock.now();
    const all = { alertname: name, severity: 'warning', component: 'application', ...labels };
    await desk.deliver([{ fingerprint: `${name}${startsAt}`, labels: all, annotations, startsAt }]);
    return `${name}${startsAt}`;
  };
  const gathered = async (incident: string): Promise<readonly ContextPart[]> => {
    await desk.until(async () => (await desk.context(incident))?.pending.length === 0);
    return (await desk.context(incident))?.parts ?? [];
  };
  const partOf = async <K extends ContextPart['kind']>(incident: string, kind: K) =>
    (await gathered(incident)).find((part): part is Extract<ContextPart, { kind: K }> => part.kind === kind);
  const deploy = async (mark: object) => {
    const receive = createReceiveDeploy({
      ...{ journal: desk.journal, clock: desk.clock, config, logger: silentLogger },
      metrics: createMetricsRegistry(),
    });
    const body = Buffer.from(JSON.stringify(mark));
    rows += 1;
    const row = { lane: 'machines', source: 'deploy', key: `d${rows}`, receivedAt: desk.clock.now(), body } as const;
    const { batch } = await receive({ ...row, id: rows, tries: 0, state: 'waiting', error: null });
    if (batch !== null) await desk.journal.append(batch);
  };
  /** A run that ended well, as the runbooks room writes it. */
  const ran = async (number: number, incident: string, rest: { service?: string; verdict?: Verdict } = {}) => {
    const id = `RUN-${number}`;
    const at = desk.clock.now();
    const names = { runbook: 'restart', service: rest.service ?? 'gianna' };
    const asked = { ...names, risk: 'R2', plan: 'p', planHash: 'h', locks: [], reason: null, steps: [] };
    const end = { ...names, status: 'succeeded', verdict: rest.verdict ?? 'fixed', seconds: 1, summary: 's' };
    const events = [
      { type: 'run.requested', v: 1, data: asked },
      { type: 'run.started', v: 1, data: names },
      { type: 'run.ended', v: 1, data: end },
    ];
    const actor = 'slack:U01ONCALL';
    const state = events.reduce<RunRecord | null>(
      (before, event) => evolveRun(before, { ...event, id, at, actor, incident }),
      null,
    );
    const change = { kind: 'run', id, number, expected: 0, key: null, state: state ?? {}, events, incident };
    await desk.journal.append({ at, actor, aggregates: [change] });
  };

  describe('what changed lately', () => {
    it('are deploys of the service and of what it depends on, runs and reloads, newest first', async () => {
      const presence = createPresence({ journal: desk.journal, clock: desk.clock });
      await deploy({ service: 'gianna', version: 'v1.40' });
      desk.clock.advance(3 * 60 * MINUTE);
      await presence.reloaded('v2', ['routes.yml: routes']);
      desk.clock.advance(10 * MINUTE);
      await deploy({ service: 'redis', version: '7.2', environment: 'production' });
      desk.clock.advance(MINUTE);
      await deploy({ service: 'gianna', version: 'v1.42', by: 'ana', url: 'https://ci.example.com/42' });
      await deploy({ service: 'worker', version: 'v9' });
      await deploy({ service: 'unheard-of', version: 'v9' });
      desk.clock.advance(18 * MINUTE);

      await fire('Slow');
      const part = await partOf('GI-1', 'changes');

      expect(part?.changes.map(({ text, by }) => [text, by])).toEqual([
        ['deployed gianna v1.42', 'ana'],
        ['deployed redis 7.2 to production', null],
        ['the configuration was reloaded: routes.yml: routes', null],
      ]);
      expect((part?.firedAt ?? 0) - (part?.changes[0]?.at ?? 0)).toBe(18 * MINUTE);
      expect(part?.changes[0]?.url).toBe('https://ci.example.com/42');
    });

    it('are runs on the service, with what they came to', async () => {
      await ran(1, 'GI-0', { verdict: 'no-effect' });
      await ran(2, 'GI-0', { service: 'worker' });
      desk.clock.advance(5 * MINUTE);

      await fire('Slow');

      expect((await partOf('GI-1', 'changes'))?.changes.map(({ text, by }) => [text, by])).toEqual([
        ['ran restart of gianna (RUN-1: succeeded, no effect)', 'slack:U01ONCALL'],
      ]);
    });

    it('is its own severity too, once it was raised', async () => {
      await fire('Slow');
      await gathered('GI-1');
      await desk.deliver(
        [{ fingerprint: 'worse', labels: { alertname: 'Slow', severity: 'critical', component: 'application' } }],
        { groupLabels: { alertname: 'Slow' } },
      );
      await desk.until(async () => (await desk.events('incident.context')).length === 2);

      expect((await partOf('GI-1', 'changes'))?.changes.map(({ text }) => text)).toEqual([
        'severity raised from P2 to P0',
      ]);
    });

    it('is nothing when nothing changed', async () => {
      await fire('Slow');

      expect(await partOf('GI-1', 'changes')).toBeUndefined();
    });
  });

  describe('similar incidents', () => {
    const past = async (name: string, id: string, minutes: number, labels: Record<string, string> = {}) => {
      await fire(name, labels);
      await gathered(id);
      desk.clock.advance(minutes * MINUTE);
      await desk.command('resolve', id);
    };

    it('tell how often, how long, and what fixed it', async () => {
      await past('Slow', 'GI-1', 14);
      await ran(3, 'GI-1');
      await desk.command('note', 'GI-1', { text: 'a worker was stuck' });
      desk.clock.advance(2 * DAY);
      await past('Slow', 'GI-2', 30);
      await past('Other', 'GI-3', 5);
      desk.clock.advance(DAY);

      await fire('Slow');
      const part = await partOf('GI-4', 'similar');

      expect(part).toMatchObject({ likeness: 'alert-and-service', count: 2, isAtLeast: false, medianSeconds: 840 });
      expect(part?.latest.map(({ id, seconds, fixedBy, notes }) => [id, seconds, fixedBy, notes])).toEqual([
        ['GI-2', 1800, [], []],
        ['GI-1', 840, ['restart (RUN-3)'], ['a worker was stuck']],
      ]);
    });

    it('are those of other services when this one had none', async () => {
      await past('Slow', 'GI-1', 10, { component: 'none', service: 'worker' });
      desk.clock.advance(DAY);

      await fire('Slow');

      expect(await partOf('GI-2', 'similar')).toMatchObject({ likeness: 'alert', count: 1 });
    });

    it('are not older than 90 days', async () => {
      await past('Slow', 'GI-1', 10);
      desk.clock.advance(91 * DAY);

      await fire('Slow');

      expect(await partOf('GI-2', 'similar')).toBeUndefined();
    });
  });

  describe('log lines', () => {
    it('are the last 20 since a quarter of an hour before it fired, redacted', async () => {
      secrets.add('registered-canary');
      const asked: Array<Parameters<TailLogs>[number]> = [];
      tail = async (...given) => {
        asked.push(...given);
        const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
        lines.push('login registered-canary', 'DB_PASSWORD=form-canary', '-----BEGIN PRIVATE KEY-----', 'key-canary');
        return { from: 'gianna_1', lines };
      };

      const firedAt = desk.clock.now();
      await fire('Slow');
      const part = await partOf('GI-1', 'logs');

      expect(asked).toMatchObject(['gianna', { since: firedAt - 15 * MINUTE }]);
      expect(part?.lines.length).toBe(20);
      expect(part?.isCut).toBe(true);
      expect(JSON.stringify(part)).not.toContain('canary');
      const stored = (await desk.events('incident.context')).map(({ data }) => String(data.context));
      expect(JSON.stringify([...(await desk.journal.payloads(stored)).values()])).not.toContain('canary');
    });

    it('say that there were none', async () => {
      tail = async () => ({ from: 'gianna_1', lines: [] });

      await fire('Slow');

      expect(await partOf('GI-1', 'logs')).toEqual({ kind: 'logs', from: 'gianna_1', lines: [], isCut: false });
    });
  });

  describe('runbooks', () => {
    it('are the link of the alert, those of its route, and those that take a service', async () => {
      await fire('Slow', {}, { runbook_url: 'https://docs.example.com/slow' });

      expect(await partOf('GI-1', 'runbooks')).toMatchObject({
        url: 'https://docs.example.com/slow',
        fitting: Object.values(testConfig().runbooks).map(({ runbook, summary, risk }) => ({
          name: runbook,
          summary,
          risk,
        })),
      });
    });
  });
});
