import type { Answer } from '../render/answers/answer.ts';

/** One person who asked for something, wherever; made by the edges (slash, mention, button that reads). */
export interface Asker {
  readonly userId: string;
  readonly via: 'slash' | 'mention' | 'button';
  /** Names this asking for ever: what it stores is stored once. */
  readonly key: string;
  readonly channel: string | null;
  readonly threadTs: string | null;
  /** The incident of the thread it was asked in. */
  readonly incident: string | null;
  /** For opening a modal within 3 s; null where Slack gives none (mentions). */
  readonly triggerId: string | null;
  /** Tells Slack that it was taken, when no answer has told it yet. A failure is not the asker's. */
  readonly taken: () => Promise<void>;
  /** Answers the asker alone. Never throws. */
  readonly answer: (answer: Answer) => Promise<void>;
  /** Shows the asker alone what Slack must not keep; false: it could not be shown. Never throws. */
  readonly whisper: (answer: Answer) => Promise<boolean>;
  /** Answers everybody in the place it was asked in. */
  readonly share: (answer: Answer) => Promise<void>;
}
