/** One line that a container wrote. */
export interface DockerLogLine {
  /** Epoch milliseconds; null when the engine did not say. */
  readonly at: number | null;
  readonly text: string;
}

const HEADER_BYTES = 8;
const STREAMS = new Set([0, 1, 2]);
const STAMP = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z) /;

/**
 * What a container wrote, of an answer of `GET /containers/<id>/logs`: frames of 8 bytes (stream, three zeros, length)
 * and text when it has no terminal, text alone when it has one. An answer that was cut ends in the middle of a frame.
 */
export function demultiplex(answer: Buffer, hasTerminal: boolean): string {
  if (hasTerminal) return answer.toString('utf8');
  const parts: Buffer[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= answer.length && isHeader(answer, at)) {
    const begin = at + HEADER_BYTES;
    const end = begin + answer.readUInt32BE(at + 4);
    parts.push(answer.subarray(begin, Math.min(end, answer.length)));
    at = end;
  }
  // not a frame: better shown as it came than lost
  if (parts.length === 0) return answer.toString('utf8');
  return Buffer.concat(parts).toString('utf8');
}

/** Lines of text that begins each with a time stamp (`timestamps=true`). */
export function stampedLines(text: string): DockerLogLine[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const stamp = STAMP.exec(line);
      if (stamp?.[1] === undefined) return { at: null, text: line };
      return { at: Date.parse(stamp[1]), text: line.slice(stamp[0].length) };
    });
}

function isHeader(answer: Buffer, at: number): boolean {
  return STREAMS.has(answer[at] ?? 255) && answer[at + 1] === 0 && answer[at + 2] === 0 && answer[at + 3] === 0;
}
