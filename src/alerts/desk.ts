/**
 * The alerts room as app.ts wires it. In: stored payloads, people's commands, timers that fell due. Out: batches for
 * the journal, each whole in itself, with what escalation wants in the same transaction.
 */
import type { Actor, Command } from '../core/command.ts';
import { refuse } from '../core/errors.ts';
import type { Registry } from '../core/metrics.ts';
import { decideUntilAppended } from '../journal/decide.ts';
import type { Batch, InboxRow, StoredEvent, Timer } from '../journal/port.ts';
import { asText } from './about.ts';
import { type CommandDeps, contextOf } from './commands/act.ts';
import { type CommandDecision, createCommands } from './commands.ts';
import { asIncidentEvent } from './events.ts';
import { evolveIncident } from './evolve.ts';
import { flappingDueAt } from './flapping.ts';
import { createHostKeyAlarm, type HostKeyAlarm } from './host-key-alarm.ts';
import { decideIncident, type IncidentCommand } from './incident.ts';
import { mergeParts } from './incident-batch.ts';
import { batchOfSet, createIncidentSet } from './incident-set.ts';
import type { IncidentState } from './incident-state.ts';
import { cancel, type IncidentTimer } from './incident-timers.ts';
import { createAlertMetrics, observeWatchdog } from './metrics.ts';
import { createReceive, type Receive } from './receive.ts';
import { endGone } from './reconcile-rows.ts';
import { createSettle } from './settle.ts';
import { armWatchdog, createWatchdogTimer, isBlind } from './watchdog.ts';

export type AlertDeskDeps = Omit<CommandDeps, 'metrics' | 'settle'> & {
  readonly metrics: Registry;
  /** A delivery left something open that Alertmanager, asked, can say. */
  readonly doubt?: () => void;
};

/** Decides a timer that fell due; null: nobody wants it any more. */
export type IncidentTimerHandler = (timer: Timer, now: number) => Promise<Batch | null>;

export interface AlertDesk {
  /** Decides inbox rows of source `alertmanager`, in their order, as many as one batch holds. */
  receive: Receive;
  /** Decides an inbox row of source `reconcile-gone`. */
  endGone(row: InboxRow): Promise<{ readonly batch: Batch | null }>;
  /** Handles what people do to incidents: `ack`, `resolve`, `note`, `severity`, `merge`, … */
  command(command: Command): Promise<CommandDecision>;
  /** The batch of a change that another part decides about an incident; null: nothing changes, or there is none. */
  change(incident: string, command: IncidentCommand, by: Actor): Promise<Batch | null>;
  readonly timers: Readonly<Record<`incident.${IncidentTimer}` | 'watchdog.missing', IncidentTimerHandler>>;
  /** Misses the watchdog from now on where the configuration requires it; at the start and at each change of it. */
  armWatchdog(): Promise<void>;
  /** Hosts that do not show their pinned key. */
  readonly hostKeys: HostKeyAlarm;
  /** The batch that writes down what a diagnosis found; `checksJson` is the JSON of its check results. */
  recordDiagnosis(incident: string, checksJson: string, by: Actor): Promise<Batch>;
  /** The batch that writes down gathered context; `contextJson` is the JSON of an `IncidentContext`. */
  recordContext(incident: string, contextJson: string): Promise<Batch>;
  /** Folds a stored event of an incident, for `journal verify --state`. */
  readonly evolvers: { readonly incident: (state: unknown, event: StoredEvent) => IncidentState };
}

/** Wires the room's parts. Conflicts are the caller's: ask again. */
export function createAlertDesk(deps: AlertDeskDeps): AlertDesk {
  const metrics = createAlertMetrics(deps.metrics);
  observeWatchdog(deps.metrics, () => isBlind(deps.journal));
  const parts: CommandDeps = { ...deps, metrics, settle: createSettle() };
  deps.journal.onChange(({ events }) => {
    for (const event of events) if (event.kind === 'incident') metrics.incidentEvent(event.type);
  });
  const timer = (purpose: IncidentTimer, verb: TimerVerb): IncidentTimerHandler => {
    return (due, now) => fireTimer(parts, due.id, purpose, verb, now);
  };
  return {
    receive: createReceive(parts),
    endGone: async (row) => {
      const { journal: reader, clock, config, follow, logger } = deps;
      const desk = { reader, config: config.current(), at: clock.now(), follow, settle: parts.settle };
      const { batch, ended } = await endGone(desk, row);
      if (ended > 0) logger.info({ row: row.id, ended }, 'alerts ended: alertmanager no longer has them');
      return { batch };
    },
    command: createCommands(parts),
    timers: {
      'incident.auto-resolve': timer('auto-resolve', 'resolve-auto'),
      'incident.resolve-reminder': timer('resolve-reminder', 'remind'),
      'incident.close': timer('close', 'close'),
      'incident.wake': timer('wake', 'wake'),
      'incident.drill-over': timer('drill-over', 'end-drill'),
      'incident.flapping': timer('flapping', 'end-flapping'),
      'watchdog.missing': createWatchdogTimer({ ...parts, startedAt: deps.clock.now() }),
    },
    armWatchdog: async () => {
      const { journal, clock, config } = deps;
      await decideUntilAppended(journal, () => armWatchdog(journal, config.current(), clock.now()));
    },
    hostKeys: createHostKeyAlarm(parts),
    change: (incident, command, by) => changeBatch(parts, incident, command, deps.clock.now(), by),
    recordDiagnosis: (incident, checksJson, by) => recordDiagnosis(parts, incident, checksJson, by),
    recordContext: (incident, contextJson) => recordContext(parts, incident, contextJson),
    evolvers: { incident: foldStored },
  };
}

type TimerVerb = Extract<
  IncidentCommand['verb'],
  'resolve-auto' | 'remind' | 'close' | 'wake' | 'end-flapping' | 'end-drill'
>;

async function fireTimer(
  deps: CommandDeps,
  id: string,
  purpose: IncidentTimer,
  verb: TimerVerb,
  now: number,
): Promise<Batch | null> {
  const batch = await changeBatch(deps, id, { verb }, now, 'auto');
  if (batch === null) return purpose === 'flapping' ? laterFlapping(deps, id, now) : null;
  deps.logger.info({ incident: id, purpose }, 'incident timer fired');
  return mergeParts({ at: now, actor: 'auto' }, [{ timers: [cancel(id, purpose)] }, batch]);
}

/** A changed configuration may have it flap for longer. */
async function laterFlapping(deps: CommandDeps, id: string, now: number): Promise<Batch | null> {
  const row = await deps.journal.aggregate<IncidentState>('incident', id);
  const dueAt = row === null ? null : flappingDueAt(row.state, deps.config.current().routing.flapping);
  if (dueAt === null || dueAt <= now) return null;
  return {
    at: now,
    actor: 'auto',
    timers: [{ op: 'set', kind: 'incident', id, purpose: 'flapping', dueAt, data: {} }],
  };
}

async function recordDiagnosis(deps: CommandDeps, id: string, checksJson: string, by: Actor): Promise<Batch> {
  const checks = asText(checksJson);
  const now = deps.clock.now();
  const batch = await changeBatch(deps, id, { verb: 'record-diagnosis', checks: checks.digest }, now, by);
  if (batch === null) throw refuse('INCIDENT_UNKNOWN', `There is no incident ${id}.`, 'See which are open: status');
  return mergeParts(batch, [{ payloads: new Map([[checks.digest, checks.text]]) }]);
}

async function recordContext(deps: CommandDeps, id: string, contextJson: string): Promise<Batch> {
  const context = asText(contextJson);
  const now = deps.clock.now();
  const batch = await changeBatch(deps, id, { verb: 'record-context', context: context.digest }, now, 'auto');
  // it closed meanwhile: nobody looks at it any more
  if (batch === null) return { at: now, actor: 'auto' };
  return mergeParts(batch, [{ payloads: new Map([[context.digest, context.text]]) }]);
}

/** null: there is no such incident, or nothing changes. */
async function changeBatch(
  deps: CommandDeps,
  id: string,
  command: IncidentCommand,
  at: number,
  actor: Actor,
): Promise<Batch | null> {
  const config = deps.config.current();
  const set = createIncidentSet(deps.journal, at, actor);
  const state = await set.get(id);
  if (state === null) return null;
  const decision = decideIncident(state, command, contextOf(config, at));
  if (decision.kind === 'refused') return null;
  set.apply(id, ...decision.events);
  await deps.settle(set, config);
  return batchOfSet(set, config, deps.follow);
}

function foldStored(state: unknown, event: StoredEvent): IncidentState {
  const own = asIncidentEvent(event);
  if (own === null) throw new Error(`${event.kind} ${event.id} is no incident`);
  return evolveIncident(state as IncidentState | null, own);
}
