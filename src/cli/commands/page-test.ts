import { systemClock } from '../../core/clock.ts';
import type { Outcome } from '../../core/command.ts';
import type { PageTestJson } from '../../oncall/pagers/page-test-json.ts';
import { type AddCommand, type CliContext, subcommand } from '../context.ts';
import { plain, printTable } from '../table.ts';

const LOOK_EVERY_MS = 500;
const PATIENCE_MS = 70_000;

/** `page-test PERSON [--by sms,email]`: pages a person now, marked as a test, and says what became of it. */
export const addPageTest: AddCommand = (program, context) => {
  const command = subcommand('page-test', 'page a person now, marked as a test, by each of their means')
    .argument('<person>', 'as in oncall.yml')
    .option('--by <means>', 'only by these: dm,email,sms,voice,webhook,pagerduty', (text: string) => text.split(','));
  command.action(async (person: string, { by = [] }: { by?: readonly string[] }) => {
    const asked = { verb: 'page-test', args: { person, by: by.map((each) => each.trim()) } };
    const outcome = (await context.ask('submit', asked)) as unknown as Outcome;
    const id = outcome.kind === 'done' ? (outcome.pageTest ?? '') : '';
    const pages = await settled(context, id);
    if (pages.some(({ delivery }) => !WELL.has(delivery))) context.exit(1);
    context.print({ id, person, pages }, () => `${plain(outcome.text)}\n${printPages(pages)}`);
  });
  program.addCommand(command);
};

const WELL: ReadonlySet<string> = new Set(['sent', 'delivered', 'sent, not confirmed']);

async function settled(context: CliContext, id: string): Promise<readonly PageTestJson[]> {
  const until = systemClock.monotonicMs() + PATIENCE_MS;
  for (;;) {
    const pages = (await context.ask('page-test', { id })) as unknown as readonly PageTestJson[];
    const isOver = pages.every(({ delivery }) => delivery !== 'waiting');
    if (isOver || systemClock.monotonicMs() >= until) return pages;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function printPages(pages: readonly PageTestJson[]): string {
  const rows = pages.map(({ means, delivery, error, seconds }) => {
    return [means, delivery, seconds === null ? null : `${seconds.toFixed(1)} s`, error];
  });
  return printTable(['MEANS', 'DELIVERY', 'TOOK', 'ERROR'], rows);
}
