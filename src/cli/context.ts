import { Command } from 'commander';
import type { Config } from '../core/config/config.ts';
import type { Settings } from '../core/config/environment.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { StoredEvent } from '../journal/port.ts';
import type { ReadingApi } from './api.ts';

/** Where text goes: a stream, or a test's collector. */
export interface Output {
  write(text: string): unknown;
}

export type Evolvers = Readonly<Record<string, (state: object | null, event: StoredEvent) => object>>;

/** What `main.ts` hands to the CLI. Everything heavy is behind a function. */
export interface CliDeps {
  /** Runs the bot until it is told to stop; resolves with the exit code. */
  readonly startApp: (env: NodeJS.ProcessEnv) => Promise<number>;
  /** The rooms' views on a store that no bot holds. */
  readonly openStore: (options: {
    readonly path: string;
    readonly config: Config | null;
  }) => Promise<{ readonly api: ReadingApi; close(): Promise<void> }>;
  /** How each kind of aggregate folds its events, for `journal verify --state`. */
  readonly evolvers: () => Promise<Evolvers>;
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: Output;
  readonly stderr: Output;
}

/** What a subcommand works with. */
export interface CliContext extends CliDeps {
  settings(): Promise<Settings>;
  /** The configuration in the folder; a refusal when it has errors. */
  config(): Promise<Config>;
  /** Asks the running bot; a refusal when none runs. */
  ask(route: string, input: JsonObject): Promise<Json>;
  /** Asks the running bot, or the store when none runs. */
  read<T>(route: string, input: JsonObject, offline: (api: ReadingApi) => Promise<T>): Promise<T>;
  /** Asks the running bot, or the configuration in the folder when none runs. */
  readConfig<T>(route: string, input: JsonObject, offline: (config: Config) => Promise<T>): Promise<T>;
  /** Prints JSON or the human text of it. */
  print(options: { json?: boolean }, value: unknown, human: () => string): void;
  /** Sets the exit code when it is not 0. */
  exit(code: number): void;
}

/** A subcommand adds itself to the program. */
export type AddCommand = (program: Command, context: CliContext) => void;

/** A subcommand with the options that each has. */
export function subcommand(name: string, summary: string): Command {
  return new Command(name).description(summary).option('--json', 'print JSON instead of text').allowExcessArguments(false);
}
