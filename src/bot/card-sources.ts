import type { DescribeEvent } from '../alerts/change.ts';
import { readContext } from '../alerts/context/read.ts';
import type { IncidentView } from '../alerts/incident-view.ts';
import { entriesOf } from '../alerts/timeline.ts';
import { viewIncident } from '../alerts/views.ts';
import type { Config, ConfigSource } from '../core/config/config.ts';
import type { JournalReader, StoredEvent } from '../journal/port.ts';
import type { EscalationView } from '../oncall/page.ts';
import type { CheckResult } from '../probes/check.ts';
import type { RunView } from '../runbooks/views.ts';
import { childrenOf, reasonsOf } from './card-reasons.ts';
import { RESTART } from './modals/run/run-meta.ts';
import type { Diagnosis, IncidentCard, NameOf, RunCard, ServiceFacts } from './render/cards.ts';

export interface CardDeps {
  readonly journal: JournalReader;
  readonly config: ConfigSource;
  readonly describers: readonly DescribeEvent[];
  readonly escalationOf: (incident: string) => Promise<EscalationView | null>;
  readonly run: (id: string) => Promise<RunView | null>;
  readonly nameOf: NameOf;
  /** Alerts can be silenced. */
  readonly maySilence: () => boolean;
}

export interface CardSources {
  /** null: no such incident. */
  incident(id: string): Promise<IncidentCard | null>;
  /** What is known of these, without their timelines; of those that are there. */
  views(ids: readonly string[]): Promise<IncidentView[]>;
  /** null: no such run. */
  run(id: string): Promise<RunCard | null>;
}

/** Gathers what the messages about an incident or a run are rendered from, from the rooms that own it. */
export function createCardSources(deps: CardDeps): CardSources {
  return {
    incident: async (id) => {
      const view = await viewIncident(deps.journal, id);
      if (view === null) return null;
      const events = await deps.journal.eventsAbout(id);
      const config = deps.config.current();
      const reasons = await reasonsOf(deps.journal, view, events);
      return {
        view,
        escalation: await deps.escalationOf(id),
        timeline: await entriesOf(deps.journal, events, deps.describers, deps.nameOf),
        service: serviceFacts(config, view),
        diagnosis: await latestDiagnosis(deps.journal, events),
        context: await readContext(deps.journal, id),
        running: await currentRun(deps, events),
        ...(reasons === null ? {} : { reasons }),
        children: await childrenOf(deps.journal, view),
        runbooks: view.runbooks.filter((name) => name !== RESTART && Object.hasOwn(config.runbooks, name)),
        maySilence: deps.maySilence(),
        resolvesItself: config.severities[view.severity].resolve === 'auto',
      };
    },
    views: async (ids) => {
      const views = await Promise.all(ids.map((id) => viewIncident(deps.journal, id)));
      return views.filter((view) => view !== null);
    },
    run: async (id) => {
      const run = await deps.run(id);
      if (run === null) return null;
      const incident = run.incident === null ? null : await viewIncident(deps.journal, run.incident);
      return runCard(run, incident?.severity ?? null);
    },
  };
}

/** Actions need a service that this release can reach: a container or a command. */
function serviceFacts(config: Config, view: IncidentView): ServiceFacts {
  const service = view.service === null ? undefined : config.services[view.service];
  if (service === undefined) {
    return {
      mayDiagnose: false,
      mayRestart: false,
      reason: 'No service of hosts.yml belongs to this alert, so no actions are offered.',
    };
  }
  const { kind } = service.driver;
  const mayRestart = (kind === 'container' || kind === 'command') && Object.hasOwn(config.runbooks, RESTART);
  const mayDiagnose = service.probes.length > 0;
  const reason =
    mayRestart || mayDiagnose
      ? null
      : `The service ${view.service} has no probes, and its driver (${kind}) cannot act yet.`;
  return { mayDiagnose, mayRestart, reason };
}

async function latestDiagnosis(journal: JournalReader, events: readonly StoredEvent[]): Promise<Diagnosis | null> {
  const last = events.findLast((event) => event.type === 'incident.diagnosed');
  if (last === undefined) return null;
  const text = await journal.payload(String(last.data.checks));
  if (text === null) return null;
  return { at: last.at, by: last.actor, checks: JSON.parse(text) as CheckResult[] };
}

async function currentRun(deps: CardDeps, events: readonly StoredEvent[]): Promise<IncidentCard['running']> {
  const last = events.findLast((event) => event.kind === 'run');
  if (last === undefined) return null;
  const run = await deps.run(last.id);
  if (run === null || (run.status !== 'running' && run.status !== 'waiting')) return null;
  return { id: run.id, runbook: run.runbook, by: run.by, at: run.startedAt ?? run.requestedAt };
}

function runCard(run: RunView, severity: string | null): RunCard {
  return {
    id: run.id,
    version: run.version,
    runbook: run.runbook,
    target: run.service ?? run.plan?.targets.map((target) => target.service).join(', ') ?? '',
    incident: run.incident,
    by: run.by,
    status: run.status,
    verdict: run.verdict,
    summary: run.summary,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    steps: run.steps.map(({ id, kind, status, startedAt, endedAt, summary, verifies, units, isUndone }) => {
      const seconds = startedAt === null || endedAt === null ? null : (endedAt - startedAt) / 1000;
      return { id, kind, status, seconds, summary, verifies, units, isUndone };
    }),
    risk: run.risk,
    reason: run.reason,
    requestedAt: run.requestedAt,
    planHash: run.planHash,
    because: run.plan?.needs.because ?? [],
    plan: run.plan?.steps ?? [],
    dry: run.dry,
    approval: run.approval,
    stop: run.stop,
    asks: run.asks,
    isAbandoned: run.isAbandoned,
    mayUndo: run.mayUndo,
    hasLog: run.hasLog,
    phase: run.phase,
    severity,
  };
}
