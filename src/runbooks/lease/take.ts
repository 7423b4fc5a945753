import type { Risk } from '../../core/config/config.ts';
import type { Journal } from '../../journal/port.ts';
import { createTexts } from '../texts.ts';
import { changeLease, type LeasePart } from './change-lease.ts';
import { leaseEvent } from './lease-events.ts';
import { LEASE, type LeaseState, leaseKey } from './lease-state.ts';

/** A step that was done and whose change is held until a time. */
export interface LeaseTaken {
  readonly run: string;
  readonly runbook: string;
  readonly risk: Risk;
  readonly incident: string | null;
  /** Who the run acts for: the batch's actor. */
  readonly by: string;
  readonly step: string;
  readonly service: string | null;
  readonly hosts: readonly string[];
  /** What is held, one line: `203.0.113.7 is blocked on 2 hosts`. */
  readonly what: string;
  /** Epoch ms. */
  readonly until: number;
  /** How long it may last in all, renewals included: the longest that the runbook's parameter allows; null: a week. */
  readonly limitSeconds: number | null;
}

const WEEK_MS = 7 * 24 * 3600_000;

/**
 * The part to be put into the batch that records the end of the step: after it either both are known or none. A step
 * that is carried out again holds the same lease on. `at` is the batch's.
 * Ask again after a conflict.
 */
export async function takeLease(
  journal: Pick<Journal, 'aggregateByKey' | 'nextNumber' | 'payloads'>,
  taken: LeaseTaken,
  at: number,
): Promise<LeasePart & { readonly id: string }> {
  const { by: actor, incident, until } = taken;
  const held = await journal.aggregateByKey<LeaseState>(LEASE, leaseKey(taken));
  if (held !== null) {
    const part = await changeLease(journal, held, [leaseEvent('lease.renewed', { until })], {
      id: held.id,
      at,
      actor,
      incident,
    });
    return { id: held.id, ...part };
  }
  const id = `LEASE-${await journal.nextNumber(LEASE)}`;
  const texts = createTexts();
  const { run, runbook, risk, step, service, hosts, limitSeconds } = taken;
  const limit = Math.max(until, at + (limitSeconds === null ? WEEK_MS : limitSeconds * 1000));
  const what = texts.line(taken.what);
  const event = leaseEvent('lease.taken', { run, runbook, risk, step, service, hosts: [...hosts], what, until, limit });
  const row = { version: 0, state: null };
  return { id, ...(await changeLease(journal, row, [event], { id, at, actor, incident, texts: texts.payloads })) };
}
