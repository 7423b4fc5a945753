import type { RemediationRule } from '../../core/config/config.ts';
import { decideAsk } from './decide-ask.ts';
import type { RemediableIncident, RemediationDeps } from './deps.ts';
import { ripeAt } from './matching.ts';
import type { RemediationState, Skip } from './remediation-state.ts';

const MINUTE_MS = 60_000;
const LONGEST_MS = 10 * MINUTE_MS;
const HOUR_MS = 3600_000;
const MOST_DOUBLINGS = 4;

/** Whether a rule should run for an incident now. */
export type Consideration =
  | { readonly kind: 'run'; readonly incident: RemediableIncident }
  /** `again`: when to look once more; null: when the incident changes. */
  | { readonly kind: 'skip'; readonly skip: Skip | null; readonly why: string; readonly again: number | null };

/** After so long a look that came to nothing is repeated: a minute, doubled, at most ten. */
export function restMs(looks: number): number {
  return Math.min(LONGEST_MS, MINUTE_MS * 2 ** Math.min(looks, MOST_DOUBLINGS));
}

/**
 * Everything that must hold, the cheapest first and the precheck last; then the incident once more, for a person may have
 * come while the probe ran.
 */
export async function consider(
  rule: RemediationRule,
  state: RemediationState,
  asked: { readonly incident: string; readonly looks: number },
  deps: RemediationDeps,
): Promise<Consideration> {
  const before = await stands(rule, asked.incident, deps);
  if (before.kind === 'skip') return before;
  const again = deps.clock.now() + restMs(asked.looks);
  const { service } = before.incident;
  const risk = deps.config.current().runbooks[rule.runbook]?.risk;
  if (risk !== 'R1' && risk !== 'R2') {
    const why = `${rule.runbook} is ${risk ?? 'not there'}: only R1 and R2 run by themselves`;
    return { kind: 'skip', skip: 'risk', why, again: deps.clock.now() + HOUR_MS };
  }
  const may = decideAsk(state, rule, { service, now: deps.clock.now() });
  if (may.kind === 'off') return nothing();
  if (may.kind === 'skip') return { kind: 'skip', skip: may.skip, why: may.why, again: may.until };
  const environment = service === null ? null : (deps.config.current().services[service]?.environment ?? null);
  const frozen = { runbook: rule.runbook, risk, service, environment, incident: asked.incident };
  const [freeze] = await deps.freezes({ ...frozen, isUndo: false, isRollback: false });
  if (freeze !== undefined) return { kind: 'skip', skip: 'frozen', why: freeze.reason, again };
  const disagrees = await precheck(rule, deps);
  if (disagrees !== null) return { kind: 'skip', skip: 'precheck', why: disagrees, again };
  return stands(rule, asked.incident, deps);
}

/** Whether what the rule means still fires, for long enough, and belongs to nobody. */
export async function stands(rule: RemediationRule, id: string, deps: RemediationDeps): Promise<Consideration> {
  const incident = await deps.incident(id);
  const ripe = incident === null ? null : ripeAt(rule, incident);
  if (incident === null || ripe === null) return nothing();
  if (incident.status === 'acknowledged') {
    return { kind: 'skip', skip: 'acknowledged', why: 'somebody acknowledged it and decides', again: null };
  }
  if (incident.status !== 'firing') return nothing();
  if (ripe > deps.clock.now()) return { kind: 'skip', skip: null, why: '', again: ripe };
  return { kind: 'run', incident };
}

function nothing(): Consideration {
  return { kind: 'skip', skip: null, why: '', again: null };
}

/** Null: the probe says what the rule wants. */
async function precheck({ precheck: wanted }: RemediationRule, { runProbes }: RemediationDeps): Promise<string | null> {
  const [check] = await runProbes([wanted.probe]);
  const result = check?.result ?? 'unknown';
  if (result !== 'ok' && wanted.results.includes(result)) return null;
  return `${wanted.probe} says ${result}, not ${wanted.results.join(' or ')}`;
}
