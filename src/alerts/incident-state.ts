import type { Actor } from '../core/command.ts';
import type { Severity } from '../core/config/config.ts';

/** firing → acknowledged → recovered → resolved → closed (CONFIG.md, States). */
export type IncidentStatus = 'firing' | 'acknowledged' | 'recovered' | 'resolved' | 'closed';

/** Pages pause while an incident is quiet; it stays visible, and wakes by itself at `until`. */
export interface Quiet {
  readonly kind: 'snoozed' | 'silenced';
  /** Epoch milliseconds. */
  readonly until: number;
  readonly by: Actor;
  /** Id of the silence in Alertmanager, for kind `silenced`. */
  readonly silence?: string;
}

/** What an incident is that only tries out who answers. */
export type Drill = { readonly paper: boolean };

/** An incident that keeps recovering and firing again. */
export interface Flapping {
  readonly since: number;
  /** When it turned (recovered, or fired again), oldest first; the newest ones. */
  readonly changes: readonly number[];
  /** How often it has turned in all. */
  readonly count: number;
}

/** The incident aggregate. Small: alerts are occurrence rows of their own, texts are payloads by digest. */
export interface IncidentState {
  readonly id: string;
  readonly status: IncidentStatus;
  readonly severity: Severity;
  /** Our own word for the Slack channel (`ops`). */
  readonly channel: string;
  readonly service: string | null;
  /** channel + group; what a new alert is matched by. */
  readonly group: string;
  /** Names of runbooks that the route offers. */
  readonly runbooks: readonly string[];
  readonly policyContact: string | null;
  /** Without a thread of its own (P3). */
  readonly digest: boolean;
  /** Digest of `IncidentAbout` as JSON: what it is called, from the alert that opened it. */
  readonly about: string;
  readonly openedAt: number;
  /** Counts of occurrences by status. */
  readonly firing: number;
  readonly ended: number;
  readonly owner: Actor | null;
  readonly acknowledgedAt: number | null;
  /** Its owner passed it on and has it until somebody else acknowledges. */
  readonly offered?: boolean;
  /** Called in beside the owner: keys of oncall.people. */
  readonly responders?: readonly string[];
  readonly recoveredAt: number | null;
  readonly resolvedAt: number | null;
  /** `auto` when nobody pressed the button. */
  readonly resolvedBy: Actor | null;
  readonly closedAt: number | null;
  readonly reopened: number;
  /** The closed incident of the same group that came before it. */
  readonly previous: string | null;
  /** Alerts that `max_alerts` kept from us, as last told; absent: none. */
  readonly truncated?: number;
  /** Alerts beside ours that could not be read, as last told; absent: none. */
  readonly rejected?: number;
  /** A person opened or reopened it while no alert of it fired: it does not recover by itself. */
  readonly byHand?: boolean;
  /** A drill: nothing is broken; `paper`: its pages are written down and not sent. */
  readonly drill?: Drill;
  /** A person chose the severity: the same alerts, delivered again, do not undo that. */
  readonly severityChosen?: boolean;
  readonly quiet?: Quiet | null;
  /** The incident it is folded beneath: no pages and no thread of its own meanwhile. */
  readonly foldedUnder?: string | null;
  /** `dependency`: its service depends on the other's; else who merged it. */
  readonly foldedBy?: 'dependency' | Actor | null;
  /** Taken out of a fold, or split off, by a person: never folded again by itself. */
  readonly apart?: boolean;
  /** Incidents that are folded beneath it. */
  readonly folded?: readonly string[];
  /** The incident whose alerts it took over when it was split off. */
  readonly splitFrom?: string;
  /** When it last turned (recovered, or fired again), oldest first; the newest ones. */
  readonly turns?: readonly number[];
  readonly flapping?: Flapping | null;
  /** Digest of the JSON of the `IncidentContext` that was gathered last; absent: none was. */
  readonly context?: string;
}

/** The texts of an incident, stored as one payload. All of it is foreign text: escape before showing. */
export interface IncidentAbout {
  readonly alertname: string;
  /** One line: the summary annotation, else the alertname. */
  readonly title: string;
  readonly description: string | null;
  readonly runbookUrl: string | null;
  readonly generatorUrl: string | null;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** The texts of one occurrence (`Occurrence.about`). */
export interface OccurrenceAbout {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly generatorUrl: string | null;
}
