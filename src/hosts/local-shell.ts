import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './local.ts';
import { notStarted, onceResult, whyNoEnvironment, whyNoProgram } from './program-result.ts';
import { createShareFirst } from './share-first.ts';
import type { ProgramOptions, Shell } from './shell.ts';
import { createWrappedOutput } from './wrapped-output.ts';
import { inputOf, lockNameOf, newCall, wrapOnce } from './wrapper.ts';

export interface LocalShellDeps {
  readonly host: string;
  /** Folder of locks; made when it is not there. */
  readonly locks: string;
}

/** This machine, with the account that the bot runs as. */
export function createLocalShell({ host, locks }: LocalShellDeps): Shell {
  const share = createShareFirst();
  return {
    host,
    run: (argv, options) => runProgram(argv, options),
    once: (key, argv, options) => {
      const why = whyNoProgram(argv) ?? whyNoEnvironment(options.env);
      if (why !== null) return Promise.resolve({ isFirst: true, result: notStarted(why) });
      const name = lockNameOf(key, [host]);
      return share(name, () => runOnce({ folder: locks, name }, argv, options));
    },
  };
}

/** Variables go by stdin, so that the wrapper is run here as it is on every other machine. */
async function runOnce(lock: { folder: string; name: string }, argv: readonly string[], options: ProgramOptions) {
  const { maxBytes, onOutput: tell, onStarted: started } = options;
  const call = newCall(lock);
  const outputs = createWrappedOutput(call.mark, { maxBytes, tell, ...(started === undefined ? {} : { started }) });
  const { env: _env, onStarted: _started, ...rest } = options;
  const result = await runProgram(
    wrapOnce(call.mark, lock, argv, options.timeoutMs),
    { ...rest, input: inputOf(call, argv, options) },
    outputs,
  );
  const hasBegun = outputs.beginning()?.kind === 'started';
  if (hasBegun && (result.end === 'timeout' || result.end === 'aborted')) {
    await writeFile(join(lock.folder, lock.name, 'end'), `${result.end}\n`, { mode: 0o600 }).catch(() => undefined);
  }
  return onceResult(argv, outputs.beginning(), result);
}
