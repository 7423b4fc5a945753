/**
 * Keeps the flag `silenced` of incidents true: silent while every alert of theirs that fires is muted, heard again when
 * a silence ends, is lifted, or an alert joins that it does not cover. Follows the journal and the look at Alertmanager.
 */
import { createBackOff } from '../../journal/back-off.ts';
import type { Change } from '../../journal/port.ts';
import { createWorker } from '../../journal/worker.ts';
import type { IncidentState } from '../incident-state.ts';
import type { Labels } from '../payload.ts';
import type { HeldSilences } from './held.ts';
import { labelledSince } from './history.ts';
import { silencesInForce } from './in-force.ts';
import { compileMuting, type Muting, silenceOver } from './muting.ts';
import { hearIncident, quietIncident } from './quiet-incident.ts';
import { SILENCE } from './silence-state.ts';
import type { SilenceDeps } from './sources.ts';

export type QuietingDeps = SilenceDeps & { readonly held: HeldSilences };

export interface Quieting {
  start(): void;
  stop(): Promise<void>;
  /** Looks at once. */
  wake(): void;
  /** One pass over every incident, for whoever cannot wait. */
  pass(): Promise<void>;
}

/** In a flood of alerts passes rest this long between each other. */
const REST_MS = 1_000;
const PASS = 'pass';

/** Makes the loop. It sleeps while nothing is silenced. */
export function createQuieting(deps: QuietingDeps): Quieting {
  const backOff = createBackOff(deps.clock);
  const quiet = new Set<string>();
  let isFirst = true;
  let restsUntil = Number.NEGATIVE_INFINITY;
  const worker = createWorker(deps.clock, round);
  const stopListening = deps.journal.onChange((change) => {
    if (concerns(change, quiet.size > 0)) worker.wake();
  });

  async function round(): Promise<number | null> {
    const restMs = restsUntil - deps.clock.monotonicMs();
    if (restMs > 0) return restMs;
    try {
      await pass();
      backOff.succeeded(PASS);
    } catch (error) {
      deps.logger.error({ err: error }, 'silenced incidents could not be brought up to date');
      return Math.max(0, backOff.failed(PASS) - deps.clock.monotonicMs());
    }
    restsUntil = deps.clock.monotonicMs() + REST_MS;
    return null;
  }

  async function pass(): Promise<void> {
    const now = deps.clock.now();
    const muting = compileMuting(await silencesInForce(deps, now));
    deps.metrics.active(muting.map(({ id }) => id));
    if (muting.length === 0 && quiet.size === 0 && !isFirst) return;
    const firing = muting.length === 0 ? new Map<string, FiringAlerts>() : await firingAlerts(deps);
    for (const { id, state } of await deps.journal.aggregates<IncidentState>('incident', { open: true })) {
      const isQuiet = await bring(id, state, firing.get(id) ?? null, muting);
      if (isQuiet) quiet.add(id);
      else quiet.delete(id);
    }
    isFirst = false;
  }

  /** Resolves with whether the incident is silenced now. */
  async function bring(
    id: string,
    state: IncidentState,
    alerts: FiringAlerts | null,
    muting: readonly Muting[],
  ): Promise<boolean> {
    const over = wantsQuiet(state, alerts) ? silenceOver(alerts?.labels ?? [], muting) : null;
    if (over !== null) return quietIncident(deps, id, state, over);
    return hearIncident(deps, id, state);
  }

  return {
    start: worker.start,
    stop: async () => {
      stopListening();
      await worker.stop();
    },
    wake: worker.wake,
    pass,
  };
}

interface FiringAlerts {
  readonly labels: Labels[];
  /** An alert whose labels were erased: nobody can say that it is muted. */
  isUnreadable: boolean;
}

/** A P0 is never quiet: what somebody silences elsewhere does not keep it from people. */
function wantsQuiet({ status, severity }: IncidentState, alerts: FiringAlerts | null): boolean {
  const isLive = status === 'firing' || status === 'acknowledged';
  return isLive && severity !== 'P0' && alerts !== null && !alerts.isUnreadable;
}

async function firingAlerts(deps: QuietingDeps): Promise<Map<string, FiringAlerts>> {
  const firing = new Map<string, FiringAlerts>();
  for await (const page of labelledSince(deps.journal, deps.clock.now())) {
    for (const { occurrence, labels } of page) {
      if (occurrence.status !== 'firing') continue;
      const alerts = firing.get(occurrence.incident) ?? { labels: [], isUnreadable: false };
      firing.set(occurrence.incident, alerts);
      if (labels === null) alerts.isUnreadable = true;
      else alerts.labels.push(labels);
    }
  }
  return firing;
}

/** A silence changed; or an incident did that may be one of the silenced ones, or should be. */
function concerns({ events }: Change, anyQuiet: boolean): boolean {
  return events.some(({ kind, type }) => kind === SILENCE || (kind === 'incident' && (anyQuiet || TURNING.has(type))));
}

const TURNING: ReadonlySet<string> = new Set([
  'incident.opened',
  'incident.alerts-changed',
  'incident.refired',
  'incident.reopened',
  'incident.unquieted',
  'incident.severity-changed',
  'incident.split-off',
]);
