import * as z from 'zod';
import type { Desk } from '../listen/deps.ts';
import { tellEverybody, tellPerson, whisperTo } from '../listen/tell.ts';
import type { Asker } from './asker.ts';
import { speak } from './speak.ts';

/** `{"event_id":"Ev1","event":{"type":"app_mention","user":"U1","text":"<@U0BOT> ack","channel":"C1","ts":"…","thread_ts":"…"}}`. */
export const MentionBody = z.object({
  event_id: z.string(),
  team_id: z.string().optional(),
  event: z.object({
    type: z.string(),
    subtype: z.string().optional(),
    bot_id: z.string().nullish(),
    user: z.string().optional(),
    text: z.string().default(''),
    channel: z.string(),
    channel_type: z.string().optional(),
    ts: z.string(),
    thread_ts: z.string().optional(),
    edited: z.unknown().optional(),
  }),
});
type MentionBody = z.infer<typeof MentionBody>;

/**
 * Handles `@gianna …` in a channel or thread, and any message in a direct one. Edited messages, other bots and our own
 * words are nobody's orders. `taken` acknowledges the event; it is called once what it asks for is stored or answered.
 */
export async function onMention(
  body: unknown,
  taken: () => Promise<void>,
  botUserId: string | null,
  deps: Desk,
): Promise<void> {
  const parsed = MentionBody.safeParse(body);
  if (!parsed.success || !isOrder(parsed.data, botUserId)) return;
  const { event } = parsed.data;
  const userId = event.user ?? '';
  const asker = await askerOf(parsed.data, userId, taken, deps);
  await speak(withoutMention(event.text, botUserId), asker, deps);
}

function isOrder({ event }: MentionBody, botUserId: string | null): boolean {
  if (event.user === undefined || event.user === botUserId) return false;
  if (event.subtype !== undefined && event.subtype !== 'thread_broadcast') return false;
  if ((event.bot_id ?? null) !== null || event.edited !== undefined) return false;
  // in a direct conversation every message is an order already: a mention there would be answered twice
  if (event.type === 'app_mention') return !isDirect(event);
  return event.type === 'message' && event.channel_type === 'im';
}

function isDirect({ channel, channel_type }: MentionBody['event']): boolean {
  return channel_type === 'im' || channel.startsWith('D');
}

async function askerOf(body: MentionBody, userId: string, taken: () => Promise<void>, deps: Desk): Promise<Asker> {
  const { event } = body;
  const threadTs = event.thread_ts ?? null;
  const place = { userId, channel: event.channel, threadTs, responseUrl: null };
  const share: Asker['share'] = (answer) => tellEverybody(deps.client, place, answer);
  return {
    userId,
    via: 'mention',
    key: `event|${body.team_id ?? ''}|${event.channel}|${event.ts}`,
    channel: event.channel,
    threadTs,
    incident: threadTs === null ? null : await deps.incidentOfThread(event.channel, threadTs),
    triggerId: null,
    taken,
    // A direct conversation is the asker's own: an ordinary message stays there, an ephemeral one would vanish.
    answer: async (answer) => {
      await taken();
      if (!isDirect(event)) return tellPerson(deps.client, deps.logger, place, answer);
      await share(answer).catch((error: unknown) => deps.logger.warn({ err: error }, 'a person could not be answered'));
    },
    whisper: async (answer) => {
      await taken();
      return whisperTo(deps.client, deps.logger, place, answer);
    },
    share,
  };
}

function withoutMention(text: string, botUserId: string | null): string {
  const own = botUserId === null ? /^\s*<@[A-Z0-9]+(\|[^>]*)?>/ : new RegExp(`<@${botUserId}(\\|[^>]*)?>`, 'g');
  return text.replace(own, ' ');
}
