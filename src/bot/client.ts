import {
  LogLevel,
  type Logger as SlackLogger,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from '@slack/web-api';
import type { Logger } from '../core/logger.ts';
import { createSlackFetch } from './transport.ts';

/** How long one call may take before its outcome is unknown (FAULTS.md, finding 8). */
export const SLACK_CALL_TIMEOUT_MS = 10_000;

/**
 * The Slack Web API client. It never retries, never waits on a 429 and never hangs: delivery decides about all that.
 * `apiUrl` ends in `/api/`.
 */
export function createSlackClient(options: { token: string; apiUrl?: string; logger: Logger }): WebClient {
  return new WebClient(options.token, {
    timeout: SLACK_CALL_TIMEOUT_MS,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    maxRequestConcurrency: 16,
    allowAbsoluteUrls: false,
    fetch: createSlackFetch(),
    logger: slackLogger(options.logger),
    ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }),
  });
}

/** The SDK's log lines as debug lines of ours: what a failure means is said where it is handled. */
export function slackLogger(logger: Logger): SlackLogger {
  const write = (...parts: unknown[]) => logger.debug({ parts: parts.map(String) }, 'slack sdk');
  return {
    debug: () => {},
    info: write,
    warn: write,
    error: write,
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}

/** What a failed call means for the next one (FAULTS.md, A2, terminal and transient errors). */
export interface SlackFailure {
  /**
   * `transient`: it certainly did not happen and may be tried again; `unknown-outcome`: it may have happened;
   * `terminal-destination`: this place takes nothing; `terminal-global`: this token takes nothing.
   */
  readonly kind:
    | 'transient'
    | 'terminal-destination'
    | 'terminal-global'
    | 'invalid-blocks'
    | 'too-long'
    | 'unknown-outcome';
  /** Slack's own code, `http_<status>`, or a network code. */
  readonly code: string;
  /** Only with `ratelimited`. */
  readonly retryAfterSeconds?: number;
}

const DEFAULT_RETRY_AFTER_SECONDS = 30;
const TRANSIENT = new Set(['internal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org']);
const GLOBAL = new Set([
  'invalid_auth',
  'not_authed',
  'token_revoked',
  'token_expired',
  'account_inactive',
  'missing_scope',
  'not_allowed_token_type',
  'org_login_required',
  'ekm_access_denied',
]);
const NEVER_ARRIVED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EPROTO']);

/** Sorts anything that a call of the client threw; a bug of ours counts as an unknown outcome. */
export function classifySlackError(error: unknown): SlackFailure {
  if (error instanceof WebAPIRateLimitedError) {
    return { kind: 'transient', code: 'ratelimited', retryAfterSeconds: error.retryAfter };
  }
  if (error instanceof WebAPIPlatformError) return classifyCode(error.data.error);
  if (error instanceof WebAPIHTTPError) {
    return { kind: error.statusCode === 503 ? 'transient' : 'unknown-outcome', code: `http_${error.statusCode}` };
  }
  if (error instanceof WebAPIRequestError) return classifyNetwork(error.original);
  if (error instanceof Error && error.message.startsWith('Retry header')) {
    return { kind: 'transient', code: 'ratelimited', retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS };
  }
  return { kind: 'unknown-outcome', code: 'unexpected' };
}

function classifyCode(code: string): SlackFailure {
  if (!/^[a-z_]{1,60}$/.test(code)) return { kind: 'unknown-outcome', code: 'unreadable_answer' };
  if (code === 'ratelimited' || code === 'rate_limited') {
    return { kind: 'transient', code: 'ratelimited', retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS };
  }
  if (TRANSIENT.has(code)) return { kind: 'transient', code };
  if (code === 'fatal_error') return { kind: 'unknown-outcome', code };
  if (GLOBAL.has(code)) return { kind: 'terminal-global', code };
  if (code === 'msg_too_long') return { kind: 'too-long', code };
  if (/blocks|attachment|slack_file/.test(code)) return { kind: 'invalid-blocks', code };
  return { kind: 'terminal-destination', code };
}

function classifyNetwork(error: Error & { code?: unknown }): SlackFailure {
  const code = typeof error.code === 'string' ? error.code : error.name;
  return { kind: NEVER_ARRIVED.has(code) ? 'transient' : 'unknown-outcome', code };
}
