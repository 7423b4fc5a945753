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
import { type Told, tellConcerned } from './tell.ts';

export interface OverridesDeps {
  readonly journal: Journal;
  /** The roster: what people laid over it already is in it. */
  readonly config: ConfigSource;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** Plain name of an actor or of a key of oncall.people. */
  readonly nameOf: (actor: string) => string;
}

type Plan = (oncall: OncallConfig, args: Command['args'], now: number) => Planned | Refusal;
type Decided = { readonly decision: CommandDecision; readonly code: string };

/**
 * Who stands in for whom. In: `override`, `swap`, `override-remove`. Out: an aggregate `OVR-<n>` that the roster lays over
 * the schedules, or a refusal.
 */
export function createOverrides({ journal, config, logger, metrics, nameOf }: OverridesDeps): OncallPart {
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
      const { oncall } = config.current();
      const planned = plan(oncall, command.args, command.at);
      return isRefusal(planned) ? refused(planned) : begin({ journal, oncall, nameOf }, command, type, planned);
    });
  return {
    commands: {
      override: lay('override.made', decideOverride),
      swap: lay('override.swapped', decideSwap),
      'override-remove': counted((command) => remove({ journal, oncall: config.current().oncall, nameOf }, command)),
    },
    describe: describeOverride,
  };
}

type Change = AggregateChange & { readonly state: OverrideState };

interface Ground extends Pick<OverridesDeps, 'journal' | 'nameOf'> {
  readonly oncall: OncallConfig;
}

async function begin(ground: Ground, command: Command, type: string, planned: Planned): Promise<Decided> {
  const number = await ground.journal.nextNumber(OVERRIDE);
  const reason = planned.reason === null ? null : digestOf(planned.reason);
  const event = { type, v: 1, data: { ...planned.made, reason } };
  const change = { ...changeOf(command, { id: `OVR-${number}`, before: null, version: 0, event }), number };
  const texts = reason === null ? [] : [[reason, planned.reason ?? ''] as const];
  const told = tell(ground, command, change, { what: 'made', reason: planned.reason });
  const text = `${planned.text} It is ${change.id}.`;
  return done(command, change, text, { ...told, payloads: new Map([...texts, ...told.payloads]) });
}

async function remove(ground: Ground, command: Command): Promise<Decided> {
  const id = String(command.args.id ?? '');
  const row = await ground.journal.aggregate<OverrideState>(OVERRIDE, id);
  if (row === null) return refused(unknownOverride(id));
  const decided = decideRemoval(row.state, command.at);
  if (isRefusal(decided)) return refused(decided);
  const event = { type: 'override.removed', v: 1, data: {} };
  const change = changeOf(command, { id, before: row.state, version: row.version, event });
  return done(command, change, decided.text, tell(ground, command, change, { what: 'removed', reason: null }));
}

function changeOf(
  { at, by }: Command,
  { id, before, version, event }: { id: string; before: OverrideState | null; version: number; event: NewEvent },
): Change {
  const state = evolveOverride(before, { ...event, id, at, actor: by });
  return { kind: OVERRIDE, id, expected: version, key: null, state, events: [event] };
}

function tell(
  { oncall, nameOf }: Ground,
  { at, by }: Command,
  { state }: Change,
  rest: Pick<Told, 'what' | 'reason'>,
): ReturnType<typeof tellConcerned> {
  return tellConcerned(oncall, { state, by, now: at, nameOf, ...rest });
}

function done(
  { at, by }: Command,
  change: AggregateChange,
  text: string,
  told: ReturnType<typeof tellConcerned>,
): Decided {
  const outcome: Outcome = { kind: 'done', text, override: change.id };
  return { decision: { batch: { at, actor: by, aggregates: [change], ...told }, outcome }, code: 'done' };
}

function refused({ code, text, remedy }: Refusal): Decided {
  return { decision: { batch: null, outcome: { kind: 'refused', code, text, remedy } }, code };
}
