import type { Outcome } from '../../../core/command.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { CliContext } from '../../context.ts';
import { plain } from '../../table.ts';

/** What is asked for, about which run. */
interface RunAct {
  readonly verb: string;
  readonly run: string;
  readonly args: JsonObject;
}

/** Asks the running bot and prints what came of it: `{ run, outcome, text }`. A refusal is a failure. */
export async function actOnRun(context: CliContext, { verb, run, args }: RunAct): Promise<void> {
  const outcome = (await context.ask('submit', { verb, run, args })) as unknown as Outcome;
  const { kind, text } = outcome;
  context.print({ run, outcome: kind, text }, () => `${plain(text)}\n`);
}
