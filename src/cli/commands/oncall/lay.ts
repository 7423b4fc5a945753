import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Outcome } from '../../../core/command.ts';
import { parseDuration } from '../../../core/duration.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { CliContext } from '../../context.ts';
import { plain } from '../../table.ts';

/** What an override and a swap are told about their time, as commander gives it. */
export interface Laid {
  readonly schedule?: string;
  readonly from?: string;
  readonly to?: string;
  readonly for?: number;
  readonly reason?: string;
}

/** The options of everything that is laid over a schedule. */
export function withSpan(command: Command): Command {
  return command
    .option('--schedule <name>', 'schedule of oncall.yml; may be left out when there is one alone')
    .option('--from <time>', 'begin, now without it; in the zone of the schedule when it carries no offset', readWall)
    .option('--to <time>', 'end; in the zone of the schedule when it carries no offset', readWall)
    .addOption(
      new Option('--for <duration>', 'for how long from the begin, in place of --to: 4h, 2d')
        .argParser(readSeconds)
        .conflicts('to'),
    )
    .option('--reason <text>', 'why, for the record');
}

/** The options as a command's arguments. */
export function argsOf({ for: seconds, ...rest }: Laid): JsonObject {
  return seconds === undefined ? { ...rest } : { ...rest, seconds };
}

/** Asks the running bot and prints `{ override, outcome, text }`. A refusal is a failure. */
export async function lay(context: CliContext, verb: string, args: JsonObject): Promise<void> {
  const outcome = (await context.ask('submit', { verb, args })) as unknown as Outcome;
  const override = outcome.kind === 'done' ? (outcome.override ?? null) : null;
  context.print({ override, outcome: outcome.kind, text: outcome.text }, () => `${plain(outcome.text)}\n`);
}

function readWall(text: string): string {
  if (/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:?\d\d)?)?$/.test(text)) return text;
  throw new InvalidArgumentError('It is a time like 2026-12-24T18:00.');
}

function readSeconds(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === null || seconds === 0) throw new InvalidArgumentError('It is a duration like 30m or 4h.');
  return seconds;
}
