/**
 * "Who would be reached": a policy played by the rules that page (forecast.ts), told a person at a time with the reason.
 * In: the configuration in force, overrides within. Out: rows for people and for `--json`.
 */
import type { Config, Severity, SeverityPolicy } from '../../core/config/config.ts';
import { refuse } from '../../core/errors.ts';
import { closest } from '../../core/suggest.ts';
import { loadBusinessClock } from '../business-time.ts';
import type { EscalationContext } from '../escalation-context.ts';
import { forecastPages } from '../forecast.ts';
import { ackRows } from './ack-rows.ts';
import { readMoment } from './read-moment.ts';
import { rowsOf, type SimulatedRow } from './rows.ts';

/** What is asked. */
export interface SimulationAsked {
  /** null: that of the route. */
  readonly severity: Severity | null;
  /** As written (read-moment.ts); null: now. */
  readonly at: string | null;
  /** null: nobody answers. */
  readonly ackAfterSeconds: number | null;
  /** Position in routes.yml: its severity and its contact hold. */
  readonly route: number | null;
  /** A contact that is added to every level. */
  readonly contact: string | null;
}

/** What would happen. */
export interface Simulation {
  readonly severity: Severity;
  readonly startsAt: number;
  /** How a wall time was read that does not exist, or exists twice. */
  readonly note: string | null;
  /** Without pages: the daily digest tells it. */
  readonly digest: boolean;
  readonly respondBy: number | null;
  readonly rows: readonly SimulatedRow[];
}

/** Simulates by `config` and the means that are set up; what is asked for and is not there is refused, with what is near. */
export async function simulate(
  { config, means }: Pick<EscalationContext, 'config' | 'means'>,
  asked: SimulationAsked,
  now: number,
): Promise<Simulation> {
  const { severity, contact } = subjectOf(config, asked);
  const policy = config.severities[severity];
  const { at, note } = momentOf(config, policy, asked.at, now);
  const about = { severity, startsAt: at, note, digest: policy.digest };
  if (policy.digest || policy.levels.length === 0) return { ...about, respondBy: null, rows: [] };
  const business = await loadBusinessClock(config.oncall.businessTime);
  const context = { now: at, config, business, means };
  const { steps, respondBy } = forecastPages({ severity, policyContact: contact }, context);
  const ackAt = asked.ackAfterSeconds === null ? null : at + asked.ackAfterSeconds * 1000;
  const sent = steps.filter((step) => ackAt === null || step.at <= ackAt);
  const pages = sent.flatMap((step) => rowsOf(step, policy, contact, config));
  const acked = ackAt === null ? [] : ackRows(steps, { policy, business }, { startsAt: at, ackAt });
  return { ...about, respondBy, rows: [...pages, ...acked] };
}

function subjectOf({ routing, oncall }: Config, { severity, route: position, contact }: SimulationAsked) {
  const route = position === null ? undefined : routing.routes.find((each) => each.position === position);
  if (position !== null && route === undefined) {
    throw refuse('ROUTE_UNKNOWN', `routes.yml has no route ${position}.`, `It has ${routing.routes.length}.`);
  }
  const wanted = severity ?? route?.severity;
  if (wanted === undefined) {
    throw refuse('SEVERITY_MISSING', 'For which severity?', 'Name one: P0, P1, P2 or P3, or a route.');
  }
  if (contact !== null && !Object.hasOwn(oncall.contacts, contact)) {
    const near = closest(contact, Object.keys(oncall.contacts));
    const remedy = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'See contacts of oncall.yml.';
    throw refuse('CONTACT_UNKNOWN', `There is no contact ${JSON.stringify(contact)}.`, remedy);
  }
  return { severity: wanted, contact: contact ?? route?.policyContact ?? null };
}

function momentOf(config: Config, policy: SeverityPolicy, text: string | null, now: number) {
  if (text === null) return { at: now, note: null };
  const moment = readMoment(text, zoneOf(config, policy));
  if (moment !== null) return moment;
  const remedy = 'Write 2027-03-28 02:30 Europe/Lisbon, 2027-03-28T02:30:00Z, or 2027-03-28 02:30 (schedule’s zone).';
  throw refuse('TIME_UNKNOWN', `${JSON.stringify(text)} is no time that I can read.`, remedy);
}

/** The zone of the first schedule that the policy names. */
function zoneOf({ oncall }: Config, { levels }: SeverityPolicy): string {
  const named = levels.flatMap(({ notify }) => notify).find(({ kind }) => kind === 'schedule');
  const schedule = named === undefined ? Object.values(oncall.schedules)[0] : oncall.schedules[named.name];
  return schedule?.timezone ?? oncall.businessTime.timezone;
}
