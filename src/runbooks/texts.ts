import { oneLine, stripControls, truncateGraphemes } from '../core/text.ts';
import { digestOf } from '../journal/digest.ts';

const LONGEST_LINE = 1000;

/** Texts on their way into the journal: each put returns the digest that an event may hold. */
export interface Texts {
  readonly payloads: ReadonlyMap<string, string>;
  line(text: string): string;
  /** As it is: what was printed. */
  whole(text: string): string;
  json(value: unknown): string;
}

/** Collects payloads of one batch. Lines are made one plain line of bounded length. */
export function createTexts(): Texts {
  const payloads = new Map<string, string>();
  const put = (text: string): string => {
    const digest = digestOf(text);
    payloads.set(digest, text);
    return digest;
  };
  return {
    payloads,
    line: (text) => put(truncateGraphemes(oneLine(stripControls(text)), LONGEST_LINE)),
    whole: put,
    json: (value) => put(JSON.stringify(value)),
  };
}
