import { InvalidArgumentError } from 'commander';

const PAIR = /\s*([a-zA-Z_][a-zA-Z0-9_]*)=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"']*)(?=\s|$)/y;

/**
 * Reads `alertname=HighCPUUsage severity=warning summary="two words"`: the labels of one alert, without a prototype.
 * Anything else is misuse, and the place is named.
 */
export function readLabels(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = Object.create(null);
  const rest = text.trim();
  PAIR.lastIndex = 0;
  let end = 0;
  while (end < rest.length) {
    const pair = PAIR.exec(rest);
    if (pair === null) throw new InvalidArgumentError(`It is label=value label=value …; look at: ${rest.slice(end)}`);
    const [, name = '', value = ''] = pair;
    if (name in labels) throw new InvalidArgumentError(`Label ${name} stands there twice.`);
    labels[name] = unquoted(value);
    end = PAIR.lastIndex;
  }
  if (end === 0) throw new InvalidArgumentError('It is label=value label=value …');
  return labels;
}

function unquoted(value: string): string {
  if (value.startsWith('"')) return value.slice(1, -1).replace(/\\(.)/g, '$1');
  return value.startsWith("'") ? value.slice(1, -1) : value;
}
