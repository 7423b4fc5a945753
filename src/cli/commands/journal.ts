import { type Command, InvalidArgumentError } from 'commander';
import { refuse } from '../../core/errors.ts';
import type { StoredEvent } from '../../journal/port.ts';
import type { Verified } from '../../journal/verify.ts';
import { type AddCommand, type CliContext, subcommand } from '../context.ts';
import { plain, printTable } from '../table.ts';

interface TailOptions {
  lines: number;
}
interface VerifyOptions {
  state?: boolean;
  anchor?: string;
}

/** `journal tail|verify|export`: read from the store itself, beside a running bot or without one. */
export const addJournal: AddCommand = (program, context) => {
  const journal = subcommand('journal', 'the journal: the last events, a check of the chain, an export');
  journal.addCommand(tailCommand(context)).addCommand(verifyCommand(context)).addCommand(exportCommand(context));
  program.addCommand(journal);
};

function tailCommand(context: CliContext): Command {
  return subcommand('tail', 'the last events')
    .option('-n, --lines <count>', 'how many', readCount, 20)
    .action(async (options: TailOptions) => {
      const reader = await context.openStore();
      try {
        const { seq } = await reader.head();
        const events = await reader.eventsAfter(Math.max(0, seq - options.lines), options.lines);
        context.print(events.map(eventJson), () => printEvents(events));
      } finally {
        await reader.close();
      }
    });
}

function verifyCommand(context: CliContext): Command {
  return subcommand('verify', 'check the chain, and name the first bad row')
    .option('--state', 'fold every event again and compare with the stored states')
    .option('--anchor <file>', 'anchors kept outside the data folder, which show a cut tail')
    .action(async (options: VerifyOptions) => {
      const { verifyJournal } = await import('../../journal/verify.ts');
      const { databaseFile: path } = await context.settings();
      const folding = options.state === true ? { evolvers: (await import('../evolvers.ts')).evolvers } : {};
      const anchored = options.anchor === undefined ? {} : { anchor: options.anchor };
      const verified = await verifyJournal({ path, ...folding, ...anchored });
      context.print(verified, () => printVerified(verified));
      if (!verified.ok) throw refuse('JOURNAL_BAD', firstBadOf(verified), 'Keep the file as it is; restore a backup.');
    });
}

function exportCommand(context: CliContext): Command {
  return subcommand('export', 'every event with its texts, as JSON lines').action(async () => {
    const { exportJournal } = await import('../../journal/export.ts');
    const reader = await context.openStore();
    try {
      for await (const line of exportJournal(reader)) await context.write(line);
    } finally {
      await reader.close();
    }
  });
}

function readCount(text: string): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw new InvalidArgumentError('It is a number from 1 to 999999.');
  return count;
}

function eventJson({ at, ...event }: StoredEvent) {
  return { ...event, at: new Date(at).toISOString() };
}

function printEvents(events: readonly StoredEvent[]): string {
  const rows = events.map(({ seq, at, type, id, actor, data }) => [
    seq,
    new Date(at).toISOString(),
    type,
    id,
    actor,
    JSON.stringify(data),
  ]);
  return printTable(['SEQ', 'AT', 'EVENT', 'OF', 'BY', 'DATA'], rows);
}

function printVerified(verified: Verified): string {
  const { events, head, states } = verified;
  const folded = states === undefined ? '' : `states: ${JSON.stringify(states)}\n`;
  const verdict = verified.ok ? 'ok' : `not ok: ${plain(firstBadOf(verified))}`;
  return `${verdict}\nevents ${events}, head ${head.seq} ${head.hash}\n${folded}`;
}

function firstBadOf({ firstBad }: Verified): string {
  return firstBad === null
    ? 'The stored states are not what the events fold to.'
    : `The first bad row is event ${firstBad.seq}: ${firstBad.reason}`;
}
