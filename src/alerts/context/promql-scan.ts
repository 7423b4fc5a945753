/** A piece of a PromQL expression outside of every bracket and string. */
export interface Piece {
  readonly kind: 'word' | 'operator';
  readonly text: string;
  /** Where it stands in the expression. */
  readonly at: number;
}

const OPENING = '([{';
const CLOSING = ')]}';
const WORD = /[a-zA-Z_:][a-zA-Z0-9_:.]*/y;
const OPERATOR = /==|!=|>=|<=|=~|!~|[-+*/%^><=@]/y;
const NUMBER = /0x[0-9a-f]+|[0-9.]+(e[-+]?[0-9]+)?[a-z]*/iy;

/**
 * Words and operators of a PromQL expression that stand outside of brackets, strings and comments; null when a bracket
 * or a string does not end, or a bracket ends that was not begun. Looks at each character once.
 */
export function scanTopLevel(expression: string): Piece[] | null {
  const pieces: Piece[] = [];
  const open: string[] = [];
  let at = 0;
  while (at < expression.length) {
    const character = expression[at] ?? '';
    if (character === '#') {
      at = endOfLine(expression, at);
    } else if (character === '"' || character === "'" || character === '`') {
      const end = endOfString(expression, at);
      if (end === null) return null;
      at = end;
    } else if (OPENING.includes(character)) {
      open.push(CLOSING[OPENING.indexOf(character)] ?? '');
      at += 1;
    } else if (CLOSING.includes(character)) {
      if (open.pop() !== character) return null;
      at += 1;
    } else {
      const piece = pieceAt(expression, at);
      if (piece.kind !== 'other' && open.length === 0) pieces.push({ kind: piece.kind, text: piece.text, at });
      at += piece.text.length;
    }
  }
  return open.length === 0 ? pieces : null;
}

function pieceAt(expression: string, at: number): { readonly kind: Piece['kind'] | 'other'; readonly text: string } {
  for (const [kind, pattern] of [
    ['other', NUMBER],
    ['word', WORD],
    ['operator', OPERATOR],
  ] as const) {
    pattern.lastIndex = at;
    const text = pattern.exec(expression)?.[0];
    if (text !== undefined) return { kind, text };
  }
  return { kind: 'other', text: expression[at] ?? '' };
}

function endOfLine(expression: string, from: number): number {
  const end = expression.indexOf('\n', from);
  return end === -1 ? expression.length : end + 1;
}

/** Behind the closing quote; null when there is none. A back quote knows no escapes. */
function endOfString(expression: string, from: number): number | null {
  const quote = expression[from];
  for (let at = from + 1; at < expression.length; at += 1) {
    if (expression[at] === quote) return at + 1;
    if (expression[at] === '\\' && quote !== '`') at += 1;
  }
  return null;
}
