import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from '../core/metrics.ts';

export interface SlackMetrics {
  sent(method: string): void;
  failed(method: string, reason: string): void;
  /** A message that was already true, or a page that a newer one replaced. */
  spared(reason: 'unchanged' | 'superseded' | 'waits-for-change'): void;
  fellBack(to: 'sections' | 'text' | 'ops-channel'): void;
  firstPage(seconds: number): void;
  /** A channel got more new threads than it takes. */
  storm(): void;
}

/** What can be read at scrape time. */
export interface SlackFacts {
  up(): boolean;
  oldestUnsentPageSeconds(): number;
  oldestWaitingSeconds(): number;
  waiting(): number;
}

/** Metrics of the way out to Slack. */
export function createSlackMetrics(registry: Registry, facts: SlackFacts): SlackMetrics {
  const registers = [registry];
  gauge(
    registry,
    'gianna_ops_slack_up',
    'Whether Slack answers our calls, takes our tokens and can reach us (1) or not (0).',
    () => (facts.up() ? 1 : 0),
  );
  gauge(
    registry,
    'gianna_ops_slack_oldest_unsent_page_seconds',
    'Age of the oldest page that Slack has not taken yet.',
    () => facts.oldestUnsentPageSeconds(),
  );
  gauge(
    registry,
    'gianna_ops_slack_oldest_waiting_seconds',
    'For how long the oldest message that waits has differed from what is true.',
    () => facts.oldestWaitingSeconds(),
  );
  gauge(registry, 'gianna_ops_slack_waiting_messages', 'Messages whose shown state differs from the true one.', () =>
    facts.waiting(),
  );
  const sent = new Counter({
    name: 'gianna_ops_slack_calls_total',
    help: 'Calls that Slack answered with ok, by method.',
    labelNames: ['method'],
    registers,
  });
  const failed = new Counter({
    name: 'gianna_ops_slack_failures_total',
    help: 'Calls that failed, by method and by what the failure means.',
    labelNames: ['method', 'reason'],
    registers,
  });
  const spared = new Counter({
    name: 'gianna_ops_slack_spared_total',
    help: 'Messages that were not sent because there was no need, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const fellBack = new Counter({
    name: 'gianna_ops_slack_fallbacks_total',
    help: 'Messages that were sent in a plainer shape or to the operations channel, by what was used instead.',
    labelNames: ['to'],
    registers,
  });
  const storms = new Counter({
    name: 'gianna_ops_slack_storms_total',
    help: 'How often a channel got more new incidents at once than it takes threads, and a roster named them.',
    registers,
  });
  const firstPage = new Histogram({
    name: 'gianna_ops_slack_first_page_seconds',
    help: 'Seconds from the opening of an incident to its first page taken by Slack.',
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers,
  });
  return {
    sent: (method) => sent.inc({ method }),
    failed: (method, reason) => failed.inc({ method, reason }),
    spared: (reason) => spared.inc({ reason }),
    fellBack: (to) => fellBack.inc({ to }),
    storm: () => storms.inc(),
    firstPage: (seconds) => firstPage.observe(Math.max(0, seconds)),
  };
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
