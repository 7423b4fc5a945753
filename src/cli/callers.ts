import type { Actor } from '../core/command.ts';
import { refuse } from '../core/errors.ts';
import type { OpsApi } from './api.ts';
import type { CallerJson } from './shapes.ts';

/** Who asks over the socket: whoever presents a token, else the host's own user. */
export type Caller =
  | { readonly kind: 'local' }
  | {
      readonly kind: 'token';
      /** Public id of the token, and whose it is. */
      readonly id: string;
      readonly actor: Actor;
      /** Epoch ms. */
      readonly expiresAt: number;
    };

interface VerbRule {
  /** `token`: never without one, since nobody knows whose word it is; `own`: without one about a run that was asked for so. */
  readonly who: 'anyone' | 'token' | 'own';
  /** What an account needs for it, as in Slack; `room`: the room that decides it asks for itself. */
  readonly right: 'R1' | 'drill' | 'room';
}

const LISTED: ReadonlyArray<readonly [VerbRule, readonly string[]]> = [
  [
    { who: 'anyone', right: 'R1' },
    [
      ...['ack', 'resolve', 'open', 'note', 'severity', 'assign', 'snooze', 'unsnooze', 'reopen', 'merge', 'unmerge'],
      ...['split', 'unack', 'pass-on', 'need-help', 'still-on-it', 'add-responder', 'escalate'],
      ...['silence', 'silence-extend', 'lift', 'override', 'swap', 'override-remove', 'handoff-accept'],
    ],
  ],
  [{ who: 'anyone', right: 'drill' }, ['drill']],
  [
    { who: 'anyone', right: 'room' },
    [
      ...['run', 'stop', 'abort', 'continue', 'skip', 'resume', 'undo', 'abandon', 'break-glass', 'renew'],
      ...['lease-abandon', 'remediation-on', 'page-test', 'cli-token-revoke'],
    ],
  ],
  // a second person's word is worth something only from a person
  [{ who: 'token', right: 'room' }, ['approve']],
  // denying one's own request withdraws it
  [{ who: 'own', right: 'room' }, ['deny']],
];

const RULES: ReadonlyMap<string, VerbRule> = new Map(
  LISTED.flatMap(([rule, verbs]) => verbs.map((verb) => [verb, rule] as const)),
);

/** Verbs that can be asked for over the socket. */
export const VERBS: readonly string[] = [...RULES.keys()];

/** Who a caller acts as. */
export function actorOf(caller: Caller): Actor {
  return caller.kind === 'local' ? 'local' : caller.actor;
}

/**
 * Who presents these words in the `Authorization` header; null: none. A token that is not good is refused: its owner
 * must not act as somebody else without knowing it.
 */
export async function callerOf(header: string | undefined, api: Pick<OpsApi, 'verifyToken'>): Promise<Caller> {
  if (header === undefined) return { kind: 'local' };
  const token = /^Bearer (\S+)$/i.exec(header)?.[1];
  if (token === undefined) {
    throw refuse('TOKEN_UNKNOWN', 'The token cannot be read. Nothing was done.', 'Use the CLI of the same version.');
  }
  const { id, owner, expiresAt } = await api.verifyToken(token);
  return { kind: 'token', id, actor: owner, expiresAt };
}

/** Who a caller is, for itself. */
export async function whoIs(caller: Caller, api: Pick<OpsApi, 'rolesOf'>): Promise<CallerJson> {
  if (caller.kind === 'local') return { actor: 'local', token: null, roles: [], expiresAt: null };
  const { id: token, actor, expiresAt } = caller;
  return { actor, token, roles: await api.rolesOf(actor), expiresAt: new Date(expiresAt).toISOString() };
}

/** Refuses a verb that this caller may not ask for: by the table, and for an account by its rights in Slack now. */
export async function refuseUnlessMay(
  caller: Caller,
  verb: string,
  { incident, run }: { readonly incident?: string | undefined; readonly run?: string | undefined },
  api: Pick<OpsApi, 'may' | 'incident' | 'run'>,
): Promise<void> {
  const rule = RULES.get(verb);
  if (rule === undefined) throw refuse('BAD_REQUEST', 'The command line has no such verb.', 'See --help.');
  if (caller.kind === 'local') {
    if (rule.who === 'anyone') return;
    if (rule.who === 'own' && run !== undefined && (await api.run(run))?.by === 'local') return;
    throw refuse(
      'TOKEN_NEEDED',
      `Without a token the command line is "local" and may not ${verb}: nobody knows whose word it is. Nothing was done.`,
      'Get a token in Slack with /gianna cli-token, and put it into GIANNA_CLI_TOKEN_FILE or GIANNA_CLI_TOKEN.',
    );
  }
  if (rule.right === 'room') return;
  const channel = incident === undefined ? null : ((await api.incident(incident))?.channel ?? null);
  const permission = await api.may(caller.actor, rule.right, channel);
  if (!permission.allowed) {
    throw refuse('NOT_ALLOWED', `To ${verb} ${permission.reason}. Nothing was done.`, 'Ask somebody who may.');
  }
}
