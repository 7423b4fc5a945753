/** What `check --explain` answers: where an alert goes and why, then who is paged when, if nobody does anything. */
import { type ExplainedAlert, explainAlert } from '../../alerts/explain.ts';
import type { Config, Means, SeverityPolicy } from '../../core/config/config.ts';
import type { BusinessClock } from '../../oncall/business-time.ts';
import { type ForecastStep, forecastPages } from '../../oncall/forecast.ts';
import { nextDigest } from '../../oncall/reports/times.ts';

/** One row of `check --explain --json`: times ISO 8601 UTC, durations in seconds. */
export type Explanation = {
  readonly at: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly watchdog: boolean;
  readonly route: { readonly position: number; readonly line: number | null; readonly match: string } | null;
  readonly severity: string;
  readonly channel: string;
  /** As it is called in Slack. */
  readonly channelName: string | null;
  readonly service: { readonly name: string | null; readonly because: string };
  readonly runbooks: readonly string[];
  readonly policyContact: string | null;
  readonly group: ExplainedAlert['group'];
  readonly reopenWithin: number;
  /** No thread and no page: told by the daily digest, next at `at` (null: the digest is off). */
  readonly digest: { readonly at: string | null; readonly channel: string | null } | null;
  readonly respondBy: string | null;
  readonly steps: readonly ExplainedStep[];
  /** When an acknowledgement is questioned, as severities.yml says; null: never. */
  readonly ackExpires: {
    readonly askAfter: number;
    readonly pageOwnerAfter: number;
    readonly nextLevelAfter: number;
  } | null;
  readonly resolve: SeverityPolicy['resolve'];
};

export type ExplainedStep = {
  readonly at: string;
  readonly afterSeconds: number;
  readonly level: number;
  readonly repeat: number;
  readonly exhausted: boolean;
  readonly deferred: boolean;
  readonly pages: ForecastStep['pages'];
  readonly skipped: ForecastStep['skipped'];
  readonly fallback: boolean;
};

export interface ExplainInput {
  readonly config: Config;
  readonly business: BusinessClock;
  /** Means that are set up. */
  readonly means: ReadonlySet<Means>;
  /** Lines of routes.yml on which the routes begin. */
  readonly lines: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
  /** When the alert would open its incident, epoch ms. */
  readonly at: number;
}

/** Explains one alert, pure. */
export function explain({ config, business, means, lines, labels, at }: ExplainInput): Explanation {
  const { route, ...alert } = explainAlert(config, labels);
  const policy = config.severities[alert.severity];
  const forecast = alert.digest ? null : forecastPages(alert, { now: at, config, business, means });
  const ack = policy.ackExpires;
  return {
    ...alert,
    at: iso(at),
    route: route === null ? null : { ...route, line: lines[route.position - 1] ?? null },
    channelName: config.slack.channels[alert.channel] ?? null,
    reopenWithin: config.routing.reopenWithinSeconds,
    digest: alert.digest ? digestOf(config, business, at) : null,
    respondBy: forecast === null ? null : iso(forecast.respondBy),
    steps: (forecast?.steps ?? []).map(stepOf),
    ackExpires:
      ack === null
        ? null
        : {
            askAfter: ack.askAfterSeconds,
            pageOwnerAfter: ack.pageOwnerAfterSeconds,
            nextLevelAfter: ack.nextLevelAfterSeconds,
          },
    resolve: policy.resolve,
  };
}

function digestOf({ reports }: Config, business: BusinessClock, at: number): NonNullable<Explanation['digest']> {
  if (reports.digest === null) return { at: null, channel: null };
  const slot = nextDigest(reports.digest, business, at);
  return { at: slot === null ? null : iso(slot.at), channel: reports.digest.channel };
}

function stepOf({ at, round, ...step }: ForecastStep): ExplainedStep {
  return { ...step, at: iso(at), repeat: round };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
