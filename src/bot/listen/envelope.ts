import * as z from 'zod';

const Id = z.string().max(200);
const Container = z.object({ message_ts: Id.optional(), channel_id: Id.optional(), view_id: Id.optional() });

const Envelope = z.object({
  type: z.string().optional(),
  team_id: Id.optional(),
  team: z.object({ id: Id }).nullish(),
  user: z.object({ id: Id }).nullish(),
  event_id: Id.optional(),
  command: z.string().optional(),
  trigger_id: Id.optional(),
  channel: z.object({ id: Id }).nullish(),
  container: Container.nullish(),
  actions: z.array(z.object({ action_id: Id.optional(), action_ts: Id.optional() })).optional(),
  view: z.object({ id: Id, hash: Id.nullish() }).nullish(),
});

/** What names a delivery: two copies of one envelope have the same key (DESIGN.md, Inbox). */
export interface EnvelopeFacts {
  /** Null: a kind that we do not know. */
  readonly key: string | null;
  readonly kind: 'event' | 'click' | 'command' | 'view' | 'other';
  readonly teamId: string | null;
}

/** Reads what names an incoming body. Sample: `{"type":"block_actions","team":{"id":"T1"},"user":{"id":"U1"},"actions":[…]}`. */
export function envelopeFacts(body: unknown): EnvelopeFacts {
  const parsed = Envelope.safeParse(body);
  if (!parsed.success) return { key: null, kind: 'other', teamId: null };
  const { data } = parsed;
  const teamId = data.team?.id ?? data.team_id ?? null;
  if (data.type === 'event_callback') return facts('event', teamId, data.event_id);
  if (data.type === 'block_actions') return facts('click', teamId, clickKey(data));
  if (data.type === 'view_submission') return facts('view', teamId, viewKey(data));
  if (data.command !== undefined) return facts('command', teamId, data.trigger_id);
  return { key: null, kind: 'other', teamId };
}

function facts(kind: EnvelopeFacts['kind'], teamId: string | null, id: string | undefined): EnvelopeFacts {
  return { key: id === undefined ? null : `${kind}|${id}`, kind, teamId };
}

function clickKey(data: z.infer<typeof Envelope>): string {
  const action = data.actions?.[0];
  const id = clickId({
    team: data.team?.id ?? '',
    user: data.user?.id ?? '',
    channel: data.container?.channel_id ?? data.channel?.id ?? data.container?.view_id ?? '',
    messageTs: data.container?.message_ts ?? '',
    actionTs: action?.action_ts ?? '',
    actionId: action?.action_id ?? '',
  });
  // two presses of one moment are two envelopes, each with its trigger: the second is answered, the inbox counts them once
  return `${id}|${data.trigger_id ?? ''}`;
}

/** A view may be submitted again after errors under its fields: the submission's own trigger tells the two apart. */
function viewKey(data: z.infer<typeof Envelope>): string {
  return [data.view?.id, data.view?.hash, data.trigger_id].join('|');
}

export interface ClickParts {
  readonly team: string;
  readonly user: string;
  readonly channel: string;
  readonly messageTs: string;
  readonly actionTs: string;
  readonly actionId: string;
}

/** The name of one click: (team, user, channel, message ts, action_ts, action_id). */
export function clickId(parts: ClickParts): string {
  return [parts.team, parts.user, parts.channel, parts.messageTs, parts.actionTs, parts.actionId].join('|');
}
