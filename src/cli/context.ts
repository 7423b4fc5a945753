import { Command } from 'commander';
import type { Config } from '../core/config/config.ts';
import type { Settings } from '../core/config/environment.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { JournalReader } from '../journal/port.ts';
import type { ReadingApi } from './api.ts';

/** Where text goes: a stream, or a test's collector. False: wait for `drain`. */
export interface Output {
  write(text: string): boolean;
  once?(event: 'drain', listener: () => void): unknown;
}

/** What `main.ts` hands to the CLI. */
export interface CliDeps {
  /** Runs the bot until it is told to stop; resolves with the exit code. */
  readonly startApp: (env: NodeJS.ProcessEnv) => Promise<number>;
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: Output;
  readonly stderr: Output;
}

/** What a subcommand works with. */
export interface CliContext extends CliDeps {
  settings(): Promise<Settings>;
  /** Opens the store for reading; close it. A refusal when there is none. */
  openStore(): Promise<JournalReader>;
  /** Asks the running bot; a refusal when none runs. */
  ask(route: string, input: JsonObject): Promise<Json>;
  /** Asks the running bot, or the store when none runs. */
  read<T>(route: string, input: JsonObject, offline: (api: ReadingApi) => Promise<T>): Promise<T>;
  /** Asks the running bot, or the configuration in the folder when none runs; a refusal when that has errors. */
  readConfig<T>(route: string, input: JsonObject, offline: (config: Config) => Promise<T>): Promise<T>;
  /** Prints JSON with `--json`, else the human text of it. */
  print(value: unknown, human: () => string): void;
  /** Writes to stdout and waits while its reader is slow. */
  write(text: string): Promise<void>;
  /** Sets the exit code when it is not 0. */
  exit(code: number): void;
}

/** A subcommand adds itself to the program. */
export type AddCommand = (program: Command, context: CliContext) => void;

/** A subcommand with the options that each has. */
export function subcommand(name: string, summary: string): Command {
  return new Command(name)
    .description(summary)
    .option('--json', 'print JSON instead of text')
    .allowExcessArguments(false);
}
