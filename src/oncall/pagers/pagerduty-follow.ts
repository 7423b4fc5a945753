import type { FollowIncident } from '../../alerts/change.ts';
import type { IncidentState } from '../../alerts/incident-state.ts';
import type { Clock } from '../../core/clock.ts';
import { transient } from '../../core/errors.ts';
import type { EffectEnd, EffectExecutor } from '../../journal/effects.ts';
import type { Effect, Journal } from '../../journal/port.ts';
import { pageKindOf } from '../page.ts';
import type { PagerMetrics } from './metrics.ts';
import type { PagerDuty } from './pagerduty.ts';

/** Effects of this kind tell PagerDuty that an incident that it was paged for is owned, or over. */
export const PAGERDUTY_UPDATE = 'pagerduty-update';
type UpdateRequest = { readonly action: 'acknowledge' | 'resolve' };

const PAGES = [pageKindOf('pagerduty')];
const GIVE_UP_AFTER_MS = 3_600_000;

export interface PagerDutyFollowDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly metrics: PagerMetrics;
  readonly pagerDuty: PagerDuty;
}

/** Keeps the alert at PagerDuty in step with the incident here. */
export function createPagerDutyFollow({ journal, clock, metrics, pagerDuty }: PagerDutyFollowDeps): {
  readonly follow: FollowIncident;
  readonly executor: EffectExecutor;
} {
  const follow: FollowIncident = async ({ before, after, at }) => {
    const action = actionOf(before, after);
    if (action === null) return {};
    const states = ['claimed', 'done', 'unknown'] as const;
    const pages = await journal.effects({ kinds: PAGES, states, incident: after.id, limit: 1 });
    if (pages.length === 0) return {};
    const data: UpdateRequest = { action };
    const key = `${PAGERDUTY_UPDATE}|${after.id}|${action}|${at}`;
    return { effects: [{ op: 'ask', key, kind: PAGERDUTY_UPDATE, incident: after.id, data }] };
  };

  async function run(effect: Effect): Promise<EffectEnd> {
    const incident = effect.incident ?? '';
    const onTheWay = await journal.effects({ kinds: PAGES, states: ['claimed'], incident, limit: 1 });
    if (onTheWay.length > 0) throw later('A page is on its way and has to arrive first.');
    const result = await pagerDuty.update(incident, (effect.data as UpdateRequest).action);
    if (result.kind === 'sent') return { state: 'done', result: {} };
    const isOver = result.kind === 'refused' || clock.now() - effect.askedAt >= GIVE_UP_AFTER_MS;
    if (isOver) return { state: 'failed', result: { error: result.error } };
    metrics.triedAgain('pagerduty');
    throw later(`PagerDuty did not take the news (${result.error}).`);
  }
  return { follow, executor: { idempotent: true, concurrency: 1, run } };
}

function actionOf(before: IncidentState | null, after: IncidentState): UpdateRequest['action'] | null {
  const [was, is] = [before?.status ?? 'firing', after.status];
  if (was === is) return null;
  if (is === 'resolved' || (is === 'closed' && was !== 'resolved')) return 'resolve';
  return is === 'acknowledged' ? 'acknowledge' : null;
}

function later(message: string) {
  return transient('PAGERDUTY_LATER', message, 'It is tried again.');
}
