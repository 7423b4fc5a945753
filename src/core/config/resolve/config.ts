import type { Config, Role, SlackConfig } from '../config.ts';
import type { HostsFile } from '../schema/hosts.ts';
import type { OncallFile } from '../schema/oncall.ts';
import type { PolicyFile } from '../schema/policy.ts';
import type { ProbesFile } from '../schema/probes.ts';
import type { RoutesFile } from '../schema/routes.ts';
import type { RunbookFile } from '../schema/runbook.ts';
import type { SeveritiesFile } from '../schema/severities.ts';
import type { SlackFile } from '../schema/slack.ts';
import type { StepShape } from '../step-shape.ts';
import { resolveHost, resolveService } from './hosts.ts';
import { type Holidays, resolveOncall } from './oncall.ts';
import { resolvePolicy } from './policy.ts';
import { resolveProbe } from './probes.ts';
import { mapRecord } from './records.ts';
import { resolveReports } from './reports.ts';
import { resolveRouting } from './routing.ts';
import { resolveRunbook } from './runbook.ts';
import { resolveSeverities } from './severities.ts';

/** All files, each checked whole, and the references between them too. */
export interface CheckedFiles {
  readonly slack: SlackFile;
  readonly oncall: OncallFile;
  readonly severities: SeveritiesFile;
  readonly routes: RoutesFile;
  readonly hosts: HostsFile;
  readonly probes: ProbesFile;
  readonly policy: PolicyFile;
  readonly runbooks: readonly RunbookFile[];
  /** Kinds of step that runbooks are made of. */
  readonly steps: readonly StepShape[];
}

/** Makes what rooms read of what an operator wrote: defaults, seconds, lists (the types of config.ts). */
export function resolveConfig(files: CheckedFiles, version: string, holidays: Holidays): Config {
  const runbooks = files.runbooks.map((runbook) => [runbook.runbook, runbook] as const);
  const known = { services: Object.keys(files.hosts.services), runbooks: runbooks.map(([name]) => name) };
  const oncall = resolveOncall(files.oncall, holidays);
  return {
    version,
    slack: resolveSlack(files.slack),
    severities: resolveSeverities(files.severities),
    routing: resolveRouting(files.routes, known),
    reports: resolveReports(files.routes, oncall.businessTime.timezone),
    oncall,
    hosts: mapRecord(files.hosts.hosts, resolveHost),
    services: mapRecord(files.hosts.services, resolveService),
    defaultService: files.hosts.default_service ?? null,
    probes: mapRecord(files.probes.probes, resolveProbe),
    runbooks: mapRecord(Object.fromEntries(runbooks), (runbook) => resolveRunbook(runbook, files.steps)),
    policy: resolvePolicy(files.policy, oncall.businessTime.timezone),
  };
}

function resolveSlack(file: SlackFile): SlackConfig {
  const environments = [...new Set(Object.keys(file.roles).flatMap((role) => role.split('@').slice(1)))];
  return {
    channels: mapRecord(file.channels, (channel) => channel),
    roles: rolesOf(file, ''),
    rolesIn: Object.fromEntries(environments.map((environment) => [environment, rolesOf(file, `@${environment}`)])),
    blocks: file.blocks,
    language: file.language,
  };
}

/** Who holds the roles; `suffix`: `@production`, of one environment. */
function rolesOf({ roles }: SlackFile, suffix: string): SlackConfig['roles'] {
  const holders = (role: Role): readonly string[] => roles[`${role}${suffix}`] ?? [];
  return {
    responder: holders('responder'),
    approver: holders('approver'),
    security: holders('security'),
    admin: holders('admin'),
  };
}
