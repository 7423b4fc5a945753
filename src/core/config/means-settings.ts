import { dirname, join } from 'node:path';
import type { Means } from './config.ts';
import { type Environment, readVariable } from './env-references.ts';
import type { EnvironmentProblem } from './environment-problem.ts';
import { httpUrlOf } from './settings-values.ts';

/** What the environment gives the means of paging other than Slack; null: that means is not set up. */
export interface MeansSettings {
  /** `smtp://user:password@host:587` or `smtps://…`; a secret. */
  readonly smtp: { readonly url: string; readonly from: string } | null;
  /** SMS and voice. `apiUrl` has no slash at its end. */
  readonly twilio: {
    readonly accountSid: string;
    readonly authToken: string;
    readonly from: string;
    readonly apiUrl: string;
  } | null;
  readonly pagerduty: { readonly routingKey: string; readonly apiUrl: string } | null;
  /** Keys of acknowledge links: the first signs, all verify. Empty: one is made in `keyFile`. */
  readonly linkKeys: readonly string[];
  /** Where a key that was made is kept, beside the database. */
  readonly linkKeyFile: string;
}

/** How the environment is read: `secret` also from `NAME_FILE`, `plain` as it stands. */
export interface MeansVariables {
  secret(name: string): string | null;
  plain(name: string): string | null;
  databaseFile: string;
}

const TWILIO = 'https://api.twilio.com';
const PAGERDUTY = 'https://events.pagerduty.com';
const SHORTEST_LINK_KEY = 32;

/** Reads the settings of every means; one that is set by halves is a problem that says what is missing. */
export function readMeans(env: MeansVariables): { settings: MeansSettings; problems: EnvironmentProblem[] } {
  const problems: EnvironmentProblem[] = [];
  const settings: MeansSettings = {
    smtp: readSmtp(env, problems),
    twilio: readTwilio(env, problems),
    pagerduty: readPagerDuty(env, problems),
    linkKeys: readLinkKeys(env, problems),
    linkKeyFile: join(dirname(env.databaseFile), 'link-keys'),
  };
  return { settings, problems };
}

/** Variables that set up each means; the others need none. */
export const MEANS_VARIABLES: Readonly<Partial<Record<Means, string>>> = {
  email: 'GIANNA_SMTP_URL and GIANNA_MAIL_FROM',
  sms: 'TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM',
  voice: 'TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM',
  pagerduty: 'PAGERDUTY_ROUTING_KEY',
};

/** Means that an environment sets up; Slack's, and webhooks, which need an address alone, always are. */
export function meansSetUp(env: Environment): ReadonlySet<Means> {
  const secret = (name: string) => {
    const found = readVariable(env, name);
    return found.kind === 'found' ? found.value.trim() : null;
  };
  const { settings } = readMeans({ secret, plain: (name) => env[name]?.trim() || null, databaseFile: '' });
  const means = new Set<Means>(['dm', 'thread', 'webhook']);
  if (settings.smtp !== null) means.add('email');
  if (settings.twilio !== null) means.add('sms').add('voice');
  return settings.pagerduty === null ? means : means.add('pagerduty');
}

function readSmtp(env: MeansVariables, problems: EnvironmentProblem[]): MeansSettings['smtp'] {
  const url = env.secret('GIANNA_SMTP_URL');
  const from = env.plain('GIANNA_MAIL_FROM');
  if (url === null && from === null) return null;
  if (isHalf({ GIANNA_SMTP_URL: url, GIANNA_MAIL_FROM: from }, 'e-mail', problems)) return null;
  if (!/^smtps?:\/\/\S+$/i.test(url ?? '') || !URL.canParse(url ?? '')) {
    problems.push(wrong('GIANNA_SMTP_URL', 'must be smtp://[user:password@]host[:port] or smtps://…'));
    return null;
  }
  if (!isMailbox(from ?? '')) {
    problems.push(
      wrong('GIANNA_MAIL_FROM', 'must be an e-mail address such as gianna@company.com, or "Name <address>"'),
    );
    return null;
  }
  return { url: url ?? '', from: from ?? '' };
}

function isMailbox(text: string): boolean {
  return /^[^\r\n]*$/.test(text) && /^(?:[^<>@]*<[^\s@<>,;]+@[^\s@<>,;]+>|[^\s@<>,;]+@[^\s@<>,;]+)$/.test(text);
}

function readTwilio(env: MeansVariables, problems: EnvironmentProblem[]): MeansSettings['twilio'] {
  const accountSid = env.plain('TWILIO_ACCOUNT_SID');
  const authToken = env.secret('TWILIO_AUTH_TOKEN');
  const from = env.plain('TWILIO_FROM');
  if (accountSid === null && authToken === null && from === null) return null;
  const all = { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_FROM: from };
  if (isHalf(all, 'SMS and voice', problems)) return null;
  const before = problems.length;
  if (!/^AC[0-9a-fA-F]{32}$/.test(accountSid ?? '')) {
    problems.push(wrong('TWILIO_ACCOUNT_SID', 'must be AC and 32 hexadecimal digits'));
  }
  if (!/^\+[1-9]\d{6,14}$/.test(from ?? '')) {
    problems.push(
      wrong('TWILIO_FROM', 'must be a phone number of the account in international form, such as +15550100'),
    );
  }
  const apiUrl = urlOf(env, 'TWILIO_API_URL', TWILIO, problems);
  if (problems.length > before) return null;
  return { accountSid: accountSid ?? '', authToken: authToken ?? '', from: from ?? '', apiUrl };
}

function readPagerDuty(env: MeansVariables, problems: EnvironmentProblem[]): MeansSettings['pagerduty'] {
  const routingKey = env.secret('PAGERDUTY_ROUTING_KEY');
  if (routingKey === null) return null;
  if (!/^[0-9a-zA-Z]{32}$/.test(routingKey)) {
    problems.push(wrong('PAGERDUTY_ROUTING_KEY', 'must be the 32 characters of an Events API v2 integration key'));
    return null;
  }
  return { routingKey, apiUrl: urlOf(env, 'PAGERDUTY_API_URL', PAGERDUTY, problems) };
}

function readLinkKeys(env: MeansVariables, problems: EnvironmentProblem[]): string[] {
  const keys = (env.secret('GIANNA_LINK_KEYS') ?? '').split(',').map((key) => key.trim());
  const given = keys.filter((key) => key !== '');
  if (given.every((key) => key.length >= SHORTEST_LINK_KEY)) return given;
  const rule = `must be keys of at least ${SHORTEST_LINK_KEY} characters, separated by commas (openssl rand -hex 32)`;
  problems.push(wrong('GIANNA_LINK_KEYS', rule));
  return [];
}

function urlOf(env: MeansVariables, name: string, fallback: string, problems: EnvironmentProblem[]): string {
  const written = env.plain(name);
  const url = written === null ? fallback : httpUrlOf(written);
  if (url === null) problems.push(wrong(name, 'must be a URL that begins with http:// or https://'));
  return url ?? fallback;
}

/** Whether only some of the variables of one means are set; then that is told. */
function isHalf(all: Readonly<Record<string, string | null>>, what: string, problems: EnvironmentProblem[]): boolean {
  const set = Object.keys(all).filter((name) => all[name] !== null);
  const missing = Object.keys(all).filter((name) => all[name] === null);
  const [first] = missing;
  if (first === undefined) return false;
  const message = `${set.join(', ')} ${set.length === 1 ? 'is' : 'are'} set, but not ${missing.join(', ')}: no pages by ${what}`;
  const remedy = `set ${missing.join(' and ')} too, or leave ${set.join(' and ')} out`;
  problems.push({ variable: first, neededFor: 'start', severity: 'error', message, remedy });
  return true;
}

function wrong(variable: string, rule: string): EnvironmentProblem {
  const remedy = `correct ${variable} or leave it out`;
  return { variable, neededFor: 'everything', severity: 'error', message: `${variable} ${rule}`, remedy };
}
