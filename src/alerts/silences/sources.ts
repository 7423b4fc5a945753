import type { Clock } from '../../core/clock.ts';
import type { Actor, Command, Outcome } from '../../core/command.ts';
import type { Config, ConfigSource, Risk, UpstreamConfig } from '../../core/config/config.ts';
import type { Logger } from '../../core/logger.ts';
import type { Batch, Journal } from '../../journal/port.ts';
import { type AlertmanagerClient, createAlertmanager } from '../alertmanager.ts';
import type { IncidentCommand } from '../incident.ts';
import { compileRoutes, type RouteAlert } from '../routing.ts';
import type { SilenceMetrics } from './metrics.ts';

/** Whether somebody may do something of this risk now, in incidents of a channel; CONFIG.md, Rights. */
export type MaySilence = (
  actor: Actor,
  risk: Risk,
  channel: string | null,
) => Promise<{ readonly allowed: boolean; readonly reason: string }>;

/** A silence that one person alone may not have: asked for so that a second one can agree to it. */
export type AskSecond = (
  command: Command,
  asked: { readonly matchers: string; readonly seconds: number; readonly reason: string },
) => Promise<{ readonly batch: Batch | null; readonly outcome: Outcome }>;

/** What the parts of this folder work with. */
export interface SilenceDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: SilenceMetrics;
  /** The batch of a command on an incident as it is now; null: nothing changes, or it may not. */
  readonly changeIncident: (incident: string, command: IncidentCommand, by: Actor) => Promise<Batch | null>;
  readonly maySilence: MaySilence;
  /** Absent: nobody can be asked, and what needs a second person is refused. */
  readonly askSecond?: AskSecond;
  /** Whether both persons of a run still may; asked when Alertmanager is about to be asked. */
  readonly stillAgreed?: (run: string) => Promise<{ readonly allowed: boolean; readonly reason: string }>;
  /** A person's display name, never a mention. */
  readonly nameOf: (actor: string) => string;
  /** The client of the Alertmanager in force; null: none is configured. */
  readonly alertmanager: () => AlertmanagerClient | null;
  /** Routes by the configuration in force. */
  readonly route: () => RouteAlert;
}

/** A client for the Alertmanager in force, made again when the configuration names another. */
export function alertmanagerInForce(config: ConfigSource): () => AlertmanagerClient | null {
  let made: { readonly upstream: UpstreamConfig; readonly client: AlertmanagerClient } | null = null;
  return () => {
    const upstream = config.current().routing.alertmanager;
    if (upstream === null) return null;
    if (made?.upstream !== upstream) made = { upstream, client: createAlertmanager(upstream) };
    return made.client;
  };
}

/** Compiles the routes of each configuration once. */
export function routesInForce(config: ConfigSource): () => RouteAlert {
  let compiled: { readonly config: Config; readonly route: RouteAlert } | null = null;
  return () => {
    const current = config.current();
    if (compiled?.config !== current) compiled = { config: current, route: compileRoutes(current) };
    return compiled.route;
  };
}
