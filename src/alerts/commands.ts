import type { Command, Outcome } from '../core/command.ts';
import type { AggregateRow, Batch, Journal } from '../journal/port.ts';
import {
  type Act,
  type Acted,
  type CommandDeps,
  contextOf,
  type Handle,
  isRefusal,
  type Refusal,
  refusal,
} from './commands/act.ts';
import { alongText } from './commands/along.ts';
import { assign } from './commands/assign.ts';
import { ack, note, resolve } from './commands/basic.ts';
import { addResponder, escalate, needHelp, passOn, stillOnIt, unack } from './commands/calls.ts';
import { diagnose } from './commands/diagnose.ts';
import { drill } from './commands/drill.ts';
import { merge, unmerge } from './commands/merge.ts';
import { open } from './commands/open.ts';
import { reopen } from './commands/reopen.ts';
import { severity } from './commands/severity.ts';
import { snooze, unsnooze } from './commands/snooze.ts';
import { split } from './commands/split.ts';
import { mergeParts } from './incident-batch.ts';
import { batchOfSet, createIncidentSet } from './incident-set.ts';
import type { IncidentState } from './incident-state.ts';

export interface CommandDecision {
  readonly batch: Batch | null;
  readonly outcome: Outcome;
}

/** Verbs about an incident that this room decides. */
const ON_INCIDENTS = {
  ack,
  resolve,
  note,
  diagnose,
  severity,
  assign,
  snooze,
  unsnooze,
  merge,
  unmerge,
  split,
  reopen,
  unack,
  'pass-on': passOn,
  'need-help': needHelp,
  'still-on-it': stillOnIt,
  'add-responder': addResponder,
  escalate,
} satisfies Readonly<Record<string, Handle>>;
/** Verbs that open one. */
const OPENING: ReadonlySet<string> = new Set(['open', 'drill']);
type IncidentVerb = keyof typeof ON_INCIDENTS;

/** Makes the handler of commands about incidents. Refusals are outcomes, never exceptions. */
export function createCommands(deps: CommandDeps): (command: Command) => Promise<CommandDecision> {
  return async (command) => {
    const decision = await decideCommand(deps, command);
    const verb = isIncidentVerb(command.verb) || OPENING.has(command.verb) ? command.verb : 'other';
    const { incident } = command;
    if (decision.outcome.kind === 'refused') {
      deps.metrics.refused(verb, decision.outcome.code);
      deps.logger.info({ incident, verb, code: decision.outcome.code }, 'command refused');
    } else {
      deps.logger.info({ incident: decision.outcome.incident, verb, by: command.by }, 'command decided');
    }
    return decision;
  };
}

function isIncidentVerb(verb: string): verb is IncidentVerb {
  return Object.hasOwn(ON_INCIDENTS, verb);
}

async function decideCommand(deps: CommandDeps, command: Command): Promise<CommandDecision> {
  const config = deps.config.current();
  const at = deps.clock.now();
  const set = createIncidentSet(deps.journal, at, command.by);
  const act: Act = { journal: deps.journal, config, command, context: contextOf(config, at), set };
  const acted = await handle(act, command);
  if (isRefusal(acted)) return { batch: null, outcome: acted };
  await deps.settle(set, config);
  const change = (await batchOfSet(set, config, deps.follow)) ?? { at, actor: command.by };
  const batch = mergeParts(change, acted.part === undefined ? [] : [acted.part]);
  const incident = acted.incident ?? command.incident;
  const text = `${acted.text}${alongText(set, command.incident)}`;
  const outcome = { kind: 'done', text, ...(incident === undefined ? {} : { incident }) } as const;
  return { batch, outcome };
}

async function handle(act: Act, command: Command): Promise<Acted | Refusal> {
  const { verb } = command;
  if (verb === 'open') return open(act);
  if (verb === 'drill') return drill(act);
  if (!isIncidentVerb(verb)) {
    return refusal('VERB_UNKNOWN', `"${verb}" is nothing that can be done to an incident.`, 'See: help');
  }
  const row = command.incident === undefined ? null : await incidentRow(act.journal, command.incident);
  if (row === null) {
    const which = command.incident === undefined ? 'No incident was named.' : 'There is no such incident.';
    return refusal('INCIDENT_UNKNOWN', which, 'See which are open: status');
  }
  const { id, version, state } = row;
  act.set.adopt({ id, version, before: state });
  return ON_INCIDENTS[verb]({ ...act, id, version, state });
}

function incidentRow(journal: Journal, id: string): Promise<AggregateRow<IncidentState> | null> {
  return journal.aggregate<IncidentState>('incident', id);
}
