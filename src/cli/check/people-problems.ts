import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Config } from '../../core/config/config.ts';
import { readDocument } from '../../core/config/document.ts';
import { type Path, type Problem, printPath } from '../../core/config/problem.ts';
import { createHttp, whyNoAnswer } from '../../core/http.ts';
import type { Span } from '../../oncall/coverage.ts';
import { peopleIn } from '../../oncall/duties.ts';

const FILE = 'oncall.yml';
const SLACK_API = 'https://slack.com/api/';
const TIMEOUT_MS = 5_000;
const MOST_BYTES = 1024 * 1024;

/** `users.info`: `{"ok":true,"user":{"id":"U1","deleted":false}}` or `{"ok":false,"error":"user_not_found"}`. */
const UserInfo = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  user: z.object({ deleted: z.boolean().optional(), is_bot: z.boolean().optional() }).optional(),
});

export interface SlackAccess {
  readonly botToken: string | null;
  /** Ends in `/api/`; null: Slack itself. */
  readonly apiUrl: string | null;
}

type Account =
  | { readonly kind: 'active' | 'deactivated' | 'unknown' | 'bot' }
  | { readonly kind: 'untold'; readonly why: string };

/**
 * Asks Slack about every account of oncall.yml: one that it does not know is an error, one that is deactivated is one when
 * its person is on call within the span. A Slack that does not answer is one warning.
 */
export async function peopleProblems(
  dir: string,
  { oncall }: Config,
  slack: SlackAccess,
  span: Span,
): Promise<Problem[]> {
  const document = readDocument(FILE, await readFile(join(dir, FILE), 'utf8'));
  const soon = new Set(Object.values(oncall.schedules).flatMap((rules) => [...peopleIn(rules, span)]));
  const problems: Problem[] = [];
  for (const [person, { slack: accounts }] of Object.entries(oncall.people)) {
    const path: Path = ['people', person, 'slack'];
    const place = { file: FILE, ...document.locate(path, 'value'), path: printPath(path) };
    for (const account of accounts) {
      const found = await ask(slack, account);
      if (found.kind === 'untold') return [...problems, untold(found.why)];
      const said = saidOf(found.kind, account, { person, isSoon: soon.has(person) });
      if (said !== null) problems.push({ ...place, ...said });
    }
  }
  return problems;
}

type Said = Pick<Problem, 'severity' | 'message' | 'hint'>;

function saidOf(
  kind: Exclude<Account['kind'], 'untold'>,
  account: string,
  { person, isSoon }: { readonly person: string; readonly isSoon: boolean },
): Said | null {
  switch (kind) {
    case 'active':
      return null;
    case 'unknown':
      return {
        severity: 'error',
        message: `Slack does not know ${account} of ${person}`,
        hint: 'copy the member id from the profile in Slack; people of other workspaces have another one',
      };
    case 'bot':
      return { severity: 'error', message: `${account} of ${person} is a bot: nobody reads it`, hint: null };
    case 'deactivated':
      return isSoon
        ? {
            severity: 'error',
            message: `${account} of ${person} is deactivated in Slack, and ${person} is on call within the weeks ahead`,
            hint: 'take the person out of the schedules, or give another account',
          }
        : { severity: 'warning', message: `${account} of ${person} is deactivated in Slack`, hint: null };
    default:
      return kind satisfies never;
  }
}

function untold(why: string): Problem {
  const hint = 'check SLACK_BOT_TOKEN and its scope users:read, and that Slack can be reached from here';
  const message = `Slack could not be asked about people: ${why}`;
  return { file: FILE, line: 1, column: 1, path: 'people', severity: 'warning', message, hint };
}

async function ask({ botToken, apiUrl }: SlackAccess, account: string): Promise<Account> {
  if (botToken === null) return { kind: 'untold', why: 'SLACK_BOT_TOKEN is not set' };
  const http = createHttp({ timeoutMs: TIMEOUT_MS, maxBytes: MOST_BYTES });
  const headers = { authorization: `Bearer ${botToken}`, 'content-type': 'application/x-www-form-urlencoded' };
  const form = new URLSearchParams({ user: account }).toString();
  try {
    const url = `${apiUrl ?? SLACK_API}users.info`;
    const { status, data } = await http.post(url, form, { headers, validateStatus: () => true });
    const read = UserInfo.safeParse(data);
    return read.success && status === 200 ? accountOf(read.data) : { kind: 'untold', why: `http_${status}` };
  } catch (error) {
    return { kind: 'untold', why: whyNoAnswer(error, TIMEOUT_MS) };
  }
}

function accountOf({ ok, error = 'no reason', user }: z.infer<typeof UserInfo>): Account {
  if (!ok)
    return error === 'user_not_found' || error === 'user_not_visible'
      ? { kind: 'unknown' }
      : { kind: 'untold', why: error };
  if (user?.deleted === true) return { kind: 'deactivated' };
  return { kind: user?.is_bot === true ? 'bot' : 'active' };
}
