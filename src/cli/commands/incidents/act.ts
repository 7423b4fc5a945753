import type { Outcome } from '../../../core/command.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { CliContext } from '../../context.ts';
import { plain } from '../../table.ts';

/** What is asked for, about which incident; null: a new one. */
interface Act {
  readonly verb: string;
  readonly incident: string | null;
  readonly args: JsonObject;
}

/** Asks the running bot and prints what came of it: `{ incident, outcome, text }`. A refusal is a failure. */
export async function actOn(context: CliContext, { verb, incident, args }: Act): Promise<void> {
  const about = incident === null ? {} : { incident };
  const outcome = (await context.ask('submit', { verb, args, ...about })) as unknown as Outcome;
  const named = outcome.kind === 'done' ? (outcome.incident ?? incident) : incident;
  const { kind, text } = outcome;
  context.print({ incident: named, outcome: kind, text }, () => `${plain(text)}\n`);
}

/** How every act takes its reason. */
export const REASON = ['--reason <text>', 'why, for the record'] as const;

export interface Reasoned {
  readonly reason: string;
}
