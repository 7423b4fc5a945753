import type { SlackCall } from './call.ts';

/** What real Slack remembers and the local peer does not: metadata, trigger ids, response URLs. */
export interface Memory {
  /** Keeps the metadata of a message that was just posted or edited. */
  keep(call: SlackCall, answer: Record<string, unknown>): void;
  /** Gives metadata back in an answer of conversations.history or .replies. */
  enrich(call: SlackCall, answer: Record<string, unknown>): void;
  /** Notes a trigger id that went out to the app. */
  issued(trigger: string): void;
  /** Slack's refusal of a trigger id: good for 3 s, once. */
  refuseTrigger(trigger: unknown): string | null;
  /** Counts a use of a response URL; false after the fifth. */
  mayRespond(url: string): boolean;
}

const TRIGGER_MS = 3000;
const RESPONSES = 5;

/** An empty memory. */
export function createMemory(now: () => number): Memory {
  const metadata = new Map<string, unknown>();
  const triggers = new Map<string, number>();
  const responses = new Map<string, number>();
  return {
    keep: (call, answer) => {
      if (call.body.metadata === undefined || answer.ok !== true) return;
      metadata.set(`${String(answer.channel)}/${String(answer.ts)}`, call.body.metadata);
    },
    enrich: (call, answer) => {
      if (String(call.body.include_all_metadata) !== 'true' || !Array.isArray(answer.messages)) return;
      for (const message of answer.messages as Array<Record<string, unknown>>) {
        const kept = metadata.get(`${String(call.body.channel)}/${String(message.ts)}`);
        if (kept !== undefined) message.metadata = kept;
      }
    },
    issued: (trigger) => {
      triggers.set(trigger, now());
    },
    refuseTrigger: (trigger) => {
      const at = triggers.get(String(trigger));
      if (at === undefined) return null;
      if (at < 0) return 'exchanged_trigger_id';
      triggers.set(String(trigger), -1);
      return now() - at > TRIGGER_MS ? 'expired_trigger_id' : null;
    },
    mayRespond: (url) => {
      const used = (responses.get(url) ?? 0) + 1;
      responses.set(url, used);
      return used <= RESPONSES;
    },
  };
}
