import type { Severity } from '../../core/config/config.ts';

/** One page that a configuration asks for: somebody, by some means, at some moment. */
export interface ReplayedPage {
  /** Epoch ms. */
  readonly at: number;
  /** Id in the replay, which is not that of the journal. */
  readonly incident: string;
  readonly alertname: string;
  readonly severity: Severity;
  readonly channel: string;
  readonly level: number;
  readonly repeat: number;
  readonly means: string;
  /** Key of oncall.people, or a target as written (`channel:ops`). */
  readonly to: string;
}

export interface ReplayedIncident {
  readonly id: string;
  readonly alertname: string;
  readonly title: string;
  readonly openedAt: number;
  /** The highest that it came to. */
  readonly severity: Severity;
  readonly channel: string;
  readonly service: string | null;
  /** Without a thread of its own. */
  readonly digest: boolean;
  readonly status: string;
  /** What it was about, to find the same in another replay: `<fingerprint>|<startsAt>` of its alerts. */
  readonly about: ReadonlySet<string>;
}

/** What one configuration makes of what was stored. */
export interface ReplayOutcome {
  readonly pages: readonly ReplayedPage[];
  readonly incidents: readonly ReplayedIncident[];
  /** Commands of people that could be done here too, and those that could not. */
  readonly commands: { readonly replayed: number; readonly unfit: number };
}
