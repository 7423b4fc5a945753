import { control, look } from './local-slack.ts';
import { until } from './process.ts';

/** A message as the Slack peer shows it. */
export interface SeenMessage {
  readonly ts: string;
  readonly thread_ts?: string;
  readonly text: string;
  readonly user?: string;
  readonly blocks?: readonly SeenBlock[];
}
interface SeenBlock {
  readonly type: string;
  readonly block_id?: string;
  readonly elements?: ReadonlyArray<{ readonly action_id?: string; readonly value?: string }>;
}

/** All messages of a channel or DM, oldest first. */
export async function messagesIn(url: string, channel: string): Promise<SeenMessage[]> {
  return ((await look(url, `messages/${channel}`)) as { messages: SeenMessage[] }).messages;
}

/** Everything a message says, its blocks included. */
export function wordsOf(message: SeenMessage): string {
  return `${message.text} ${JSON.stringify(message.blocks ?? [])}`;
}

/** What one person sees and presses in one incident's thread. */
export interface SlackPerson {
  /** The parent of the thread, once it says `word`. */
  parentSays(word: string, withinMs?: number): Promise<SeenMessage>;
  /** A reply of the thread that matches. */
  replySays(what: string, matches: (words: string) => boolean, withinMs?: number): Promise<SeenMessage>;
  /** Presses the parent's button; resolves after the bot acked. */
  press(actionId: string): Promise<void>;
}

/** Someone who watches the thread whose parent names `alertname`. */
export function watchThread(options: { url: string; channel: string; user: string; alertname: string }): SlackPerson {
  const { url, channel, user, alertname } = options;
  const all = () => messagesIn(url, channel);
  const parent = async () =>
    (await all()).find(({ thread_ts: thread, text }) => thread === undefined && text.includes(alertname));

  return {
    parentSays: (word, withinMs = 30_000) =>
      until(
        `the parent of ${alertname} says ${word}`,
        async () => {
          const found = await parent();
          return found?.text.includes(word) === true ? found : null;
        },
        withinMs,
      ),
    replySays: (what, matches, withinMs = 30_000) =>
      until(
        what,
        async () => {
          const root = await parent();
          return (await all()).find((message) => message.thread_ts === root?.ts && matches(wordsOf(message)));
        },
        withinMs,
      ),
    press: async (actionId) => {
      const found = await until(`the button ${actionId}`, async () => buttonOf(await parent(), actionId));
      const action = { type: 'button', action_id: actionId, block_id: found.blockId, value: found.value };
      await control(url, 'interact', { channel, messageTs: found.ts, user, action });
    },
  };
}

function buttonOf(message: SeenMessage | undefined, actionId: string) {
  for (const block of message?.blocks ?? []) {
    const button = block.elements?.find((element) => element.action_id === actionId);
    if (message !== undefined && button !== undefined) {
      return { ts: message.ts, blockId: block.block_id, value: button.value };
    }
  }
  return null;
}
