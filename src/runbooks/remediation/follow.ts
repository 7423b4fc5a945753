import type { Batch, StoredEvent } from '../../journal/port.ts';
import { createWorker, type Worker } from '../../journal/worker.ts';
import { RUN_KIND } from '../run-change.ts';
import { definitionOf } from './change-rule.ts';
import type { RemediationDeps } from './deps.ts';
import { judgeRun } from './judge.ts';
import { lookAt, lookId } from './look.ts';
import { ripeAt } from './matching.ts';
import { readRemediationEvent } from './remediation-events.ts';
import { REMEDIATION, type RemediationState } from './remediation-state.ts';

/** Everything is looked over so often: what was missed, and rules that a new configuration brings. */
const EVERY_MS = 60_000;
const AFTER_FAILURE_MS = 1_000;
/** A look that is due already; later than any before it, for a look's time is part of its effect's key. */
const SOON_MS = 1_000;

export interface RemediationFollower extends Pick<Worker, 'start' | 'stop'> {
  /** Looks over every open incident and every run that was not judged; sets timers and judges. Never throws. */
  lookOver(): Promise<void>;
}

/** Follows incidents and runs: an alert that a rule means gets its timer, a run that is over is judged. */
export function createRemediationFollower(deps: RemediationDeps): RemediationFollower {
  const incidents = new Set<string>();
  const runs = new Set<string>();
  let allAt = Number.NEGATIVE_INFINITY;
  const stopListening = deps.journal.onChange(({ events }) => {
    const size = incidents.size + runs.size;
    for (const event of events) {
      const run = runIn(event);
      if (run !== null) runs.add(run);
      if (event.kind === 'incident') incidents.add(event.id);
      if (event.kind === REMEDIATION && event.incident !== null) incidents.add(event.incident);
    }
    if (incidents.size + runs.size > size) worker.wake();
  });

  async function round(): Promise<number> {
    try {
      if (deps.clock.monotonicMs() - allAt >= EVERY_MS) await noteAll();
      await each(runs, (run) => judgeRun(run, deps));
      await each(incidents, (incident) => setLooks(incident, deps));
      return EVERY_MS;
    } catch (error) {
      deps.logger.warn({ err: error }, 'remediation could not follow and tries again');
      return AFTER_FAILURE_MS;
    }
  }
  async function noteAll(): Promise<void> {
    for (const incident of await deps.openIncidents()) incidents.add(incident);
    for (const { state } of await deps.journal.aggregates<RemediationState>(REMEDIATION, { open: true })) {
      for (const { run } of state.open) if (run !== null) runs.add(run);
    }
    allAt = deps.clock.monotonicMs();
  }
  const worker = createWorker(deps.clock, round);
  return {
    start: worker.start,
    stop: async () => {
      stopListening();
      await worker.stop();
    },
    lookOver: async () => {
      allAt = Number.NEGATIVE_INFINITY;
      await round();
    },
  };
}

/** The run that an event may have ended; one that a rule has just learnt of may be over already. */
function runIn(event: StoredEvent): string | null {
  if (event.kind === RUN_KIND) return event.id;
  if (event.type !== 'remediation.started') return null;
  const started = readRemediationEvent(event);
  return started.type === 'remediation.started' ? started.data.run : null;
}

/** Takes each out before it is worked on, so that what happens meanwhile is worked on again. */
async function each(ids: Set<string>, work: (id: string) => Promise<void>): Promise<void> {
  for (const id of ids) {
    ids.delete(id);
    try {
      await work(id);
    } catch (error) {
      ids.add(id);
      throw error;
    }
  }
}

/** A timer for each rule that means an alert of the incident, unless one is set or its run is not over. */
async function setLooks(id: string, deps: RemediationDeps): Promise<void> {
  const rules = deps.config.current().policy.remediation.filter(({ isOn }) => isOn);
  if (rules.length === 0) return;
  const incident = await deps.incident(id);
  if (incident?.status !== 'firing') return;
  for (const rule of rules) {
    const ripe = ripeAt(rule, incident);
    if (ripe === null) continue;
    const look = { rule: rule.name, incident: id, looks: 0 };
    const state = (await deps.journal.aggregate<RemediationState>(REMEDIATION, rule.name))?.state;
    if (state?.open.some((run) => run.incident === id) === true) continue;
    if (state?.status === 'off' && state.offAs === definitionOf(rule)) continue;
    if ((await deps.journal.timersOf(REMEDIATION, lookId(look))).length > 0) continue;
    const now = deps.clock.now();
    const batch: Batch = { at: now, actor: 'auto', timers: [lookAt(look, Math.max(ripe, now + SOON_MS))] };
    await deps.journal.append(batch);
  }
}
