import { createLocalShell } from '../../src/hosts/local-shell.ts';
import type { Shell } from '../../src/hosts/shell.ts';

/** The shell of this machine, with its locks in a folder of the test; `prefix` leads into a namespace. */
export function createStepShell(host: string, locks: string, prefix: readonly string[] = []): Shell {
  const shell = createLocalShell({ host, locks });
  return {
    host,
    run: (argv, options) => shell.run([...prefix, ...argv], options),
    once: (key, argv, options) => shell.once(key, [...prefix, ...argv], options),
  };
}
