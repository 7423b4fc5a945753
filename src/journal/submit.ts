import type { Clock } from '../core/clock.ts';
import type { Command, SubmitCommand } from '../core/command.ts';
import type { Drain } from './drain.ts';
import type { InboxRow, Journal } from './port.ts';

/** Source of inbox rows that hold a command as JSON; the drain's handlers name it. */
export const COMMAND_SOURCE = 'command';

/**
 * Stores commands in the people's lane; the key is the click's or the command's own, so that a second copy is not
 * carried out twice and gets the outcome of the first. Rejects with a transient error when it was not stored.
 */
export function createSubmit(deps: { journal: Journal; drain: Drain; clock: Clock }): SubmitCommand {
  return async (key, command) => {
    const { id, duplicate } = await deps.journal.put({
      lane: 'people',
      source: COMMAND_SOURCE,
      key,
      receivedAt: deps.clock.now(),
      body: Buffer.from(JSON.stringify(command)),
    });
    return { duplicate, outcome: deps.drain.outcomeOf(id) };
  };
}

/** The command in a row that `createSubmit` stored. */
export function commandIn(row: InboxRow): Command {
  return JSON.parse(Buffer.from(row.body).toString('utf8')) as Command;
}
