type Line = readonly [' ' | '-' | '+', string];

/** Cells of the comparison; beyond, the changed part is shown as one block. */
const MOST_CELLS = 1_000_000;
const NO_END = '\\ No newline at end of file';

/**
 * A unified diff of two texts, `context` lines around each change, cut after `longest` lines with a word on the rest.
 * Empty when they are equal.
 */
export function unifiedDiff(
  before: string,
  after: string,
  { name, context, longest }: { readonly name: string; readonly context: number; readonly longest: number },
): string {
  if (before === after) return '';
  const lines = compare(linesOf(before), linesOf(after));
  const shown = [`--- ${name}`, `+++ ${name}`, ...hunks(lines, context)];
  if (shown.length <= longest) return shown.join('\n');
  return [...shown.slice(0, longest), `… ${shown.length - longest} more lines`].join('\n');
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  return last === '' ? lines : [...lines, `${last}\n${NO_END}`];
}

function compare(a: readonly string[], b: readonly string[]): Line[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const same = (line: string): Line => [' ', line];
  const middle = compareMiddle(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return [...a.slice(0, head).map(same), ...middle, ...a.slice(a.length - tail).map(same)];
}

/** By the longest common subsequence, as long as that is affordable. */
function compareMiddle(a: readonly string[], b: readonly string[]): Line[] {
  if (a.length * b.length > MOST_CELLS) {
    return [...a.map((line): Line => ['-', line]), ...b.map((line): Line => ['+', line])];
  }
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push([' ', a[i++] ?? '']);
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) lines.push(['-', a[i++] ?? '']);
    else lines.push(['+', b[j++] ?? '']);
  }
  return lines;
}

function hunks(lines: readonly Line[], context: number): string[] {
  const isNear = (index: number) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some(([mark]) => mark !== ' ');
  const shown: string[] = [];
  let from = [1, 1] as [number, number];
  for (let index = 0; index < lines.length; ) {
    let end = index;
    while (end < lines.length && isNear(end)) end++;
    if (end === index) {
      from = step(from, lines.slice(index, ++index));
      continue;
    }
    const hunk = lines.slice(index, end);
    shown.push(header(from, hunk), ...hunk.map(([mark, line]) => `${mark}${line}`));
    from = step(from, hunk);
    index = end;
  }
  return shown;
}

function step([a, b]: [number, number], lines: readonly Line[]): [number, number] {
  return [a + count(lines, '+'), b + count(lines, '-')];
}

/** Lines that are on one side: all but those of the other. */
function count(lines: readonly Line[], other: '-' | '+'): number {
  return lines.filter(([mark]) => mark !== other).length;
}

function header([a, b]: [number, number], hunk: readonly Line[]): string {
  const [before, after] = [count(hunk, '+'), count(hunk, '-')];
  return `@@ -${before === 0 ? a - 1 : a},${before} +${after === 0 ? b - 1 : b},${after} @@`;
}
