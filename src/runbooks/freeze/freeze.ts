/**
 * Freeze derived from state (DESIGN.md, What nobody else has, 11). In: what a run is, the rules of policy.yml, and facts
 * of other rooms. Out: what freezes it, in words that name the cause. A freeze is no wall: to go on all the same needs
 * a second person's approval.
 */
import type { FreezeRule, Risk, RunMatch, Severity } from '../../core/config/config.ts';
import { untilWords } from './until-words.ts';
import { windowHolds } from './windows.ts';

/** What is known of a run before it starts. */
export interface FrozenRun {
  readonly runbook: string;
  readonly risk: Risk;
  /** Key of hosts.yml; null: it is about none, and only calendars can freeze it. */
  readonly service: string | null;
  readonly environment: string | null;
  /** `GI-<n>` that it was started for. */
  readonly incident: string | null;
  readonly isUndo: boolean;
  readonly isRollback: boolean;
}

export interface OpenIncident {
  readonly id: string;
  readonly severity: Severity;
}
export interface SilenceInForce {
  readonly id: string;
  readonly until: number;
  /** A person's name. */
  readonly by: string;
  /** The incident it was made for; null: none. */
  readonly incident: string | null;
}
export interface LeaseInForce {
  readonly id: string;
  readonly runbook: string;
  readonly until: number;
  readonly incident: string | null;
}

/** Facts of other rooms, asked only for what a rule looks at. */
export interface FreezeFacts {
  openIncidents(service: string): Promise<readonly OpenIncident[]>;
  silencesOn(service: string): Promise<readonly SilenceInForce[]>;
  leasesOn(service: string): Promise<readonly LeaseInForce[]>;
  /** Epoch ms. */
  readonly now: number;
}

/** One reason why a run is frozen. */
export interface Freeze {
  readonly kind: 'freeze';
  /** The rule's name. */
  readonly rule: string;
  readonly reason: string;
  /** An approval lets the run go on. */
  readonly isOverridable: true;
}

/**
 * What freezes a run, one entry a cause. Never an undo or a roll-back, and nothing that goes back to the incident that
 * the run was started for: the incident itself, silences and leases made for it. Calendars know no incident: they hold.
 */
export async function freezesOf(
  run: FrozenRun,
  rules: readonly FreezeRule[],
  facts: FreezeFacts,
): Promise<readonly Freeze[]> {
  if (run.isUndo || run.isRollback) return [];
  const found: Freeze[] = [];
  for (const rule of rules) {
    if (!isMeant(run, rule.runs)) continue;
    for (const reason of await causesOf(run, rule, facts)) {
      found.push({ kind: 'freeze', rule: rule.name, reason, isOverridable: true });
    }
  }
  return found;
}

/** Whether a run is one of those that a rule means; an empty list means whatever it is. */
function isMeant(run: FrozenRun, runs: RunMatch): boolean {
  return (
    isAmong(run.runbook, runs.runbooks) &&
    isAmong(run.risk, runs.risks) &&
    isAmong(run.service, runs.services) &&
    isAmong(run.environment, runs.environments)
  );
}

function isAmong(value: string | null, list: readonly string[]): boolean {
  return list.length === 0 || (value !== null && list.includes(value));
}

async function causesOf(run: FrozenRun, rule: FreezeRule, facts: FreezeFacts): Promise<string[]> {
  const { service } = run;
  const ofService = service === null ? [] : await serviceCauses({ ...run, service }, rule, facts);
  const window = windowHolds(rule.while.windows, facts.now);
  if (window === null) return ofService;
  const until = untilWords(window.until, facts.now, window.timezone);
  return [...ofService, `freeze window ${rule.name} until ${until} (${window.timezone})`];
}

async function serviceCauses(
  { service, incident }: FrozenRun & { readonly service: string },
  { while: holds }: FreezeRule,
  facts: FreezeFacts,
): Promise<string[]> {
  const isOther = (id: string | null) => id === null || id !== incident;
  const incidents = holds.incidents.length === 0 ? [] : await facts.openIncidents(service);
  const silences = holds.silenced ? await facts.silencesOn(service) : [];
  const leases = holds.leases.length === 0 ? [] : await facts.leasesOn(service);
  return [
    ...incidents
      .filter(({ id, severity }) => holds.incidents.includes(severity) && isOther(id))
      .map(({ id, severity }) => `${id} (${severity}) is open on ${service}`),
    ...silences
      .filter((each) => isOther(each.incident))
      .map(({ until, by }) => `a silence covers ${service} until ${untilWords(until, facts.now, 'UTC')} UTC by ${by}`),
    ...leases
      .filter((lease) => holds.leases.includes(lease.runbook) && isOther(lease.incident))
      .map(({ id, runbook }) => `${runbook} of ${service} is held by ${id}`),
  ];
}
