import { parse } from 'yaml';

/** So much faster does time pass in scaled rules. */
export const TIMES_FASTER = 600;
/** With one scrape a second a rate needs a window of a few of them. */
const LEAST = { for: 1, interval: 1, window: 5 } as const;

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const WINDOW = /\[(\d+[smhd])\]/g;

export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
export interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly Rule[];
}

/** The groups of a Prometheus rule file. */
export function readRules(text: string): readonly RuleGroup[] {
  return (parse(text) as { groups: RuleGroup[] }).groups;
}

/**
 * The same rules with every duration (`interval`, `for` and the range windows of the expressions) a 600th of what it is,
 * and at least what one scrape a second allows. Nothing else changes.
 */
export function scaleRules(groups: readonly RuleGroup[]): RuleGroup[] {
  return mapDurations(
    groups,
    (duration, kind) => `${Math.max(LEAST[kind], Math.ceil(secondsOf(duration) / TIMES_FASTER))}s`,
  );
}

/** What is left of rules when no duration counts. */
export function withoutDurations(groups: readonly RuleGroup[]): RuleGroup[] {
  return mapDurations(groups, () => '-');
}

/** Seconds of a duration as a rule file writes it. */
export function secondsOf(duration: string): number {
  const found = /^(\d+)([smhd])$/.exec(duration);
  const unit = SECONDS[found?.[2] ?? ''];
  if (found === null || unit === undefined) throw new Error(`no duration: ${duration}`);
  return Number(found[1]) * unit;
}

function mapDurations(
  groups: readonly RuleGroup[],
  map: (duration: string, kind: keyof typeof LEAST) => string,
): RuleGroup[] {
  return groups.map((group) => ({
    ...group,
    interval: map(group.interval, 'interval'),
    rules: group.rules.map((rule) => ({
      ...rule,
      expr: rule.expr.replaceAll(WINDOW, (_all, window: string) => `[${map(window, 'window')}]`),
      for: map(rule.for, 'for'),
    })),
  }));
}
