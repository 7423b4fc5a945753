import type { Command } from 'commander';
import type { Problem } from '../../../core/config/problem.ts';
import { refuse } from '../../../core/errors.ts';
import { printProblem } from '../../check/print-problem.ts';
import { type CliContext, subcommand } from '../../context.ts';
import type { ReadRunbook } from '../../rehearsal/read-runbook.ts';
import { readAnswer, readResult, readStep, type ScriptOptions } from '../../rehearsal/script.ts';
import { named, type Parameters, withParameters } from './parameters.ts';

interface Options extends ScriptOptions {
  readonly incident?: string;
}

/**
 * `runbook test FILE [name=value …]`: its problems, its plan, its run and its undo by the engine itself, on stand-ins.
 * 1 when the file has errors, or the run did not go as it was to go.
 */
export function testCommand(context: CliContext): Command {
  const command = subcommand('test', 'try a runbook file on stand-ins: nothing real is touched, no bot is needed');
  return withParameters(command, ['file', 'path of the runbook file'])
    .option('--fail <step>', 'this step fails: what follows then? (may repeat)', readStep)
    .option('--answer <step=answer>', 'continue, skip or abort, to a step that asks (may repeat)', readAnswer)
    .option('--result <step.name=value>', 'a result that a step gives (may repeat)', readResult)
    .action(async (file: string, parameters: Parameters | [], options: Options) => {
      const [{ readRunbook }, { rehearseRun }, { scriptOf }, { judgeRehearsal }, print] = await Promise.all([
        import('../../rehearsal/read-runbook.ts'),
        import('../../../runbooks/stand-ins/rehearse.ts'),
        import('../../rehearsal/script.ts'),
        import('../../rehearsal/judge.ts'),
        import('../../rehearsal/print.ts'),
      ]);
      const { configDir } = await context.settings();
      const read = await readRunbook(file, configDir, context.env);
      const { config, problems } = read;
      const runbook = read.runbook === null ? undefined : config?.runbooks[read.runbook];
      if (config === null || runbook === undefined) return tellProblems(read, { file, configDir }, context);
      const { incident = null } = options;
      const script = scriptOf(options, runbook);
      const asked = { config, runbook: runbook.runbook, parameters: named(parameters), incident, ...script };
      const rehearsal = await rehearseRun(asked);
      const given = givenBy(read, configDir, incident);
      const wrong = judgeRehearsal(rehearsal, script.fail);
      const warnings = problems.map((problem) => printProblem(problem, file)).join('');
      context.print(
        { file, problems, ...print.rehearsalJson(rehearsal, given, wrong) },
        () => warnings + print.printRehearsal(rehearsal, given, wrong),
      );
      if (wrong.length > 0) context.exit(1);
    });
}

function tellProblems(
  { problems, others }: ReadRunbook,
  where: { file: string; configDir: string },
  context: CliContext,
) {
  const of = (found: readonly Problem[], path: (problem: Problem) => string) =>
    found.map((problem) => printProblem(problem, path(problem))).join('');
  context.print(
    { file: where.file, problems, others, standIns: true, ok: false },
    () => of(problems, () => where.file) + of(others, ({ file }) => `${where.configDir}/${file}`),
  );
  throw refuse(
    'RUNBOOK_INVALID',
    problems.some(({ severity }) => severity === 'error')
      ? `${where.file} has errors. Nothing was tried.`
      : `The configuration in ${where.configDir} has errors, so that nothing could be tried.`,
    'Mend what is listed and try again.',
  );
}

function givenBy({ inPlaceOf, unset }: ReadRunbook, configDir: string, incident: string | null): string[] {
  return [
    `hosts, services and probes are those of ${configDir}, each well and doing as it is told`,
    ...(inPlaceOf === null ? [] : [`the file stands in the place of ${configDir}/${inPlaceOf}`]),
    ...unset.map((name) => `${name} is not set; a value that is none stands for it`),
    ...(incident === null ? [] : [`${incident} is an acknowledged P1`]),
  ];
}
