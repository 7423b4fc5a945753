import type { Config, ConfigSource, HostConfig, ProbeConfig, ServiceConfig } from '../../src/core/config/config.ts';

import { NO_POLICY } from '../../src/core/config/resolve/policy.ts';

export interface ConfigParts {
  readonly hosts?: Readonly<Record<string, HostConfig>>;
  readonly services?: Readonly<Record<string, ServiceConfig>>;
  readonly probes?: Readonly<Record<string, ProbeConfig>>;
  readonly version?: string;
}
export interface TestConfigSource extends ConfigSource {
  swap(parts: ConfigParts): void;
}

/** A configuration source of which hosts and probes read only what is given; `swap` is a reload. */
export function configOf(parts: ConfigParts): TestConfigSource {
  let config = whole(parts);
  return {
    current: () => config,
    swap: (next) => {
      config = whole(next);
    },
  };
}

function whole(parts: ConfigParts): Config {
  const level = { name: 'x', respondWithinSeconds: 60, clock: 'wall', nextBusinessDayAt: null, levels: [] } as const;
  const rest = { repeat: null, ackExpires: null, resolve: 'human', digest: false, snoozeAtMostSeconds: 1800 } as const;
  const policy = { ...level, ...rest } as const;
  return {
    version: parts.version ?? 'v1',
    slack: {
      channels: { ops: '#ops' },
      roles: { responder: [], approver: [], security: [], admin: [] },
      blocks: 'plain',
      language: 'en',
    },
    severities: { P0: policy, P1: policy, P2: policy, P3: policy },
    reports: { digest: null, weekly: null },
    routing: {
      routes: [],
      groupBy: 'alertmanager',
      reopenWithinSeconds: 1800,
      flapping: { changes: 6, withinSeconds: 1800, staysSeconds: 600 },
      alertmanager: null,
      prometheus: null,
      watchdog: { alertname: 'Watchdog', expectEverySeconds: 300, required: false },
      silences: { longestSeconds: { P1: 14_400, P2: 86_400, P3: 604_800 } },
    },
    oncall: {
      people: {},
      schedules: {},
      contacts: {},
      businessTime: { timezone: 'UTC', days: [], from: '09:00', to: '18:00', holidays: null },
      paging: { caps: { sms: null, voice: null, email: null, webhook: null, pagerduty: null } },
    },
    hosts: parts.hosts ?? {},
    services: parts.services ?? {},
    defaultService: null,
    probes: parts.probes ?? {},
    runbooks: {},
    policy: NO_POLICY,
  };
}

/** A service with a driver and nothing else. */
export function serviceOn(host: string, driver: ServiceConfig['driver']): ServiceConfig {
  return {
    host,
    environment: null,
    driver,
    components: [],
    probes: [],
    dependsOn: [],
    alsoOn: [],
    scale: { min: 0, max: 10 },
    drain: null,
    maintenance: null,
  };
}
