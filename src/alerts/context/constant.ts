const TOKEN = /\s*(?:(0x[0-9a-f]+|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|inf|nan)|([-+*/%^()]))/iy;
const DEEPEST = 20;

/** The value of an arithmetic expression of numbers alone (`500*1024*1024`, `-(1.5)`); null when it is anything else. */
export function constantOf(expression: string): number | null {
  const tokens = tokensOf(expression);
  if (tokens === null || tokens.length === 0) return null;
  const reader: Reader = { tokens, at: 0, depth: 0 };
  const value = sum(reader);
  return value !== null && reader.at === tokens.length && Number.isFinite(value) ? value : null;
}

interface Reader {
  readonly tokens: readonly (number | string)[];
  at: number;
  depth: number;
}

function tokensOf(expression: string): Array<number | string> | null {
  const text = expression.trim();
  const tokens: Array<number | string> = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const [, number, operator] = TOKEN.exec(text) ?? [];
    if (number !== undefined) tokens.push(numberOf(number));
    else if (operator !== undefined) tokens.push(operator);
    else return null;
  }
  return tokens;
}

function numberOf(text: string): number {
  const word = text.toLowerCase();
  return word === 'inf' ? Number.POSITIVE_INFINITY : Number(word);
}

function sum(reader: Reader): number | null {
  return leftToRight(reader, product, { '+': (a, b) => a + b, '-': (a, b) => a - b });
}

function product(reader: Reader): number | null {
  return leftToRight(reader, signed, { '*': (a, b) => a * b, '/': (a, b) => a / b, '%': (a, b) => a % b });
}

function leftToRight(
  reader: Reader,
  part: (reader: Reader) => number | null,
  operations: Readonly<Record<string, (a: number, b: number) => number>>,
): number | null {
  let value = part(reader);
  for (;;) {
    const operation = operations[String(reader.tokens[reader.at])];
    if (value === null || operation === undefined) return value;
    reader.at += 1;
    const next = part(reader);
    value = next === null ? null : operation(value, next);
  }
}

/** A sign binds weaker than a power: -2^2 is -4. */
function signed(reader: Reader): number | null {
  const token = reader.tokens[reader.at];
  if (token !== '-' && token !== '+') return power(reader);
  return deeper(reader, () => {
    reader.at += 1;
    const value = signed(reader);
    return value === null || token === '+' ? value : -value;
  });
}

function power(reader: Reader): number | null {
  const base = atom(reader);
  if (base === null || reader.tokens[reader.at] !== '^') return base;
  return deeper(reader, () => {
    reader.at += 1;
    const exponent = signed(reader);
    return exponent === null ? null : base ** exponent;
  });
}

function atom(reader: Reader): number | null {
  const token = reader.tokens[reader.at];
  reader.at += 1;
  if (typeof token === 'number') return token;
  if (token !== '(') return null;
  return deeper(reader, () => {
    const value = sum(reader);
    const isClosed = reader.tokens[reader.at] === ')';
    reader.at += 1;
    return isClosed ? value : null;
  });
}

function deeper(reader: Reader, read: () => number | null): number | null {
  if (reader.depth >= DEEPEST) return null;
  reader.depth += 1;
  const value = read();
  reader.depth -= 1;
  return value;
}
