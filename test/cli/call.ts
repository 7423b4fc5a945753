import { runCli } from '../../src/cli/program.ts';

export interface CliAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the CLI in this process with collected output. */
export async function callCli(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<CliAnswer> {
  const out: string[] = [];
  const err: string[] = [];
  const collect = (parts: string[]) => ({ write: (text: string) => parts.push(text) > 0 });
  const code = await runCli(argv, {
    startApp: async () => 0,
    env,
    stdout: collect(out),
    stderr: collect(err),
  });
  return { code, out: out.join(''), err: err.join('') };
}
