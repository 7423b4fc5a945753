import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument } from 'yaml';
import type { Path } from './problem.ts';

/** 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One file of the configuration as read: its plain value, and where each part of it stands. */
export interface ConfigDocument {
  readonly file: string;
  /** Plain data; null when the file is empty or cannot be read as YAML. */
  readonly value: unknown;
  readonly syntax: ReadonlyArray<Position & { readonly message: string; readonly hint: string | null }>;
  /** Where a value (or its key) stands; the nearest parent's place when it stands nowhere itself. */
  locate(path: Path, at: 'key' | 'value'): Position;
}

const MOST_ALIASES = 100;
const DEEPEST = 60;
const MOST_CHARACTERS = 1024 * 1024;

/** Reads YAML 1.2 (JSON included; anchors and `<<` merges too). Never throws: what is wrong is in `syntax`. */
export function readDocument(file: string, text: string): ConfigDocument {
  const lines = new LineCounter();
  const nowhere = { file, value: null, locate: () => ({ line: 1, column: 1 }) };
  if (text.length > MOST_CHARACTERS) return { ...nowhere, syntax: [tooMuch('the file is larger than 1 MiB')] };
  if (isTooDeep(text)) return { ...nowhere, syntax: [tooMuch(`values are nested deeper than ${DEEPEST} levels`)] };
  try {
    return parse(file, text, lines);
  } catch (error) {
    return { ...nowhere, syntax: [tooMuch(`cannot be read: ${error instanceof Error ? error.message : 'unknown'}`)] };
  }
}

function tooMuch(message: string): Position & { message: string; hint: string | null } {
  return { line: 1, column: 1, message, hint: null };
}

function parse(file: string, text: string, lines: LineCounter): ConfigDocument {
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false, stringKeys: true });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.min(offset, Math.max(0, text.length)));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const syntax = document.errors.map((error) => ({
    ...position(error.pos[0]),
    message: syntaxMessage(error.code, error.message),
    hint: null,
  }));
  const resolve = (node: unknown): Node | null => {
    if (isAlias(node)) return node.resolve(document) ?? null;
    return (node as Node | null) ?? null;
  };
  const locate = (path: Path, at: 'key' | 'value'): Position =>
    position(offsetOf(document.contents, path, at, resolve));
  if (syntax.length > 0) return { file, value: null, syntax, locate };
  const hostile = findKey(document.contents, '__proto__');
  if (hostile !== null) {
    const place = position(hostile);
    return {
      file,
      value: null,
      syntax: [{ ...place, message: '"__proto__" is not a usable name', hint: null }],
      locate,
    };
  }
  return { file, value: document.toJS({ maxAliasCount: MOST_ALIASES }), syntax, locate };
}

function syntaxMessage(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key stands here twice; keep one';
  // What a message quotes may be a secret that stands in the file.
  return `not valid YAML: ${message.replace(/:? ".*$/s, '')}`;
}

function offsetOf(
  contents: ParsedNode | null,
  path: Path,
  at: 'key' | 'value',
  resolve: (node: unknown) => Node | null,
): number {
  let node: Node | null = contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [index, part] of path.entries()) {
    node = resolve(node);
    const found = childOf(node, part);
    if (found === null) return offset;
    const last = index === path.length - 1;
    const valueOffset = found.value?.range?.[0];
    offset =
      last && at === 'key' ? (found.keyOffset ?? valueOffset ?? offset) : (valueOffset ?? found.keyOffset ?? offset);
    node = found.value;
  }
  return offset;
}

function childOf(node: Node | null, part: string | number): { keyOffset: number | null; value: Node | null } | null {
  if (isSeq(node)) {
    const item = node.items[Number(part)];
    return item === undefined ? null : { keyOffset: null, value: item as Node };
  }
  if (!isMap(node)) return null;
  const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
  if (pair === undefined) return null;
  return { keyOffset: (pair.key as Node).range?.[0] ?? null, value: pair.value as Node | null };
}

/** Offset of a key of that name anywhere in the tree, or null. */
function findKey(node: unknown, name: string): number | null {
  if (isSeq(node)) return firstOf(node.items, (item) => findKey(item, name));
  if (!isMap(node)) return null;
  return firstOf(node.items, (pair) => {
    if (isScalar(pair.key) && pair.key.value === name) return pair.key.range?.[0] ?? 0;
    return findKey(pair.value, name);
  });
}

function firstOf<T>(items: readonly T[], find: (item: T) => number | null): number | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

/** A cheap bound before the recursive parser runs: brackets open at once, and the indentation of one line. */
function isTooDeep(text: string): boolean {
  let open = 0;
  for (const character of text) {
    if (character === '[' || character === '{') open += 1;
    else if (character === ']' || character === '}') open = Math.max(0, open - 1);
    if (open > DEEPEST) return true;
  }
  return new RegExp(`^(?:[ ]*[-?](?=[ ])){${DEEPEST}}|^[ ]{${DEEPEST * 4}}`, 'm').test(text);
}
