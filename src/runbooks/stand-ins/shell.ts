import type { Config } from '../../core/config/config.ts';
import { requireHost } from '../../hosts/known-hosts.ts';
import type { OnceResult, ProgramOptions, ProgramResult, Shell, ShellOf } from '../../hosts/shell.ts';
import { noShell } from '../../hosts/shells.ts';
import { CUT } from '../steps/firewall/cut.ts';
import { LOOK_AT_FIREWALL } from '../steps/firewall/look.ts';
import { LOOK_AROUND } from '../steps/firewall/neighbours.ts';
import { KNOCK } from '../steps/firewall/vantage.ts';
import { SEARCH_LOG } from '../steps/log-addresses.ts';
import { createStandInFiles } from './files.ts';
import { createStandInFirewall } from './firewall.ts';

/** Told of each thing that a stand-in was asked to do, in a line. */
export type Tell = (line: string) => void;

/**
 * Shells of the hosts of a configuration on which nothing runs: every program is told, and taken as having ended well
 * without a word. Files and blocks that steps write are remembered, so that a later step, or an undo, finds them.
 */
export function createStandInShells(config: Config, tell: Tell): ShellOf {
  const shells = new Map<string, Shell>();
  return (name) => {
    if (requireHost(config, name).connect === 'docker') throw noShell(name);
    const shell = shells.get(name) ?? createStandInShell(name, tell);
    shells.set(name, shell);
    return shell;
  };
}

function createStandInShell(host: string, tell: Tell): Shell {
  const files = createStandInFiles();
  const firewall = createStandInFirewall();
  const first = new Map<string, ProgramResult>();

  /** What a look of a step sees; null: it is no look that is known here. */
  function look(argv: readonly string[]): string | null {
    const [, , script, , ...args] = argv;
    if (script === LOOK_AT_FIREWALL) return `nft\ncounts\n${firewall.list()}`;
    if (script === CUT) return '0 0 -';
    if (script === KNOCK || script === SEARCH_LOG) return '';
    if (script === LOOK_AROUND) return '\n==\n'.repeat(5);
    return files.read(script, args);
  }
  function run(argv: readonly string[], options: ProgramOptions): ProgramResult {
    const seen = look(argv);
    if (seen !== null) return ended(seen);
    const written = files.write(argv[2], argv.slice(4), String(options.input ?? ''));
    tell(`${host}: ${written ?? sayProgram(argv, options)}`);
    if (argv.join(' ') === 'nft -f -') firewall.load(String(options.input ?? ''));
    return ended('');
  }
  return {
    host,
    run: async (argv, options) => run(argv, options),
    once: async (key, argv, options): Promise<OnceResult> => {
      const known = first.get(key);
      if (known !== undefined) return { isFirst: false, result: known };
      const result = run(argv, options);
      first.set(key, result);
      return { isFirst: true, result };
    },
  };
}

/** Names of variables and the length of the input: their values may be secret. */
function sayProgram(argv: readonly string[], { env = {}, input }: ProgramOptions): string {
  const words = argv.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : JSON.stringify(word)));
  const names = Object.keys(env).length === 0 ? '' : `; environment ${Object.keys(env).join(', ')}`;
  return `${words.join(' ')}${names}${input === undefined ? '' : `; ${input.length} characters of input`}`;
}

function ended(stdout: string): ProgramResult {
  return { end: 'exited', exitCode: 0, failure: null, isGone: null, stdout, stderr: '', truncated: false };
}
