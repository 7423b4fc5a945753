import type { Redact } from '../core/redact.ts';
import { stripControls } from '../core/text.ts';

/** Of one target of one step. */
const MOST_CHARACTERS = 64 * 1024;
/** A secret longer than this may be cut in two where the middle is left out. */
const TAIL_CHARACTERS = 16 * 1024;

export interface Output {
  readonly take: (text: string) => void;
  /** Stripped of control sequences, redacted; beginning and end when it was more than is kept. */
  text(): string;
}

/** Collects what a target prints, bounded; nothing of it is looked at before it is whole, so that no secret is missed by a seam. */
export function createOutput(redact: Redact): Output {
  let head = '';
  let tail = '';
  let dropped = 0;
  return {
    take: (text) => {
      const room = MOST_CHARACTERS - head.length;
      head += text.slice(0, Math.max(0, room));
      const more = text.slice(Math.max(0, room));
      if (more === '') return;
      tail += more;
      if (tail.length <= 2 * TAIL_CHARACTERS) return;
      dropped += tail.length - TAIL_CHARACTERS;
      tail = tail.slice(-TAIL_CHARACTERS);
    },
    text: () => {
      const shown = (text: string) => redact(stripControls(text));
      if (dropped === 0) return shown(head + tail);
      // the seams are cut back to whole lines, and no part of one is shown: half a secret is not known as one
      const begin = head.slice(0, head.lastIndexOf('\n') + 1);
      const end = tail.includes('\n') ? tail.slice(tail.indexOf('\n') + 1) : '';
      const leftOut = dropped + head.length - begin.length + tail.length - end.length;
      return `${shown(begin)}[… ${leftOut} characters left out …]\n${shown(end)}`;
    },
  };
}
