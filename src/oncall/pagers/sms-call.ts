import { toGsm } from './gsm.ts';
import { type PageCall, sentenceOf } from './page-call.ts';

/** More of a message than that is in no SMS. */
const LONGEST_MESSAGE = 140;

/** What an SMS about a page beside the policy says when it has no room for a title: the longest first. */
export function callLines(call: PageCall): string[] {
  const { message, says, brief } = call;
  const short = [toGsm(sentenceOf({ ...call, message: null })), brief];
  if (message === null) return short;
  const characters = [...toGsm(message)].slice(0, LONGEST_MESSAGE);
  const cuts = characters.map((_, cut) =>
    characters
      .slice(0, characters.length - cut)
      .join('')
      .trimEnd(),
  );
  return [...cuts.map((kept) => `${toGsm(says)}: ${kept}...`), ...short];
}
