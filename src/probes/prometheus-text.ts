/** One line of the Prometheus text format. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?/y;
const ESCAPES: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

/**
 * The samples of one metric that carry at least the given labels, from an exposition in text format 0.0.4 (or
 * OpenMetrics: time stamps and exemplars are left out). Lines that cannot be read are passed over.
 */
export function findSamples(text: string, metric: string, labels: Readonly<Record<string, string>>): Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    if (!line.startsWith(metric)) continue;
    const sample = readSample(line.slice(metric.length));
    if (sample === null) continue;
    if (Object.entries(labels).every(([name, value]) => sample.labels[name] === value)) samples.push(sample);
  }
  return samples;
}

/** Reads what follows the metric's name: `{a="b"} 1.5 1700000000`. */
function readSample(rest: string): Sample | null {
  const spaced = rest.trimStart();
  if (!spaced.startsWith('{')) return rest === spaced ? null : withValue({}, spaced);
  const labels = Object.create(null) as Record<string, string>;
  let at = 1;
  for (;;) {
    LABEL.lastIndex = at;
    const pair = LABEL.exec(spaced);
    if (pair === null) break;
    labels[pair[1] ?? ''] = (pair[2] ?? '').replace(/\\[\\"n]/g, (found) => ESCAPES[found] ?? found);
    at = LABEL.lastIndex;
  }
  const close = spaced.slice(at).trimStart();
  return close.startsWith('}') ? withValue(labels, close.slice(1).trim()) : null;
}

function withValue(labels: Sample['labels'], text: string): Sample | null {
  const value = readValue(text.split(/\s/, 1)[0] ?? '');
  return value === null ? null : { labels, value };
}

function readValue(word: string): number | null {
  if (word === 'NaN') return Number.NaN;
  if (/^[+]?Inf$/.test(word)) return Number.POSITIVE_INFINITY;
  if (word === '-Inf') return Number.NEGATIVE_INFINITY;
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(word) ? Number(word) : null;
}
