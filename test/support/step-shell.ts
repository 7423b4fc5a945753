import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runLocal } from '../../src/hosts/local.ts';
import type { ProgramOptions, ProgramResult, Shell } from '../../src/hosts/shell.ts';

/** A shell on this machine, with its locks below a folder of the test; `prefix` leads into a namespace. */
export function createStepShell(host: string, folder: string, prefix: readonly string[] = []): Shell {
  const run = async (argv: readonly string[], options: ProgramOptions): Promise<ProgramResult> => {
    const input = options.input === undefined ? {} : { input: Buffer.from(options.input).toString('utf8') };
    const { timeoutMs, maxBytes, env = {} } = options;
    const ran = await runLocal([...prefix, ...argv], { timeoutMs, maxBytes, env, ...input });
    if (ran.stdout !== '') options.onOutput?.(ran.stdout);
    if (ran.stderr !== '') options.onOutput?.(ran.stderr);
    const end = !ran.started
      ? 'not-started'
      : ran.timedOut
        ? 'timeout'
        : ran.exitCode === null
          ? 'signalled'
          : 'exited';
    return { ...ran, end, isGone: ran.timedOut ? true : null };
  };
  return {
    host,
    run,
    once: async (key, argv, options) => {
      try {
        mkdirSync(join(folder, `${host}-${key}`));
      } catch {
        const lost = { end: 'lost', exitCode: null, failure: 'begun before', isGone: null } as const;
        return { isFirst: false, result: { ...lost, stdout: '', stderr: '', truncated: false } };
      }
      return { isFirst: true, result: await run(argv, options) };
    },
  };
}
