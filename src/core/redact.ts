import type { SecretRegister } from './logger.ts';

/** Makes text of others free of secrets before it is shown or stored. */
export type Redact = (text: string) => string;

const HIDDEN = '[redacted]';
const QUOTED = `"[^"\\n]*"|'[^'\\n]*'|\\\\"[^"\\n]*`;

/** What looks like a secret, whoever it belongs to. `$1` is what stays in front of it. Each takes linear time. */
const PATTERNS: ReadonlyArray<readonly [RegExp, string]> = [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g, HIDDEN],
  // Authorization: Bearer x · Set-Cookie: x
  [
    /((?:proxy-)?authorization\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?(?:(?:bearer|basic|digest|token)\s+)?)[^\s"',;\\]+/gi,
    `$1${HIDDEN}`,
  ],
  [/(\b(?:set-)?cookie\\?["']?\s{0,3}[:=]\s{0,3})[^\n]+/gi, `$1${HIDDEN}`],
  [/(\bbearer\s{1,3})[\w.~+/=-]{8,}/gi, `$1${HIDDEN}`],
  // password=x, "db_password": "x", --client-secret x
  [
    new RegExp(
      `((?:password|passwd|passphrase|pwd|secret|token(?!s)|api[_-]?key|apikey|access[_-]?key|private[_-]?key|credentials?|session[_-]?id)[\\w-]{0,40}\\\\?["']?\\s{0,3}[:=]\\s{0,3})(?:${QUOTED}|[^\\s,;&"'\\\\]+)`,
      'gi',
    ),
    `$1${HIDDEN}`,
  ],
  [/(--?(?:password|passwd|pwd|secret|token|api-key|client-secret)\s{1,3})[^\s-]\S*/gi, `$1${HIDDEN}`],
  // postgres://user:secret@host
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{0,200}:)[^\s/@"']{1,500}(?=@)/gi, `$1${HIDDEN}`],
  // keys that vendors mark: AWS, Slack, GitHub, GitLab, OpenAI, Stripe, Google; JSON web tokens
  [/\b(?:AKIA|ASIA|AROA|AIDA)[0-9A-Z]{16}\b/g, HIDDEN],
  [/\bx(?:ox[a-z]|app)-[\w-]{8,}/g, HIDDEN],
  [/\b(?:gh[pousr]_|github_pat_|glpat-)\w[\w-]{15,}/g, HIDDEN],
  [/\b[srp]k[-_](?:live_|test_|proj-|ant-)?[\w-]{16,}/g, HIDDEN],
  [/\bAIza[\w-]{30,}/g, HIDDEN],
  [/\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]{0,}/g, HIDDEN],
];

/**
 * By value what the process knows to be secret, by form what usually is. Not a proof: a secret without a name and
 * without a form passes. Control sequences must be stripped before, or they could stand inside of a secret.
 */
export function createRedact(secrets: Pick<SecretRegister, 'redact'>): Redact {
  return (text) => PATTERNS.reduce((safe, [pattern, shown]) => safe.replace(pattern, shown), secrets.redact(text));
}
