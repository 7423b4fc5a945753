import type { Clock } from '../../core/clock.ts';
import type { ConfigSource } from '../../core/config/config.ts';
import type { Logger } from '../../core/logger.ts';
import type { Registry } from '../../core/metrics.ts';
import type { EffectExecutor } from '../../journal/effects.ts';
import type { Journal } from '../../journal/port.ts';
import type { Escalation } from '../escalation.ts';
import { pageKindOf } from '../page.ts';
import type { OncallPart } from '../part.ts';
import { PAGE_TEST } from './caps.ts';
import { createDeliveryWatch, PAGE_DELIVERY } from './delivery.ts';
import { createPagerMetrics } from './metrics.ts';
import { createPageExecutor, type PageExecutorDeps } from './page-executor.ts';
import { createPageTestCommand } from './page-test.ts';
import { createPageTestRun } from './page-test-run.ts';
import { createPagerDutyFollow, PAGERDUTY_UPDATE } from './pagerduty-follow.ts';
import type { PagerSet } from './registry.ts';
import { createSleeper } from './sleeper.ts';
import { createTries } from './tries.ts';

export interface PagerPartDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly set: PagerSet;
  readonly escalation: Pick<Escalation, 'pageClosed' | 'pageDelivered'>;
  readonly ackUrl: PageExecutorDeps['ackUrl'];
  readonly nameOf: PageExecutorDeps['nameOf'];
}

/** Pages by e-mail, SMS, voice, webhook and PagerDuty. In: effects that escalation asks for. Out: how each ended. */
export function createPagerPart(deps: PagerPartDeps): OncallPart {
  const { journal, config, clock, logger, set, escalation, ackUrl, nameOf } = deps;
  const { pagers, pagerDuty } = set;
  const metrics = createPagerMetrics(deps.metrics);
  const tries = createTries(clock);
  const { pageClosed, pageDelivered } = escalation;
  const sleeper = createSleeper(clock);
  const tests = { journal, config, clock, pagers };
  const executors: Record<string, EffectExecutor> = {
    [PAGE_DELIVERY]: createDeliveryWatch({ journal, clock, pagers, metrics, sleeper, pageDelivered }),
    [PAGE_TEST]: createPageTestRun({ ...tests, metrics, tries, sleeper }),
  };
  const commands = { 'page-test': createPageTestCommand(tests) };
  for (const pager of pagers.values()) {
    const sending = { journal, config, clock, logger, metrics, tries, sleeper, pageClosed, ackUrl, nameOf };
    executors[pageKindOf(pager.means)] = createPageExecutor(pager, sending);
  }
  if (pagerDuty === null) return { executors, commands, stop: sleeper.stop };
  const followed = createPagerDutyFollow({ journal, clock, metrics, pagerDuty });
  executors[PAGERDUTY_UPDATE] = followed.executor;
  return { executors, commands, follow: followed.follow, stop: sleeper.stop };
}
