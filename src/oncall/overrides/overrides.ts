import { Counter } from 'prom-client';
import type { Command, Outcome } from '../../core/command.ts';
import type { ConfigSource, OncallConfig } from '../../core/config/config.ts';
import type { Logger } from '../../core/logger.ts';
import type { Registry } from '../../core/metrics.ts';
import { digestOf } from '../../journal/digest.ts';
import type { AggregateChange, Journal, NewEvent } from '../../journal/port.ts';
import type { CommandDecision, OncallPart } from '../part.ts';
import { decideOverride, type Planned } from './decide-override.ts';
import { decideRemoval, unknownOverride } from './decide-removal.ts';
import { decideSwap } from './decide-swap.ts';
import { describeOverride } from './describe.ts';
import { evolveOverride, OVERRIDE, type OverrideState } from './override-state.ts';
import { isRefusal, type Refusal } from './read-asked.ts';

export interface OverridesDeps {
  readonly journal: Journal;
  /** The roster: what people laid over it already is in it. */
  readonly config: ConfigSource;
  readonly logger: Logger;
  readonly metrics: Registry;
}

type Plan = (oncall: OncallConfig, args: Command['args'], now: number) => Planned | Refusal;
type Decided = { readonly decision: CommandDecision; readonly code: string };

/**
 * Who stands in for whom. In: `override`, `swap`, `override-remove`. Out: an aggregate `OVR-<n>` that the roster lays over
 * the schedules, or a refusal.
 */
export function createOverrides({ journal, config, logger, metrics }: OverridesDeps): OncallPart {
  const asked = new Counter({
    name: 'gianna_ops_oncall_override_commands_total',
    help: 'Overrides and swaps that people asked for, by verb and outcome (done, or why not).',
    labelNames: ['verb', 'outcome'],
    registers: [metrics],
  });
  const counted = (decide: (command: Command) => Promise<Decided>) => async (command: Command) => {
    const { decision, code } = await decide(command);
    asked.inc({ verb: command.verb, outcome: code });
    logger.info({ verb: command.verb, by: command.by, outcome: code }, 'roster command decided');
    return decision;
  };
  const lay = (type: string, plan: Plan) =>
    counted(async (command) => {
      const planned = plan(config.current().oncall, command.args, command.at);
      return isRefusal(planned) ? refused(planned) : begin(journal, command, type, planned);
    });
  return {
    commands: {
      override: lay('override.made', decideOverride),
      swap: lay('override.swapped', decideSwap),
      'override-remove': counted((command) => remove(journal, command)),
    },
    describe: describeOverride,
  };
}

async function begin(journal: Journal, command: Command, type: string, planned: Planned): Promise<Decided> {
  const number = await journal.nextNumber(OVERRIDE);
  const reason = planned.reason === null ? null : digestOf(planned.reason);
  const event = { type, v: 1, data: { ...planned.made, reason } };
  const change = { ...changeOf(command, { id: `OVR-${number}`, before: null, version: 0, event }), number };
  const texts = reason === null ? [] : [[reason, planned.reason ?? ''] as const];
  return done(command, change, `${planned.text} It is ${change.id}.`, new Map(texts));
}

async function remove(journal: Journal, command: Command): Promise<Decided> {
  const id = String(command.args.id ?? '');
  const row = await journal.aggregate<OverrideState>(OVERRIDE, id);
  if (row === null) return refused(unknownOverride(id));
  const decided = decideRemoval(row.state, command.at);
  if (isRefusal(decided)) return refused(decided);
  const event = { type: 'override.removed', v: 1, data: {} };
  return done(command, changeOf(command, { id, before: row.state, version: row.version, event }), decided.text);
}

function changeOf(
  { at, by }: Command,
  { id, before, version, event }: { id: string; before: OverrideState | null; version: number; event: NewEvent },
): AggregateChange {
  const state = evolveOverride(before, { ...event, id, at, actor: by });
  return { kind: OVERRIDE, id, expected: version, key: null, state, events: [event] };
}

function done(
  { at, by }: Command,
  change: AggregateChange,
  text: string,
  payloads: ReadonlyMap<string, string> = new Map(),
): Decided {
  const outcome: Outcome = { kind: 'done', text, override: change.id };
  return { decision: { batch: { at, actor: by, aggregates: [change], payloads }, outcome }, code: 'done' };
}

function refused({ code, text, remedy }: Refusal): Decided {
  return { decision: { batch: null, outcome: { kind: 'refused', code, text, remedy } }, code };
}
