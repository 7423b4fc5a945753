import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { SlackChannel, SlackUser } from './local-slack.ts';

/** The people of the system tests' Slack: Ana is on call, Ben is the backup, Marco the manager, Vic only looks. */
export const ANA = 'U01ANA';
export const BEN = 'U02BEN';
export const MARCO = 'U03MARCO';
export const VIC = 'U04VIC';
export const OPS = 'C01OPS';
export const SECURITY = 'C02SEC';

export const BOT_USERS: SlackUser[] = [
  { id: ANA, name: 'ana', real_name: 'Ana Souza', email: 'ana@company.com' },
  { id: BEN, name: 'ben', real_name: 'Ben Costa', email: 'ben@company.com' },
  { id: MARCO, name: 'marco', real_name: 'Marco Lima', email: 'marco@company.com' },
  { id: VIC, name: 'vic', real_name: 'Vic Viewer', email: 'vic@company.com' },
];
const everybody = [...BOT_USERS.map(({ id }) => id), 'U0BOT'];
export const BOT_CHANNELS: SlackChannel[] = [
  { id: OPS, name: 'gianna-ops', members: everybody },
  { id: SECURITY, name: 'security-alerts', members: everybody },
];

/** The files of a configuration folder by name; a value given here replaces the whole file. */
export type BotConfigFiles = Readonly<Record<string, object>>;

const shipped = fileURLToPath(new URL('../../config', import.meta.url));

/** Writes a configuration: the shipped matrix and runbooks, the people above, and what a test replaces. */
export function writeBotConfig(folder: string, files: BotConfigFiles = {}): void {
  mkdirSync(folder, { recursive: true });
  for (const kept of ['severities.yml', 'runbooks']) {
    cpSync(join(shipped, kept), join(folder, kept), { recursive: true });
  }
  for (const [name, value] of Object.entries({ ...defaults(), ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), stringify(value));
  }
}

function defaults(): BotConfigFiles {
  return { 'slack.yml': slackFile(), 'oncall.yml': oncallFile(), 'routes.yml': routesFile() };
}

/** `slack.yml`; `more` are further channels by our word for them. */
export function slackFile(more: Readonly<Record<string, string>> = {}): object {
  return {
    channels: { ops: '#gianna-ops', security: '#security-alerts', ...more },
    roles: { responder: ['ana', 'ben'], approver: ['marco'], security: ['marco'], admin: ['marco'] },
  };
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Business time is always: what a real bot does in a test must not hang on the hour in which the test runs. */
function oncallFile(): object {
  const layers = (person: string) => [
    { rotation: 'weekly', handoff: 'Mon 09:00', from: '2026-01-05', people: [person] },
  ];
  return {
    people: {
      ana: { slack: ANA, email: 'ana@company.com' },
      ben: { slack: BEN, email: 'ben@company.com' },
      marco: { slack: MARCO, email: 'marco@company.com' },
    },
    schedules: {
      primary: { timezone: 'UTC', layers: layers('ana') },
      backup: { timezone: 'UTC', layers: layers('ben') },
    },
    contacts: {
      manager: { person: 'marco' },
      ops: { email: 'ops@company.com' },
      security: { email: 'security@company.com' },
    },
    business_time: { timezone: 'UTC', days: DAYS, from: '00:00', to: '24:00' },
  };
}

/** `routes.yml` as shipped; `first` are routes that stand before all others. */
export function routesFile(first: readonly object[] = []): object {
  return {
    routes: [
      ...first,
      { match: { component: 'security' }, severity: 'P1', channel: 'security', policy_contact: 'security' },
      { match: { alertname: 'GiannaServiceDown' }, severity: 'P0' },
      { match: { severity: 'critical', component: ['application', 'health'] }, severity: 'P0' },
      { match: { severity: 'critical' }, severity: 'P1' },
      { match: { severity: 'warning' }, severity: 'P2' },
      { match: { severity: 'info' }, severity: 'P3' },
      { match: {}, severity: 'P2' },
    ],
    group_by: 'alertmanager',
    reopen_within: '30m',
  };
}
