import { StringDecoder } from 'node:string_decoder';
import { printable } from './printable.ts';

/** What a program prints on one stream: kept up to a bound, told while it comes. */
export interface ProgramOutput {
  write(chunk: Uint8Array): void;
  /** Tells what was held back; call once, when nothing more comes. */
  end(): void;
  /** What was kept, control sequences removed. */
  text(): string;
  isTruncated(): boolean;
}

/** A terminal sequence, or a line end, that may go on in the next chunk. */
const ESC = '\u001b';
const BEL = '\u0007';
const UNFINISHED = new RegExp(`(?:${ESC}(?:\\[[0-9;?]*|[\\]P_^X][^${BEL}${ESC}]*${ESC}?)?|\r)$`);
const LONGEST_HELD = 4096;

/** Keeps `maxBytes`, reads and drops the rest; `tell` hears what is kept, never half a character or half a terminal sequence. */
export function createProgramOutput(maxBytes: number, tell?: (text: string) => void): ProgramOutput {
  const decoder = new StringDecoder('utf8');
  const chunks: Buffer[] = [];
  let kept = 0;
  let isCut = false;
  let held = '';
  const say = (text: string) => {
    const shown = printable(text);
    if (shown !== '') tell?.(shown);
  };
  return {
    write: (chunk) => {
      const room = maxBytes - kept;
      if (chunk.length > room) isCut = true;
      if (room <= 0) return;
      const part = Buffer.from(chunk.subarray(0, room));
      chunks.push(part);
      kept += part.length;
      if (tell === undefined) return;
      const text = held + decoder.write(part);
      const tail = UNFINISHED.exec(text)?.[0] ?? '';
      held = tail.length > LONGEST_HELD ? '' : tail;
      say(text.slice(0, text.length - held.length));
    },
    end: () => {
      say(held);
      held = '';
    },
    text: () => printable(wholeCharacters(Buffer.concat(chunks), isCut)),
    isTruncated: () => isCut,
  };
}

/** Without the half character that a cut leaves at the end. */
function wholeCharacters(bytes: Buffer, isCut: boolean): string {
  return isCut ? new StringDecoder('utf8').write(bytes) : bytes.toString('utf8');
}
