import { type BatchPart, type DescribeEvent, type FollowIncident, joinBatchParts } from '../alerts/change.ts';
import type { Command, Outcome } from '../core/command.ts';
import type { EffectExecutor } from '../journal/effects.ts';
import type { Batch } from '../journal/port.ts';
import type { TimerHandler } from '../journal/timers.ts';

/** What deciding a command of this room came to. */
export interface CommandDecision {
  readonly batch: Batch | null;
  readonly outcome: Outcome;
}

/** Decides one verb on the state as it is now; asked again after a conflict. */
export type CommandHandler = (command: Command) => Promise<CommandDecision>;

/**
 * One capability of this room, as a list of what it adds: a new one is a file with a `create…` that returns this, and
 * a line in `oncall.ts`. Names must not meet: two parts that add the same timer, effect or verb are a bug.
 */
export interface OncallPart {
  /** Follows each change of an incident, in its transaction. */
  readonly follow?: FollowIncident;
  /** By `<kind>.<purpose>`. */
  readonly timers?: Readonly<Record<string, TimerHandler>>;
  /** By kind of effect. */
  readonly executors?: Readonly<Record<string, EffectExecutor>>;
  /** By verb. */
  readonly commands?: Readonly<Record<string, CommandHandler>>;
  readonly describe?: DescribeEvent;
  /** The wall clock jumped by so many milliseconds, ahead or back; `now` is by the new time. */
  readonly clockJumped?: (byMs: number, now: number) => Promise<void>;
  /** Another configuration is in force. */
  readonly reloaded?: () => Promise<void>;
  /** Runs once timers and effects run. */
  readonly start?: () => Promise<void>;
  readonly stop?: () => Promise<void> | void;
}

/** Several parts as one. `stop` goes backwards. */
export function joinParts(parts: readonly OncallPart[]): Required<OncallPart> {
  return {
    follow: async (change) => {
      const added: BatchPart[] = [];
      for (const { follow } of parts) if (follow !== undefined) added.push(await follow(change));
      return joinBatchParts(added);
    },
    timers: joinRecords(parts.map(({ timers }) => timers)),
    executors: joinRecords(parts.map(({ executors }) => executors)),
    commands: joinRecords(parts.map(({ commands }) => commands)),
    describe: (event, texts, nameOf) => {
      for (const { describe } of parts) {
        const said = describe?.(event, texts, nameOf) ?? null;
        if (said !== null) return said;
      }
      return null;
    },
    clockJumped: async (byMs, now) => {
      for (const { clockJumped } of parts) await clockJumped?.(byMs, now);
    },
    reloaded: async () => {
      for (const { reloaded } of parts) await reloaded?.();
    },
    start: async () => {
      for (const { start } of parts) await start?.();
    },
    stop: async () => {
      for (const { stop } of [...parts].reverse()) await stop?.();
    },
  };
}

function joinRecords<T>(records: ReadonlyArray<Readonly<Record<string, T>> | undefined>): Record<string, T> {
  const joined: Record<string, T> = {};
  for (const record of records) {
    for (const [name, value] of Object.entries(record ?? {})) {
      if (Object.hasOwn(joined, name)) throw new Error(`two parts of the on-call room add ${name}`);
      joined[name] = value;
    }
  }
  return joined;
}
