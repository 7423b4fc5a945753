import type { WebClient } from '@slack/web-api';
import type { Logger } from '../../core/logger.ts';
import type { Answer } from '../render/answers/answer.ts';

/** Where a person can be answered: visible to that person alone. */
export interface Place {
  readonly userId: string;
  readonly channel: string | null;
  readonly threadTs: string | null;
  /** Good for five posts within 30 minutes. */
  readonly responseUrl: string | null;
}

const POST_TIMEOUT_MS = 10_000;

/** Answers one person: ephemeral in the place, else by the `response_url`, else by a direct message; never throws. */
export async function tellPerson(client: WebClient, logger: Logger, place: Place, answer: Answer): Promise<void> {
  const ways = [
    () => postEphemeral(client, place, answer),
    () => postResponse(place.responseUrl, answer, false),
    () => client.chat.postMessage({ channel: place.userId, ...quiet(answer) }).then(() => true),
  ];
  for (const way of ways) {
    try {
      if (await way()) return;
    } catch (error) {
      logger.debug({ err: error }, 'answer could not be delivered this way');
    }
  }
  logger.warn({ user: place.userId }, 'a person could not be answered');
}

/** Shows one person what Slack must not keep: ephemeral, or not at all. False: it could not be shown. */
export async function whisperTo(client: WebClient, logger: Logger, place: Place, answer: Answer): Promise<boolean> {
  const ways = [() => postResponse(place.responseUrl, answer, false), () => postEphemeral(client, place, answer)];
  for (const way of ways) {
    try {
      if (await way()) return true;
    } catch {
      // what failed may hold what must not be kept
      logger.debug('a whisper could not be delivered this way');
    }
  }
  return false;
}

/** Answers where everybody sees it. */
export async function tellEverybody(client: WebClient, place: Place, answer: Answer): Promise<void> {
  if (place.channel === null) return;
  await client.chat.postMessage({
    channel: place.channel,
    ...(place.threadTs === null ? {} : { thread_ts: place.threadTs }),
    ...quiet(answer),
  });
}

async function postEphemeral(client: WebClient, place: Place, answer: Answer): Promise<boolean> {
  if (place.channel === null) return false;
  await client.chat.postEphemeral({
    channel: place.channel,
    user: place.userId,
    ...(place.threadTs === null ? {} : { thread_ts: place.threadTs }),
    text: answer.text,
    blocks: answer.blocks,
  });
  return true;
}

/** Posts to a `response_url`; false without one. Throws when it is refused. */
export async function postResponse(url: string | null, answer: Answer, everybody: boolean): Promise<boolean> {
  if (url === null) return false;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      response_type: everybody ? 'in_channel' : 'ephemeral',
      replace_original: false,
      text: answer.text,
      blocks: answer.blocks,
    }),
    redirect: 'error',
    signal: AbortSignal.timeout(POST_TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`response_url answered ${response.status}`);
  return true;
}

function quiet(answer: Answer) {
  return { text: answer.text, blocks: answer.blocks, unfurl_links: false, unfurl_media: false };
}
