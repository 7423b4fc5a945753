import type { Config, Means } from '../core/config/config.ts';
import type { BusinessClock } from './business-time.ts';

/** What deciding needs from outside: data and `now`. */
export interface EscalationContext {
  readonly now: number;
  readonly config: Config;
  readonly business: BusinessClock;
  /** The means that are set up; Slack's always are. */
  readonly means: ReadonlySet<Means>;
  /** Slack does not take this incident's pages now: what other means carry says how to act without it. */
  readonly withoutSlack?: boolean;
  /** A person asks for pages now: nobody's quiet hours hold them. */
  readonly atOnce?: boolean;
}

/** What Slack carries: the means of a bot for which nothing else is set up. */
export const SLACK_MEANS: ReadonlySet<Means> = new Set(['dm', 'thread']);
