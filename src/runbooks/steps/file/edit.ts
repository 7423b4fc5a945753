/** A change of a file's text, its secrets opened. */
export type Edit =
  | { readonly kind: 'content'; readonly content: string }
  | { readonly kind: 'replace'; readonly from: string; readonly to: string; readonly count: number }
  | { readonly kind: 'set'; readonly values: Readonly<Record<string, string>>; readonly quotes: 'none' | 'single' };

export type Edited =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'cannot'; readonly why: string };

/** What every reader of env-files (a shell, systemd, Docker) takes as the same value without quotes. */
const PLAIN_VALUE = /^[A-Za-z0-9_@%+:,./=-]*$/;
const QUOTABLE_VALUE = /^[^'\p{Cc}\u2028\u2029]*$/u;

/** The text after a change; a file that is not there, or is no UTF-8 text, can only be given content. Pure. */
export function applyEdit(present: Buffer | null, edit: Edit): Edited {
  if (edit.kind === 'content') return { kind: 'text', text: edit.content };
  if (present === null) return cannot('there is no such file');
  const text = textOf(present);
  if (text === null) return cannot('it is not UTF-8 text');
  return edit.kind === 'replace' ? replaceIn(text, edit) : setIn(text, edit);
}

/** Bytes as UTF-8 text; null when they are none. */
export function textOf(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null; // Not UTF-8: the caller says so.
  }
}

function replaceIn(text: string, { from, to, count }: Extract<Edit, { kind: 'replace' }>): Edited {
  const parts = text.split(from);
  const found = parts.length - 1;
  if (found === count) return { kind: 'text', text: parts.join(to) };
  return cannot(`the text to replace stands there ${times(found)}, not ${times(count)}`);
}

function setIn(text: string, { values, quotes }: Extract<Edit, { kind: 'set' }>): Edited {
  const lines = text.split('\n');
  const end = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  const added: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    const written = writeValue(value, quotes);
    if (written === null) return cannot(`the value of ${name} cannot be written ${sayQuotes(quotes)}`);
    const at = lines.flatMap((line, index) => (isAssignment(line, name) ? [index] : []));
    const [first] = at;
    if (at.length > 1) return cannot(`${name} stands there ${times(at.length)}`);
    if (first === undefined) added.push(`${name}=${written}`);
    else lines[first] = `${/^\s*(export\s+)?/.exec(lines[first] ?? '')?.[0] ?? ''}${name}=${written}`;
  }
  if (added.length === 0) return { kind: 'text', text: lines.join('\n') };
  return { kind: 'text', text: [...lines.slice(0, end), ...added, ''].join('\n') };
}

function isAssignment(line: string, name: string): boolean {
  return line.replace(/^\s*(export\s+)?/, '').startsWith(`${name}=`);
}

function writeValue(value: string, quotes: 'none' | 'single'): string | null {
  if (quotes === 'none') return PLAIN_VALUE.test(value) ? value : null;
  return QUOTABLE_VALUE.test(value) ? `'${value}'` : null;
}

function sayQuotes(quotes: 'none' | 'single'): string {
  if (quotes === 'none') return 'without quotes: only letters, digits and _@%+:,./=- can; see quotes';
  return 'in single quotes: it must be one line without a single quote';
}

function times(count: number): string {
  return count === 0 ? 'nowhere' : count === 1 ? 'once' : `${count} times`;
}

function cannot(why: string): Edited {
  return { kind: 'cannot', why };
}
