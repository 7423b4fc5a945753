import type { FreezeRule, FreezeWindow, PolicyConfig, RemediationRule, RunMatch } from '../config.ts';
import { toLabelMatch } from '../label-match.ts';
import type {
  PolicyFile,
  WrittenFreeze,
  WrittenRemediation,
  WrittenRunMatch,
  WrittenWindow,
} from '../schema/policy.ts';
import { mapRecord, seconds } from './records.ts';

/** What holds without a policy.yml: R3 alone needs a second person, nothing is frozen, nothing runs of itself. */
export const NO_POLICY: PolicyConfig = {
  approvals: { expireSeconds: 1200, required: [], breakGlass: true },
  freeze: [],
  remediation: [],
  protected: [],
};

/** policy.yml as rooms read it; `timezone` is the one of windows that name none. */
export function resolvePolicy(file: PolicyFile, timezone: string): PolicyConfig {
  const { approvals, freeze, remediation } = file;
  return {
    approvals: {
      expireSeconds: seconds(approvals.expire),
      required: approvals.required.map(resolveMatch),
      breakGlass: approvals.break_glass,
    },
    freeze: freeze.map((rule) => resolveFreeze(rule, timezone)),
    remediation: remediation.map(resolveRemediation),
    protected: file.protected,
  };
}

function resolveMatch(match: WrittenRunMatch): RunMatch {
  const { runbooks = [], risks = [], services = [], environments = [] } = match;
  return { runbooks, risks, services, environments };
}

function resolveFreeze(rule: WrittenFreeze, timezone: string): FreezeRule {
  const { incidents = [], silenced = false, leases = [], windows = [] } = rule.while;
  return {
    name: rule.name,
    runs: resolveMatch(rule.runs),
    while: { incidents, silenced, leases, windows: windows.map((window) => resolveWindow(window, timezone)) },
  };
}

function resolveWindow(window: WrittenWindow, timezone: string): FreezeWindow {
  const span = { from: window.from, to: window.to, timezone: window.timezone ?? timezone };
  return 'days' in window ? { kind: 'weekly', days: window.days, ...span } : { kind: 'dates', ...span };
}

function resolveRemediation(rule: WrittenRemediation): RemediationRule {
  return {
    name: rule.name,
    isOn: rule.on,
    match: mapRecord(rule.match, toLabelMatch),
    runbook: rule.runbook,
    parameters: rule.parameters,
    precheck: rule.precheck,
    afterSeconds: seconds(rule.after),
    mostPerHour: rule.most_per_hour,
    cooldownSeconds: seconds(rule.cooldown),
    mostMisses: rule.most_misses,
  };
}
