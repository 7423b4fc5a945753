import * as z from 'zod';
import type { Desk } from '../listen/deps.ts';
import type { Delivery } from '../listen/socket.ts';
import { postResponse, tellEverybody, tellPerson, whisperTo } from '../listen/tell.ts';
import type { Answer } from '../render/answers/answer.ts';
import type { Asker } from './asker.ts';
import { speak } from './speak.ts';

/** `/gianna`: `{"command":"/gianna","text":"ack 42","user_id":"U1","channel_id":"C1","trigger_id":"…","response_url":"…"}`. */
export const SlashBody = z.object({
  command: z.string(),
  text: z.string().default(''),
  user_id: z.string(),
  channel_id: z.string().optional(),
  team_id: z.string().optional(),
  trigger_id: z.string(),
  response_url: z.string().optional(),
});

/** Handles a slash command: the answer is the acknowledgement itself, or goes to `response_url` once Slack was told. */
export async function onSlash(body: unknown, ack: Delivery['ack'], deps: Desk): Promise<void> {
  const parsed = SlashBody.safeParse(body);
  if (!parsed.success) {
    deps.logger.warn({ issues: parsed.error.issues.length }, 'slash command of an unknown shape');
    return;
  }
  const { data } = parsed;
  const place = {
    userId: data.user_id,
    channel: data.channel_id ?? null,
    threadTs: null,
    responseUrl: data.response_url ?? null,
  };
  let acked = false;
  const tryAck = async (payload?: unknown) => {
    acked = true;
    await ack(payload);
  };
  const asker: Asker = {
    userId: data.user_id,
    via: 'slash',
    key: `command|${data.team_id ?? ''}|${data.trigger_id}`,
    channel: place.channel,
    threadTs: null,
    incident: null,
    triggerId: data.trigger_id,
    taken: async () => {
      if (acked) return;
      await tryAck().catch((error: unknown) =>
        deps.logger.warn({ err: error }, 'slack could not be told that it was taken'),
      );
    },
    answer: async (answer) => {
      if (!acked && (await reached(tryAck(ephemeral(answer))))) return;
      if (await reached(postResponse(place.responseUrl, answer, false))) return;
      await tellPerson(deps.client, deps.logger, { ...place, responseUrl: null }, answer);
    },
    whisper: async (answer) => {
      await asker.taken();
      return whisperTo(deps.client, deps.logger, place, answer);
    },
    share: async (answer) => {
      if (await reached(postResponse(place.responseUrl, answer, true))) return;
      await tellEverybody(deps.client, place, answer);
    },
  };
  await speak(data.text, asker, deps);
}

function ephemeral(answer: Answer) {
  return { response_type: 'ephemeral', text: answer.text, blocks: answer.blocks };
}

/** Whether a way of answering worked; the next one is tried when not. */
async function reached(way: Promise<unknown>): Promise<boolean> {
  try {
    return (await way) !== false;
  } catch {
    return false;
  }
}
