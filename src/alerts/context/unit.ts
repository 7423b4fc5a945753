import type { ChartUnit } from './context.ts';
import { scanTopLevel } from './promql-scan.ts';

/** Functions and aggregations whose result has the unit of what they look at. */
const KEEPS =
  /^(sum|avg|min|max|abs|increase|delta|idelta|histogram_quantile|quantile|topk|bottomk|sort|sort_desc|last_over_time|avg_over_time|max_over_time|min_over_time|sum_over_time|quantile_over_time)$/i;
const PER_SECOND = /^(rate|irate|deriv)$/i;
const WORDS = /[a-zA-Z_:][\w:]*(?=\s*\()|[a-zA-Z_:][\w:]*/g;
const SKIPPED =
  /\{[^{}]*\}|\[[^[\]]*\]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\b(?:by|without|on|ignoring)\s*\([^()]*\)/gi;

/** The unit that the names in an expression promise (`…_bytes`, `rate(…_total[5m])`); null: not known. */
export function unitOf(series: string): ChartUnit {
  if (scanTopLevel(series) === null) return null;
  const bare = series.replaceAll(SKIPPED, ' ');
  if (/[-+*/%^]|\b(offset|atan2)\b/i.test(bare)) return null;
  const words = bare.match(WORDS) ?? [];
  const functions = words.slice(0, -1);
  const name = words.at(-1);
  if (name === undefined || !functions.every((word) => KEEPS.test(word) || PER_SECOND.test(word))) return null;
  const isBucket = name.endsWith('_bucket');
  return unitOfName(name, !isBucket && functions.some((word) => PER_SECOND.test(word)));
}

function unitOfName(name: string, isRate: boolean): ChartUnit {
  const base = name.replace(/_(total|bucket|sum|count)$/, '');
  const unit = /_(bytes|seconds|percent)$/.exec(base)?.[1];
  if (!isRate) return unit === 'bytes' || unit === 'seconds' || unit === 'percent' ? unit : null;
  if (unit === 'bytes') return 'bytes/s';
  return unit === undefined ? '/s' : null;
}
