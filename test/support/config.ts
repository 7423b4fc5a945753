import type {
  Config,
  ConfigSource,
  ContactConfig,
  LabelMatch,
  OncallConfig,
  ParameterConfig,
  PersonConfig,
  PolicyLevel,
  ProbeConfig,
  ReportsConfig,
  RouteConfig,
  RoutingConfig,
  RunbookConfig,
  ScheduleConfig,
  ServiceConfig,
  Severity,
  SeverityPolicy,
  SlackConfig,
  StepConfig,
  Target,
} from '../../src/core/config/config.ts';
import { NO_POLICY } from '../../src/core/config/resolve/policy.ts';

/** The examples of CONFIG.md, resolved; whole sections can be replaced. */
export function testConfig(overrides: Partial<Config> = {}): Config {
  return {
    version: 'test',
    slack: SLACK,
    severities: SEVERITIES,
    routing: ROUTING,
    reports: REPORTS,
    oncall: ONCALL,
    hosts: HOSTS,
    services: SERVICES,
    defaultService: 'gianna',
    probes: PROBES,
    runbooks: RUNBOOKS,
    policy: NO_POLICY,
    ...overrides,
  };
}

export interface TestConfigSource extends ConfigSource {
  /** Swaps the whole configuration, as a reload does. */
  swap(config: Config): void;
}

/** A configuration in which acknowledgements do not expire. */
export function withoutAckClock(config: Config = testConfig()): Config {
  const { P0, P1, P2, P3 } = config.severities;
  const none = { ackExpires: null };
  return {
    ...config,
    severities: { P0: { ...P0, ...none }, P1: { ...P1, ...none }, P2: { ...P2, ...none }, P3: { ...P3, ...none } },
  };
}

/** A source of a configuration that a test may swap. */
export function testConfigSource(config: Config = testConfig()): TestConfigSource {
  let current = config;
  return {
    current: () => current,
    swap: (next) => {
      current = next;
    },
  };
}

/** A route as the loader resolves it: `{ component: 'security' }`, lists, `/patterns/`. */
export function testRoute(
  position: number,
  match: Record<string, string | string[]>,
  severity: Severity,
  rest: Partial<RouteConfig> = {},
): RouteConfig {
  return {
    match: Object.fromEntries(Object.entries(match).map(([label, wanted]) => [label, labelMatch(wanted)])),
    severity,
    channel: 'ops',
    service: null,
    runbooks: [],
    policyContact: null,
    position,
    ...rest,
  };
}

function labelMatch(wanted: string | string[]): LabelMatch {
  if (Array.isArray(wanted)) return { kind: 'values', values: wanted };
  if (wanted.length > 2 && wanted.startsWith('/') && wanted.endsWith('/')) {
    return { kind: 'pattern', pattern: wanted.slice(1, -1) };
  }
  return { kind: 'values', values: [wanted] };
}

function level(afterSeconds: number, notify: string[], by: PolicyLevel['by']): PolicyLevel {
  return { afterSeconds, notify: notify.map(target), by };
}

function target(written: string): Target {
  const [kind, name] = written.split(':');
  return { kind: kind as Target['kind'], name: name ?? '' };
}

function person(rest: Partial<PersonConfig> & { slack: string[] }): PersonConfig {
  return { email: null, phone: null, timezone: null, webhook: null, ...rest };
}

function contact(rest: Partial<ContactConfig>): ContactConfig {
  return { person: null, email: null, phone: null, webhook: null, ...rest };
}

function weekly(people: string[]): ScheduleConfig {
  return {
    timezone: 'America/Sao_Paulo',
    layers: [
      {
        kind: 'rotation',
        rotation: 'weekly',
        handoff: 'Mon 09:00',
        from: '2026-01-05',
        turns: people.map((each) => [each]),
        only: null,
        exceptHolidays: null,
      },
    ],
    overrides: [],
  };
}

const SLACK: SlackConfig = {
  channels: { ops: '#gianna-ops', security: '#security-alerts' },
  roles: {
    responder: ['ana', 'ben', '@sre'],
    approver: ['marco'],
    security: ['sec-lead@company.com'],
    admin: ['U02MGR'],
  },
  blocks: 'plain',
  language: 'en',
};

const MATRIX_DEFAULTS: Omit<SeverityPolicy, 'name' | 'respondWithinSeconds' | 'levels' | 'resolve'> = {
  clock: 'wall',
  nextBusinessDayAt: null,
  repeat: null,
  ackExpires: null,
  digest: false,
  snoozeAtMostSeconds: 24 * 3600,
};

const SEVERITIES: Record<Severity, SeverityPolicy> = {
  P0: {
    ...MATRIX_DEFAULTS,
    name: 'Critical',
    respondWithinSeconds: 900,
    levels: [
      level(0, ['schedule:primary', 'contact:manager'], ['dm', 'thread', 'sms', 'voice']),
      level(300, ['schedule:primary'], ['dm', 'thread', 'voice']),
      level(600, ['schedule:primary'], ['dm', 'thread', 'sms', 'voice']),
      level(
        900,
        ['schedule:backup', 'contact:manager', 'contact:ops', 'channel:ops'],
        ['dm', 'thread', 'email', 'voice'],
      ),
    ],
    repeat: { everySeconds: 900, times: 8 },
    ackExpires: { askAfterSeconds: 1800, pageOwnerAfterSeconds: 300, nextLevelAfterSeconds: 300 },
    resolve: 'human',
    snoozeAtMostSeconds: 1800,
  },
  P1: {
    ...MATRIX_DEFAULTS,
    name: 'High',
    respondWithinSeconds: 3600,
    levels: [
      level(0, ['schedule:primary'], ['dm', 'thread']),
      level(1800, ['schedule:primary'], ['dm', 'thread']),
      level(3600, ['contact:manager'], ['dm', 'thread']),
    ],
    ackExpires: { askAfterSeconds: 14_400, pageOwnerAfterSeconds: 900, nextLevelAfterSeconds: 900 },
    resolve: 'human',
    snoozeAtMostSeconds: 4 * 3600,
  },
  P2: {
    ...MATRIX_DEFAULTS,
    name: 'Medium',
    respondWithinSeconds: 14_400,
    clock: 'business',
    nextBusinessDayAt: '09:00',
    levels: [level(0, ['schedule:primary'], ['thread'])],
    resolve: 'auto',
  },
  P3: {
    ...MATRIX_DEFAULTS,
    name: 'Low',
    respondWithinSeconds: 86_400,
    levels: [],
    resolve: 'auto',
    digest: true,
  },
};

const REPORTS: ReportsConfig = {
  digest: { at: '09:00', timezone: 'America/Sao_Paulo', channel: 'ops', days: 'business' },
  weekly: { on: 'Mon', at: '09:00', timezone: 'America/Sao_Paulo', channel: 'ops' },
};

const ROUTING: RoutingConfig = {
  routes: [
    testRoute(1, { component: 'security' }, 'P1', { channel: 'security', policyContact: 'security' }),
    testRoute(2, { alertname: 'GiannaServiceDown' }, 'P0', { service: 'gianna', runbooks: ['restart'] }),
    testRoute(3, { severity: 'critical', component: ['application', 'health'] }, 'P0'),
    testRoute(4, { severity: 'critical' }, 'P1'),
    testRoute(5, { severity: 'warning' }, 'P2'),
    testRoute(6, { severity: 'info' }, 'P3'),
    testRoute(7, {}, 'P2'),
  ],
  groupBy: 'alertmanager',
  reopenWithinSeconds: 1800,
  flapping: { changes: 6, withinSeconds: 1800, staysSeconds: 600 },
  alertmanager: null,
  prometheus: null,
  watchdog: { alertname: 'Watchdog', expectEverySeconds: 300, required: false },
  silences: { longestSeconds: { P1: 4 * 3600, P2: 24 * 3600, P3: 7 * 86_400 } },
};

const ONCALL: OncallConfig = {
  people: {
    ana: person({
      slack: ['U01ONCALL'],
      email: 'ana@company.com',
      phone: '+1-555-0123',
      timezone: 'America/Sao_Paulo',
    }),
    ben: person({ slack: ['U03DEV', 'U03BEN'], timezone: 'Europe/Lisbon' }),
    marco: person({ slack: ['U02MGR'], email: 'marco@company.com' }),
  },
  schedules: { primary: weekly(['ana', 'ben']), backup: weekly(['ben', 'ana']) },
  contacts: {
    manager: contact({ person: 'marco' }),
    ops: contact({ email: 'ops@company.com' }),
    security: contact({ email: 'security@company.com' }),
  },
  businessTime: {
    timezone: 'America/Sao_Paulo',
    days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'],
    from: '09:00',
    to: '18:00',
    holidays: 'BR',
  },
  paging: {
    caps: {
      sms: { perHour: 20, perDay: 60 },
      voice: { perHour: 20, perDay: 60 },
      email: null,
      webhook: null,
      pagerduty: null,
    },
  },
};

const HOSTS: Config['hosts'] = {
  local: { connect: 'local', roles: [] },
  'docker-1': { connect: 'docker', socket: '/var/run/docker.sock', roles: [] },
};

const SERVICE_DEFAULTS: Pick<
  ServiceConfig,
  'environment' | 'components' | 'probes' | 'scale' | 'drain' | 'alsoOn' | 'dependsOn' | 'maintenance'
> = {
  environment: null,
  components: [],
  probes: [],
  dependsOn: [],
  alsoOn: [],
  scale: { min: 0, max: 10 },
  drain: null,
  maintenance: null,
};

const SERVICES: Record<string, ServiceConfig> = {
  gianna: {
    ...SERVICE_DEFAULTS,
    host: 'docker-1',
    environment: 'production',
    driver: { kind: 'container', selector: { label: 'com.docker.compose.service=gianna' } },
    components: [
      'application',
      'system',
      'health',
      'llm',
      'audio',
      'cache',
      'performance',
      'database',
      'conversation',
      'business',
    ],
    probes: ['gianna-health', 'gianna-ready'],
    dependsOn: ['redis'],
    alsoOn: [],
    scale: { min: 0, max: 10 },
    drain: null,
  },
  redis: {
    ...SERVICE_DEFAULTS,
    host: 'docker-1',
    driver: { kind: 'container', selector: { label: 'com.docker.compose.service=redis' } },
    probes: ['cache'],
  },
  worker: {
    ...SERVICE_DEFAULTS,
    host: 'local',
    driver: {
      kind: 'command',
      start: ['systemctl', 'start', 'worker'],
      stop: ['systemctl', 'stop', 'worker'],
      status: ['systemctl', 'is-active', 'worker'],
    },
  },
};

const PROBES: Record<string, ProbeConfig> = {
  'gianna-health': {
    kind: 'http',
    url: 'http://127.0.0.1:8000/health',
    method: 'GET',
    everySeconds: 30,
    timeoutSeconds: 5,
    expect: { status: 200, json: { status: 'healthy' } },
    warn: { status: null, json: { status: 'degraded' } },
  },
  'gianna-ready': {
    kind: 'http',
    url: 'http://127.0.0.1:8000/ready',
    method: 'GET',
    everySeconds: 30,
    timeoutSeconds: 10,
    expect: { status: 200, json: null },
    warn: null,
  },
  cache: {
    kind: 'redis',
    url: 'redis://127.0.0.1:6379',
    everySeconds: null,
    timeoutSeconds: 10,
    warn: { hit_rate: { operator: '<', value: 0.7 } },
    fail: { hit_rate: { operator: '<', value: 0.5 } },
  },
};

/** A step of a runbook with nothing but its kind and its own keys. */
export function testStep(id: string, kind: string, body: unknown, rest: Partial<StepConfig> = {}): StepConfig {
  const plain = { on: null, when: {}, retries: null, timeoutSeconds: null, rolling: null, undo: null, hold: null };
  return { id, kind, body, ...plain, isIdempotent: null, ...rest };
}

/** A parameter of a runbook. */
export function testParameter(type: ParameterConfig['type'], rest: Partial<ParameterConfig> = {}): ParameterConfig {
  const plain = {
    list: type === 'hosts',
    options: [],
    default: null,
    required: true,
    min: null,
    max: null,
    pattern: null,
    says: null,
  };
  return { type, ...plain, ...rest };
}

/** A runbook of these steps. */
export function testRunbook(runbook: string, rest: Partial<RunbookConfig> = {}): RunbookConfig {
  return {
    runbook,
    summary: `what ${runbook} does`,
    risk: 'R2',
    riskWhen: [],
    parameters: {},
    steps: [],
    verify: [],
    who: [],
    approvals: 0,
    cooldownSeconds: null,
    mostTargets: null,
    onFailure: 'stop',
    word: null,
    ...rest,
  };
}

const RUNBOOKS: Record<string, RunbookConfig> = {
  restart: testRunbook('restart', {
    summary: 'Restart a service and prove that it is well again',
    parameters: {
      service: testParameter('service'),
      mode: testParameter('choice', {
        options: ['graceful', 'forced', 'rolling'],
        default: 'graceful',
        required: false,
      }),
    },
    steps: [
      testStep('before', 'probe', '${service.probes}'),
      testStep('restart', 'service.restart', { service: '${service}', mode: '${mode}' }),
      testStep('settle', 'wait', { for: 'healthy', within: '90s', stable: '10s' }),
    ],
    verify: [testStep('verify-1', 'probe', '${service.probes}')],
  }),
};
