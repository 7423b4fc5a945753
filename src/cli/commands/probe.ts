import { type AddCommand, subcommand } from '../context.ts';
import type { ProbeJson } from '../shapes.ts';
import { printTable } from '../table.ts';

const ORDER = ['fail', 'unknown', 'warn', 'ok'];

/** `probe [NAME|SERVICE|all]`: looks now. The answer is 0 whatever the probes found: they were carried out. */
export const addProbe: AddCommand = (program, context) => {
  const command = subcommand('probe', 'run probes now: one, those of a service, or all').argument(
    '[what]',
    'name of a probe or a service, or all',
    'all',
  );
  command.action(async (what: string) => {
    const checks = (await context.ask('probe', { what })) as unknown as readonly ProbeJson[];
    context.print(checks, () => printChecks(checks));
  });
  program.addCommand(command);
};

function printChecks(checks: readonly ProbeJson[]): string {
  if (checks.length === 0) return 'No probes are configured.\n';
  const worstFirst = [...checks].sort((a, b) => ORDER.indexOf(a.result) - ORDER.indexOf(b.result));
  const rows = worstFirst.map(({ result, probe, target, seconds, summary }) => [
    result,
    probe,
    target,
    `${seconds.toFixed(2)} s`,
    summary,
  ]);
  return printTable(['RESULT', 'PROBE', 'TARGET', 'TOOK', 'SUMMARY'], rows);
}
