import { dirname, join } from 'node:path';
import { type Environment, printedForms, readVariable } from './env-references.ts';
import type { EnvironmentProblem } from './environment-problem.ts';
import { type MeansSettings, readMeans } from './means-settings.ts';
import { httpUrlOf, isLoopback, LOG_LEVELS, portOf, sqliteFileOf } from './settings-values.ts';

export type { Environment, EnvironmentProblem };

/** What the process is told by its environment (DESIGN.md, Contracts: process, Slack, intake). */
export interface Settings {
  /** Folder of the configuration. */
  readonly configDir: string;
  /** As written: `sqlite:data/gianna-ops.db`. */
  readonly databaseUrl: string;
  /** Path of the SQLite file. */
  readonly databaseFile: string;
  readonly http: { readonly host: string; readonly port: number };
  /** Without it no links are made. No slash at its end. */
  readonly publicUrl: string | null;
  /** Tokens that Alertmanager may present; empty: none is asked for (loopback only). */
  readonly webhookTokens: readonly string[];
  readonly slack: {
    readonly botToken: string | null;
    /** Socket Mode. */
    readonly appToken: string | null;
    /** HTTP at `POST /slack/events`. */
    readonly signingSecret: string | null;
    /** Another Slack-compatible server; ends in `/api/`. Null: Slack itself. */
    readonly apiUrl: string | null;
  };
  /** Asked once a minute while all is well (a dead man's switch outside); null: none. A secret. */
  readonly deadmanUrl: string | null;
  /** Pages by other means than Slack, and the keys of links. */
  readonly means: MeansSettings;
  /** Socket of the SSH agent (`SSH_AUTH_SOCK`), for hosts with `agent: true`; null: there is none. */
  readonly sshAgent: string | null;
  /** Presented by the CLI to the running bot; null: it looks for one in the home folder. A secret. */
  readonly cliToken: string | null;
  /** Unix socket of the CLI. */
  readonly socketPath: string;
  readonly logLevel: string;
}

export interface EnvironmentRead {
  /** Defaults stand where a variable is missing or wrong. */
  readonly settings: Settings;
  readonly problems: readonly EnvironmentProblem[];
  /** Values that must never be printed. */
  readonly secrets: readonly string[];
}

/** Reads the process's settings; the only reader of `process.env`. Every secret may also come by `NAME_FILE`. */
export function readEnvironment(env: Environment = process.env): EnvironmentRead {
  const problems: EnvironmentProblem[] = [];
  const secrets: string[] = [];
  const secret = (name: string): string | null => {
    const found = readVariable(env, name);
    if (found.kind === 'found') {
      secrets.push(...printedForms(found.value));
      return found.value.trim();
    }
    if (isSet(env[`${name}_FILE`])) problems.push(wrong(`${name}_FILE`, found.message, found.hint));
    return null;
  };
  const valid = <T>(name: string, fallback: T, parse: (text: string) => T | null, rule: string): T => {
    const written = env[name];
    if (!isSet(written)) return fallback;
    const parsed = parse(written);
    if (parsed === null) problems.push(wrong(name, `${name} ${rule}`, `correct ${name} or leave it out`));
    return parsed ?? fallback;
  };
  const databaseUrl = isSet(env.GIANNA_DATABASE_URL) ? env.GIANNA_DATABASE_URL : 'sqlite:data/gianna-ops.db';
  const databaseRule = 'must be sqlite:PATH, such as sqlite:data/gianna-ops.db or sqlite:/var/lib/gianna/ops.db';
  const databaseFile = valid('GIANNA_DATABASE_URL', 'data/gianna-ops.db', sqliteFileOf, databaseRule);
  const plain = (name: string) => (isSet(env[name]) ? env[name].trim() : null);
  const means = readMeans({ secret, plain, databaseFile });
  problems.push(...means.problems);
  secrets.push(...means.settings.linkKeys, ...passwordsOf(means.settings.smtp?.url));
  const host = isSet(env.GIANNA_HTTP_HOST) ? env.GIANNA_HTTP_HOST : '127.0.0.1';
  const settings: Settings = {
    configDir: isSet(env.GIANNA_CONFIG) ? env.GIANNA_CONFIG : 'config',
    databaseUrl,
    databaseFile,
    http: { host, port: valid('GIANNA_HTTP_PORT', 8080, portOf, 'must be a port from 0 to 65535') },
    publicUrl: valid<string | null>(
      'GIANNA_PUBLIC_URL',
      null,
      httpUrlOf,
      'must be a URL that begins with http:// or https://',
    ),
    webhookTokens: tokensOf(secret('GIANNA_WEBHOOK_TOKEN'), secrets),
    slack: {
      botToken: secret('SLACK_BOT_TOKEN'),
      appToken: secret('SLACK_APP_TOKEN'),
      signingSecret: secret('SLACK_SIGNING_SECRET'),
      apiUrl: valid<string | null>('SLACK_API_URL', null, apiUrlOf, 'must be a URL that ends in /api/'),
    },
    deadmanUrl: deadmanUrlOf(secret('GIANNA_DEADMAN_URL'), problems),
    means: means.settings,
    sshAgent: plain('SSH_AUTH_SOCK'),
    cliToken: secret('GIANNA_CLI_TOKEN'),
    socketPath: isSet(env.GIANNA_SOCKET) ? env.GIANNA_SOCKET : join(dirname(databaseFile), 'gianna-ops.sock'),
    logLevel: valid('GIANNA_LOG_LEVEL', 'info', logLevelOf, `must be one of ${LOG_LEVELS.join(', ')}`),
  };
  const isTold = ({ variable }: EnvironmentProblem) => problems.some((told) => told.variable === `${variable}_FILE`);
  const missingOnes = [...slackProblems(settings), ...webhookProblems(settings)];
  problems.push(...missingOnes.filter((problem) => !isTold(problem)));
  return { settings, problems, secrets: [...new Set(secrets)] };
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== '';
}

function tokensOf(written: string | null, secrets: string[]): string[] {
  const tokens = (written ?? '').split(',').map((token) => token.trim());
  const given = tokens.filter((token) => token !== '');
  secrets.push(...given);
  return given;
}

/** The password of a URL, as it stands there and as it is meant. */
function passwordsOf(url: string | undefined): string[] {
  const { password } = url === undefined ? { password: '' } : new URL(url);
  if (password === '') return [];
  return [password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Kept as written, slashes at its end too: they are part of the address. */
function deadmanUrlOf(written: string | null, problems: EnvironmentProblem[]): string | null {
  if (written === null) return null;
  if (httpUrlOf(written) !== null) return written;
  const message = 'GIANNA_DEADMAN_URL must be a URL that begins with http:// or https://';
  problems.push(wrong('GIANNA_DEADMAN_URL', message, 'correct GIANNA_DEADMAN_URL or leave it out'));
  return null;
}

function apiUrlOf(text: string): string | null {
  const url = httpUrlOf(text);
  return url?.endsWith('/api') ? `${url}/` : null;
}

function logLevelOf(text: string): string | null {
  return LOG_LEVELS.find((level) => level === text) ?? null;
}

function wrong(variable: string, message: string, remedy: string): EnvironmentProblem {
  return { variable, neededFor: 'everything', severity: 'error', message, remedy };
}

function missing(variable: string, message: string, remedy: string): EnvironmentProblem {
  return { variable, neededFor: 'start', severity: 'error', message, remedy };
}

function slackProblems({ slack }: Settings): EnvironmentProblem[] {
  const problems: EnvironmentProblem[] = [];
  if (slack.botToken === null) {
    const remedy = 'create the app from manifest.yml, install it, and set SLACK_BOT_TOKEN to its bot token (xoxb-…)';
    problems.push(missing('SLACK_BOT_TOKEN', 'SLACK_BOT_TOKEN is not set', remedy));
  }
  if (slack.appToken === null && slack.signingSecret === null) {
    const message = 'neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set';
    const remedy =
      'set SLACK_APP_TOKEN (xapp-…, Socket Mode, scope connections:write), or SLACK_SIGNING_SECRET for HTTP at POST /slack/events';
    problems.push(missing('SLACK_APP_TOKEN', message, remedy));
  }
  return problems;
}

/** DESIGN.md, Contracts, intake: without a token start refuses unless it listens on loopback only, and then warns. */
function webhookProblems({ http, webhookTokens }: Settings): EnvironmentProblem[] {
  if (webhookTokens.length > 0) return [];
  const variable = 'GIANNA_WEBHOOK_TOKEN';
  const remedy = 'set GIANNA_WEBHOOK_TOKEN, and the same value as the credentials of the webhook in Alertmanager';
  if (!isLoopback(http.host)) {
    const message = `${variable} is not set and ${http.host} can be reached from outside: anybody could post alerts`;
    return [missing(variable, message, `${remedy}; or listen on 127.0.0.1`)];
  }
  const message = `${variable} is not set: every program on this machine may post alerts`;
  return [{ variable, neededFor: 'start', severity: 'warning', message, remedy }];
}
