import { beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../../src/core/config/config.ts';
import { testStep } from '../../support/config.ts';
import { EXAMPLES, EXAMPLES_ENV, editTexts, loadTexts, readTexts, SHIPPED } from './folder.ts';

let config: Config;
beforeAll(async () => {
  const loaded = await loadTexts(readTexts(EXAMPLES), EXAMPLES_ENV);
  if (loaded.config === null) throw new Error('the examples must load');
  config = loaded.config;
});

describe('what rooms read of the examples', () => {
  it('gives levels in seconds, with targets split', () => {
    expect(config.severities.P0.levels[3]).toEqual({
      afterSeconds: 900,
      notify: [
        { kind: 'schedule', name: 'backup' },
        { kind: 'contact', name: 'manager' },
        { kind: 'contact', name: 'ops' },
        { kind: 'channel', name: 'ops' },
      ],
      by: ['dm', 'thread', 'email', 'voice'],
    });
    expect(config.severities.P0.repeat).toEqual({ everySeconds: 900, times: 8 });
    expect(config.severities.P0.ackExpires).toEqual({
      askAfterSeconds: 1800,
      pageOwnerAfterSeconds: 300,
      nextLevelAfterSeconds: 300,
    });
    expect(config.severities.P2).toMatchObject({ clock: 'business', nextBusinessDayAt: '09:00', resolve: 'auto' });
    expect(config.severities.P3).toMatchObject({ digest: true, levels: [], repeat: null, ackExpires: null });
  });

  it('gives routes with their position, channel and the form of each match', () => {
    expect(config.routing.routes[0]).toEqual({
      match: { component: { kind: 'values', values: ['security'] } },
      severity: 'P1',
      channel: 'security',
      service: null,
      runbooks: [],
      policyContact: 'security',
      position: 1,
    });
    expect(config.routing.routes[2]?.match).toEqual({
      severity: { kind: 'values', values: ['critical'] },
      component: { kind: 'values', values: ['application', 'health'] },
    });
    expect(config.routing.alertmanager).toEqual({ urls: ['http://127.0.0.1:9093'], auth: null, caFile: null });
  });

  it('gives several Slack ids of one human as a list, the one written to first', () => {
    expect(config.oncall.people.ben?.slack).toEqual(['U03DEV', 'U03BEN']);
    expect(config.oncall.people.ana?.slack).toEqual(['U01ONCALL']);
    expect(config.oncall.schedules.primary?.layers).toEqual([
      {
        kind: 'rotation',
        rotation: 'weekly',
        handoff: 'Mon 09:00',
        from: '2026-01-05',
        turns: [['ana'], ['ben']],
        only: null,
        exceptHolidays: null,
      },
    ]);
  });

  it('gives hosts, services and drivers', () => {
    expect(config.hosts['web-1']).toMatchObject({ connect: 'ssh', port: 22, keyFile: '/etc/keys/web-1' });
    expect(config.services.worker?.driver).toEqual({
      kind: 'command',
      start: ['systemctl', 'start', 'worker'],
      stop: ['systemctl', 'stop', 'worker'],
      status: ['systemctl', 'is-active', 'worker'],
    });
    expect(config.services.gianna).toMatchObject({
      dependsOn: ['redis'],
      alsoOn: [],
      scale: { min: 0, max: 10 },
      drain: null,
      driver: { kind: 'container', selector: { label: 'com.docker.compose.service=gianna' } },
      maintenance: { base: 'http://127.0.0.1:8000', token: 'admin-token-1' },
    });
  });

  it('gives probes with thresholds as numbers, a per cent sign dropped', () => {
    expect(config.probes['gianna-memory']).toMatchObject({
      warn: { operator: '>', value: 1.2e9 },
      fail: { operator: '>', value: 1.6e9 },
    });
    expect(config.probes.disk).toMatchObject({
      path: '/',
      warn: { disk: { operator: '>', value: 80 } },
      fail: { disk: { operator: '>', value: 85 }, memory: { operator: '>', value: 95 } },
    });
    expect(config.probes['gianna-ready']).toMatchObject({ expect: { status: 200, json: null }, timeoutSeconds: 5 });
  });

  it('gives steps with their own key as written', () => {
    expect(config.runbooks.restart?.steps).toEqual([
      testStep('before', 'probe', '${service.probes}'),
      testStep('restart', 'service.restart', { service: '${service}', mode: '${mode}' }),
      testStep('settle', 'wait', { for: 'healthy', within: '90s', stable: '10s' }),
    ]);
    expect(config.runbooks.restart?.verify).toEqual([testStep('verify-1', 'probe', '${service.probes}')]);
    expect(config.runbooks.restart?.parameters).toMatchObject({
      service: { required: true, default: null },
      mode: { required: false, default: 'graceful' },
    });
  });

  it('takes the other forms that the contract names', async () => {
    const texts = editTexts(SHIPPED, [
      ['routes.yml', '{ alertname: GiannaServiceDown }', '{ alertname: /Gianna.*Down|Dead/ }'],
      ['routes.yml', 'group_by: alertmanager', 'group_by: [service, component]'],
      [
        'routes.yml',
        'url: http://127.0.0.1:9093',
        'url: [http://a:9093/, http://b:9093], auth: { basic: { username: u, password: pw12 } }, ca_file: /ca',
      ],
      [
        'oncall.yml',
        'rotation: weekly, handoff: "Mon 09:00"',
        'rotation: { every: 3d }, handoff: "09:00", only: { days: [Sat] }',
      ],
      [
        'oncall.yml',
        'people: [ana, ben] }',
        'people: [[ana, ben], marco, nobody] }\n      - { override: [{ from: 2026-12-24T18:00, to: 2026-12-26, person: marco }] }\n' +
          '      - { always: nobody, only: { holidays: BR-SP }, override: [{ from: 2026-12-27, to: 2026-12-28, person: nobody }] }\n' +
          '      - { always: [ana, ben], except_holidays: PT }',
      ],
      [
        'oncall.yml',
        'manager:  { person: marco }',
        'manager:  { person: marco, webhook: { url: "https://hooks/x", secret: "${HOOK}" } }',
      ],
      ['severities.yml', '[schedule:backup,', '[person:ana, usergroup:sre, email:a@b.example, schedule:backup,'],
    ]);

    const loaded = await loadTexts(texts, { HOOK: 'hook-secret' });

    expect(loaded.problems.filter((problem) => problem.severity === 'error')).toEqual([]);
    expect(loaded.config?.routing.routes[1]?.match.alertname).toEqual({
      kind: 'pattern',
      pattern: 'Gianna.*Down|Dead',
    });
    expect(loaded.config?.routing.groupBy).toEqual(['service', 'component']);
    expect(loaded.config?.routing.alertmanager).toEqual({
      urls: ['http://a:9093', 'http://b:9093'],
      auth: { basic: { username: 'u', password: 'pw12' } },
      caFile: '/ca',
    });
    expect(loaded.config?.oncall.schedules.primary).toMatchObject({
      layers: [
        {
          rotation: { everySeconds: 259_200 },
          only: { days: ['Sat'], from: null, to: null, holidays: null },
          turns: [['ana', 'ben'], ['marco'], []],
        },
        { kind: 'always', people: [], only: { days: null, holidays: { place: 'BR-SP' } }, exceptHolidays: null },
        { kind: 'always', people: ['ana', 'ben'], only: null, exceptHolidays: { place: 'PT' } },
      ],
      overrides: [
        { from: '2026-12-24T18:00', to: '2026-12-26', people: ['marco'] },
        { from: '2026-12-27', to: '2026-12-28', people: [] },
      ],
    });
    expect(loaded.config?.oncall.contacts.manager?.webhook).toEqual({ url: 'https://hooks/x', secret: 'hook-secret' });
    expect(loaded.secrets).toEqual(expect.arrayContaining(['hook-secret', 'pw12']));
  });

  it('limits silences by severity, as written or by default, and knows no limit for a P0', async () => {
    const group = 'group_by: alertmanager';
    const written = editTexts(SHIPPED, [['routes.yml', group, `silences: { longest: { P1: 1h } }\n${group}`]]);
    const wrong = editTexts(SHIPPED, [['routes.yml', group, `silences: { longest: { P0: 1h } }\n${group}`]]);

    expect((await loadTexts(readTexts(SHIPPED))).config?.routing.silences.longestSeconds).toEqual({
      P1: 14_400,
      P2: 86_400,
      P3: 604_800,
    });
    expect((await loadTexts(written)).config?.routing.silences.longestSeconds).toMatchObject({ P1: 3600, P2: 86_400 });
    expect((await loadTexts(wrong)).problems.filter(({ severity }) => severity === 'error')).toMatchObject([
      { file: 'routes.yml', path: 'silences.longest.P0' },
    ]);
  });
});
