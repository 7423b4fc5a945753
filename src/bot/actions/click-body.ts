import * as z from 'zod';
import { type ButtonValue, readButtonValue } from '../button.ts';
import { clickId } from '../listen/envelope.ts';
import type { Place } from '../listen/tell.ts';

/** A pressed button, or a pick from a select: `{"type":"block_actions","team":{"id":"T1"},"user":{"id":"U1"},"container":{"message_ts":"…","channel_id":"C1"},"actions":[{"action_id":"gi.ack","value":"…","action_ts":"…"}]}`. */
export const ClickBody = z.object({
  team: z.object({ id: z.string() }).nullish(),
  user: z.object({ id: z.string() }),
  trigger_id: z.string().optional(),
  response_url: z.string().optional(),
  channel: z.object({ id: z.string() }).nullish(),
  message: z.object({ ts: z.string(), thread_ts: z.string().optional() }).nullish(),
  container: z
    .object({ message_ts: z.string().optional(), channel_id: z.string().optional(), thread_ts: z.string().optional() })
    .nullish(),
  actions: z
    .array(
      z.object({
        action_id: z.string(),
        action_ts: z.string().optional(),
        value: z.string().optional(),
        selected_option: z.object({ value: z.string() }).nullish(),
      }),
    )
    .min(1),
});

export interface Click {
  readonly place: Place;
  /** `click|team|user|channel|message ts|action_ts|action_id`. */
  readonly key: string;
  readonly actionId: string;
  /** Null: not one of our values, or changed on the way. */
  readonly value: ButtonValue | null;
  readonly triggerId: string | null;
}

/** Reads a click; null when it is no click at all. */
export function readClick(body: unknown): Click | null {
  const parsed = ClickBody.safeParse(body);
  if (!parsed.success) return null;
  const { data } = parsed;
  const action = data.actions[0];
  if (action === undefined) return null;
  const channel = data.container?.channel_id ?? data.channel?.id ?? null;
  const messageTs = data.container?.message_ts ?? data.message?.ts ?? '';
  const parts = {
    team: data.team?.id ?? '',
    user: data.user.id,
    channel: channel ?? '',
    messageTs,
    actionTs: action.action_ts ?? '',
    actionId: action.action_id,
  };
  return {
    place: {
      userId: data.user.id,
      channel,
      threadTs: data.container?.thread_ts ?? data.message?.thread_ts ?? null,
      responseUrl: data.response_url ?? null,
    },
    key: `click|${clickId(parts)}`,
    actionId: action.action_id,
    value: readButtonValue(action.selected_option?.value ?? action.value),
    triggerId: data.trigger_id ?? null,
  };
}
