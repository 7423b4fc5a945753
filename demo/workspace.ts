import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { stringify } from 'yaml';
import type { SlackChannel, SlackUser } from '../test/support/local-slack.ts';

/** The people and channels of the demo's Slack. Ana is on call. */
export const DEMO_USERS: SlackUser[] = [
  { id: 'U01ANA', name: 'ana', real_name: 'Ana Souza', email: 'ana@company.com' },
  { id: 'U02BEN', name: 'ben', real_name: 'Ben Costa', email: 'ben@company.com' },
  { id: 'U03MARCO', name: 'marco', real_name: 'Marco Lima', email: 'marco@company.com' },
];
export const OPS_CHANNEL = 'C01OPS';
const everybody = [...DEMO_USERS.map((user) => user.id), 'U0BOT'];
export const DEMO_CHANNELS: SlackChannel[] = [
  { id: OPS_CHANNEL, name: 'gianna-ops', members: everybody },
  { id: 'C02SEC', name: 'security-alerts', members: everybody },
];

const repository = fileURLToPath(new URL('..', import.meta.url));

/** Makes the stand-in and its control script plain files of the folder: they start at once, and their argv is short. */
export async function buildStandIn(folder: string): Promise<void> {
  await build({
    entryPoints: [join(repository, 'demo/gianna.ts'), join(repository, 'demo/gianna-ctl.ts')],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
}

/** argv of the stand-in's control script. */
export function giannaControl(verb: 'start' | 'stop' | 'status', folder: string, port: number): string[] {
  return [process.execPath, join(folder, 'gianna-ctl.mjs'), verb, String(port)];
}

export interface DemoPlaces {
  readonly folder: string;
  readonly giannaPort: number;
  /** null: there is none on this machine, and nothing can be silenced. */
  readonly alertmanagerUrl: string | null;
}

/** Writes the demo's configuration: Gianna's own matrix, routes and runbooks, with the demo's people and a service on this machine. */
export function writeDemoConfig({ folder, giannaPort, alertmanagerUrl }: DemoPlaces): string {
  const config = join(folder, 'config');
  mkdirSync(config, { recursive: true });
  for (const kept of ['severities.yml', 'runbooks'])
    cpSync(join(repository, 'config', kept), join(config, kept), { recursive: true });
  const write = (name: string, value: object) => writeFileSync(join(config, name), stringify(value));
  write('slack.yml', {
    channels: { ops: '#gianna-ops', security: '#security-alerts' },
    roles: { responder: ['ana', 'ben'], approver: ['marco'], security: ['marco'], admin: ['marco'] },
  });
  write('oncall.yml', demoOncall());
  write('routes.yml', demoRoutes(alertmanagerUrl));
  write('hosts.yml', demoHosts(folder, giannaPort));
  write('probes.yml', demoProbes(giannaPort));
  write('runbooks/clear-cache.yml', demoClearCache(giannaPort));
  return config;
}

/** What destroys something needs a second person: this one throws the stand-in's cache away. */
function demoClearCache(port: number): object {
  return {
    runbook: 'clear-cache',
    summary: 'Throw the cache of a service away and prove that it fills again',
    risk: 'R3',
    parameters: { service: { type: 'service' } },
    steps: [
      { id: 'before', probe: '${service.probes}' },
      { id: 'clear', http: { method: 'POST', url: `http://127.0.0.1:${port}/admin/mend` } },
    ],
    verify: [{ probe: '${service.probes}' }],
  };
}

function demoOncall(): object {
  const timezone = 'UTC';
  // begun two days ago, so that Ana is on call at whatever hour the demo is looked at, and Ben follows
  const from = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
  const layer = (people: string[]) => [{ rotation: { every: '7d' }, handoff: '09:00', from, people }];
  return {
    people: {
      ana: { slack: 'U01ANA', email: 'ana@company.com', timezone: 'America/Sao_Paulo' },
      ben: { slack: 'U02BEN', email: 'ben@company.com', timezone: 'Europe/Lisbon' },
      marco: { slack: 'U03MARCO', email: 'marco@company.com' },
    },
    schedules: {
      primary: { timezone, layers: layer(['ana', 'ben']) },
      backup: { timezone, layers: layer(['ben', 'ana']) },
    },
    contacts: {
      manager: { person: 'marco' },
      ops: { email: 'ops@company.com' },
      security: { email: 'security@company.com' },
    },
    business_time: {
      timezone: 'America/Sao_Paulo',
      days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'],
      from: '09:00',
      to: '18:00',
      holidays: 'BR',
    },
  };
}

function demoRoutes(alertmanagerUrl: string | null): object {
  return {
    routes: [
      { match: { component: 'security' }, severity: 'P1', channel: 'security', policy_contact: 'security' },
      { match: { alertname: 'GiannaServiceDown' }, severity: 'P0', service: 'gianna', runbooks: ['restart'] },
      { match: { severity: 'critical', component: ['application', 'health'] }, severity: 'P0', runbooks: ['restart'] },
      { match: { severity: 'critical' }, severity: 'P1' },
      { match: { severity: 'warning' }, severity: 'P2' },
      { match: { severity: 'info' }, severity: 'P3' },
      { match: {}, severity: 'P2' },
    ],
    group_by: 'alertmanager',
    reopen_within: '30m',
    ...(alertmanagerUrl === null ? {} : { alertmanager: { url: alertmanagerUrl } }),
  };
}

function demoHosts(folder: string, port: number): object {
  const argv = (verb: 'start' | 'stop' | 'status') => giannaControl(verb, folder, port);
  return {
    hosts: { local: { connect: 'local' } },
    services: {
      gianna: {
        host: 'local',
        environment: 'demo',
        driver: 'command',
        command: { start: argv('start'), stop: argv('stop'), status: argv('status') },
        components: ['application', 'system', 'health', 'cache'],
        probes: ['gianna-health', 'gianna-ready', 'gianna-memory', 'gianna-cache'],
      },
    },
    default_service: 'gianna',
  };
}

function demoProbes(port: number): object {
  const url = (path: string) => `http://127.0.0.1:${port}${path}`;
  return {
    probes: {
      'gianna-health': {
        kind: 'http',
        url: url('/health'),
        every: '5s',
        timeout: '5s',
        expect: { status: 200, json: { status: 'healthy' } },
        warn: { json: { status: 'degraded' } },
      },
      'gianna-ready': { kind: 'http', url: url('/ready'), every: '5s' },
      'gianna-memory': {
        kind: 'metrics',
        url: url('/metrics'),
        metric: 'gianna_memory_usage_bytes',
        warn: '> 1.2e9',
        fail: '> 1.6e9',
      },
      'gianna-cache': {
        kind: 'metrics',
        url: url('/metrics'),
        metric: 'gianna_cache_hit_rate',
        warn: '< 0.7',
        fail: '< 0.5',
      },
    },
  };
}
