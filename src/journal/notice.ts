import type { JsonObject } from '../core/json.ts';
import { digestOf } from './digest.ts';
import type { Batch, Effect, JournalReader } from './port.ts';

/** Effects of this kind are messages that belong to no incident's thread: digests, reports, a word to one person. */
export const NOTICE = 'notice';

/** A message in words. Foreign text is not escaped yet: the edge that shows it does that. */
export type Notice = {
  /** Our word for a channel (`ops`), a key of oncall.people, or an actor (`slack:U1`) for a direct message. */
  readonly to: { readonly channel: string } | { readonly person: string } | { readonly actor: string };
  /** One line: what a push notification says. */
  readonly title: string;
  /** One paragraph or bullet each. */
  readonly lines: readonly string[];
  /** The incident it is about, for links and metadata. */
  readonly incident?: string;
  /** What can be pressed; answered as long as it makes sense, and told afterwards that it does not. */
  readonly buttons?: readonly NoticeButton[];
  /** A chart (an ECharts option), drawn when it is sent; `alt` says its numbers. */
  readonly picture?: {
    readonly alt: string;
    readonly option: JsonObject;
    readonly width: number;
    readonly height: number;
  };
};

/** A button of a notice: what it does, by its name among the edge's buttons, to which thing of the bot's own (`HND-7`). */
export type NoticeButton = { readonly action: string; readonly about: string; readonly label: string };

/** What an effect of kind `notice` carries: the digest of the JSON of a `Notice`. */
export type NoticeRequest = { readonly notice: string };

/** The part of a batch that asks for a notice, once for ever by its key: `notice|<key>`. */
export function askNotice(key: string, notice: Notice): Required<Pick<Batch, 'effects' | 'payloads'>> {
  const text = JSON.stringify(notice);
  const digest = digestOf(text);
  const data: NoticeRequest = { notice: digest };
  const effect = { op: 'ask', key: `${NOTICE}|${key}`, kind: NOTICE, incident: notice.incident ?? null, data } as const;
  return { effects: [effect], payloads: new Map([[digest, text]]) };
}

/** Reads the notice of an effect; null when its text was erased. */
export async function readNotice(journal: Pick<JournalReader, 'payload'>, effect: Effect): Promise<Notice | null> {
  const text = await journal.payload((effect.data as NoticeRequest).notice);
  return text === null ? null : (JSON.parse(text) as Notice);
}
