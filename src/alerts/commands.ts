import type { Clock } from '../core/clock.ts';
import type { Command, Outcome } from '../core/command.ts';
import type { Config, ConfigSource } from '../core/config/config.ts';
import type { Logger } from '../core/logger.ts';
import type { AggregateRow, Batch, Journal } from '../journal/port.ts';
import { asText, type Text } from './about.ts';
import { actorName } from './actor-name.ts';
import type { FollowIncident } from './change.ts';
import { asIncidentEvent } from './events.ts';
import { evolveIncident } from './evolve.ts';
import { decideIncident, type IncidentCommand } from './incident.ts';
import { batchOfChange, mergeParts } from './incident-batch.ts';
import type { IncidentState, IncidentStatus } from './incident-state.ts';
import type { AlertMetrics } from './metrics.ts';

export interface CommandDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: AlertMetrics;
  readonly follow: FollowIncident;
}

export interface CommandDecision {
  readonly batch: Batch | null;
  readonly outcome: Outcome;
}

/** Verbs about an incident that this room decides. */
export const INCIDENT_VERBS = ['ack', 'resolve', 'note', 'diagnose'] as const;
export type IncidentVerb = (typeof INCIDENT_VERBS)[number];

type Refusal = Extract<Outcome, { kind: 'refused' }>;
type Row = AggregateRow<IncidentState>;
interface Asked {
  readonly command: IncidentCommand;
  readonly text: (after: IncidentState) => string;
  /** What goes into the same batch. */
  readonly part: Partial<Batch>;
}

const LONGEST_NOTE = 3000;

/** Makes the handler of commands about incidents. Refusals are outcomes, never exceptions. */
export function createCommands(deps: CommandDeps): (command: Command) => Promise<CommandDecision> {
  return async (command) => {
    const outcome = await decideCommand(deps, command);
    if (outcome.outcome.kind === 'refused') {
      const verb = isIncidentVerb(command.verb) ? command.verb : 'other';
      deps.metrics.refused(verb, outcome.outcome.code);
      deps.logger.info({ incident: command.incident, verb, code: outcome.outcome.code }, 'command refused');
    }
    return outcome;
  };
}

function isIncidentVerb(verb: string): verb is IncidentVerb {
  return INCIDENT_VERBS.some((known) => known === verb);
}

async function decideCommand(deps: CommandDeps, command: Command): Promise<CommandDecision> {
  if (!isIncidentVerb(command.verb)) {
    return declined('VERB_UNKNOWN', `"${command.verb}" is nothing that can be done to an incident.`, 'See: help');
  }
  const row = command.incident === undefined ? null : await incidentRow(deps.journal, command.incident);
  if (row === null) {
    const which = command.incident === undefined ? 'No incident was named.' : 'There is no such incident.';
    return declined('INCIDENT_UNKNOWN', which, 'See which are open: status');
  }
  const config = deps.config.current();
  const asked = await translate(deps, config, command, command.verb, row);
  return 'code' in asked ? { batch: null, outcome: asked } : carryOut(deps, config, command, row, asked);
}

async function carryOut(
  deps: CommandDeps,
  config: Config,
  command: Command,
  row: Row,
  asked: Asked,
): Promise<CommandDecision> {
  const at = deps.clock.now();
  const decision = decideIncident(row.state, asked.command, { now: at, nameOf: (actor) => actorName(config, actor) });
  if (decision.kind === 'refused') return declined(decision.code, decision.text, decision.remedy);
  const { id, version, state: before } = row;
  const change = { id, version, before, events: decision.events, at, actor: command.by };
  const batch = mergeParts(await batchOfChange(change, config, deps.follow), [asked.part]);
  deps.logger.info({ incident: id, verb: command.verb, by: command.by }, 'command decided');
  return { batch, outcome: { kind: 'done', text: asked.text(before), incident: id } };
}

async function translate(
  deps: CommandDeps,
  config: Config,
  command: Command,
  verb: IncidentVerb,
  row: Row,
): Promise<Asked | Refusal> {
  const { id } = row;
  switch (verb) {
    case 'ack':
      return { command: { verb }, text: () => `${id} acknowledged. Paging has stopped.`, part: {} };
    case 'resolve': {
      const seenStatus = await statusSeen(deps.journal, row, command.seen);
      return {
        command: { verb, seenStatus },
        text: (state) => `${id} resolved.${stillFiring(state.firing)}`,
        part: {},
      };
    }
    case 'note':
      return askNote(id, command.args.text);
    case 'diagnose':
      return askDiagnosis(deps.journal, config, command, row);
    default:
      return verb satisfies never;
  }
}

function askNote(id: string, text: unknown): Asked | Refusal {
  const note = typeof text === 'string' ? text.trim() : '';
  if (note === '')
    return refusal('NOTE_EMPTY', 'The note is empty; nothing was written.', `Try: note ${id} what you saw`);
  if (note.length > LONGEST_NOTE) {
    const what = `The note has ${note.length} characters; ${LONGEST_NOTE} is the most. Nothing was written.`;
    return refusal('NOTE_TOO_LONG', what, 'Shorten it, or write it into the thread.');
  }
  const stored: Text = asText(note);
  const payloads = new Map([[stored.digest, stored.text]]);
  return { command: { verb: 'note', text: stored.digest }, text: () => `Noted on ${id}.`, part: { payloads } };
}

async function askDiagnosis(journal: Journal, config: Config, command: Command, row: Row): Promise<Asked | Refusal> {
  const { id, version, state } = row;
  const refused = await diagnosisRefusal(journal, config, row);
  if (refused !== null || state.service === null) return refused ?? noService(id);
  const { service } = state;
  const data = { service, by: command.by };
  const key = `diagnose|${id}|${version + 1}`;
  return {
    command: { verb: 'diagnose', service },
    text: () => `Diagnosis of ${service} has started.`,
    part: { effects: [{ op: 'ask', key, kind: 'diagnose', incident: id, data }] },
  };
}

async function diagnosisRefusal(journal: Journal, config: Config, { id, state }: Row): Promise<Refusal | null> {
  if (state.status === 'closed') return refusal('INCIDENT_CLOSED', `${id} is closed.`, 'Run the probes instead: probe');
  if (state.service === null) return noService(id);
  const probes = config.services[state.service]?.probes ?? [];
  if (probes.length === 0) {
    const what = `Service ${state.service} has no probes, so there is nothing to run.`;
    return refusal('NO_PROBES', what, 'Name its probes in hosts.yml.');
  }
  const running = await journal.effects({ kinds: ['diagnose'], states: ['wanted', 'claimed'], incident: id, limit: 1 });
  if (running.length === 0) return null;
  return refusal('DIAGNOSIS_RUNNING', `A diagnosis of ${state.service} is running already.`, 'Wait for its result.');
}

function noService(id: string): Refusal {
  const what = `${id} belongs to no configured service, so there is nothing to probe.`;
  return refusal('NO_SERVICE', what, 'Name the service in routes.yml, or a default_service in hosts.yml.');
}

/** Its status at the version the person saw; null when they did not say or it is what we have. */
async function statusSeen(journal: Journal, row: Row, seen: number | undefined): Promise<IncidentStatus | null> {
  if (seen === undefined || seen >= row.version) return null;
  let state: IncidentState | null = null;
  for (const event of await journal.eventsOf('incident', row.id)) {
    const own = event.version <= seen ? asIncidentEvent(event) : null;
    if (own !== null) state = evolveIncident(state, own);
  }
  return state?.status ?? null;
}

function stillFiring(firing: number): string {
  if (firing === 0) return '';
  return firing === 1 ? ' 1 alert still fires.' : ` ${firing} alerts still fire.`;
}

function incidentRow(journal: Journal, id: string): Promise<Row | null> {
  return journal.aggregate<IncidentState>('incident', id);
}

function refusal(code: string, text: string, remedy: string): Refusal {
  return { kind: 'refused', code, text, remedy };
}

function declined(code: string, text: string, remedy: string): CommandDecision {
  return { batch: null, outcome: refusal(code, text, remedy) };
}
