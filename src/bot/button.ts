import * as z from 'zod';

/** What a button carries (DESIGN.md, Contracts, buttons): ids only, never commands. `n` is the version the person saw. */
export const ButtonValue = z.object({
  v: z.literal(1),
  i: z
    .string()
    .regex(/^GI-[1-9]\d{0,8}$/)
    .optional(),
  r: z
    .string()
    .regex(/^RUN-[1-9]\d{0,8}$/)
    .optional(),
  /** Key of a service or a probe, for buttons that only read; `SIL-7`, or Alertmanager's id of a silence. */
  s: z
    .string()
    .regex(/^[\w.-]{1,80}$/)
    .optional(),
  /** Name of a runbook, for the button that opens its form. */
  b: z
    .string()
    .regex(/^[\w.-]{1,80}$/)
    .optional(),
  /** In the options of the select "More actions": the form that a pick opens. */
  verb: z
    .string()
    .regex(/^[a-z-]{1,30}$/)
    .optional(),
  /** Several incidents by their numbers: `1-3,7`. */
  f: z
    .string()
    .max(1_950)
    .regex(/^[1-9]\d{0,8}(-[1-9]\d{0,8})?(,[1-9]\d{0,8}(-[1-9]\d{0,8})?)*$/)
    .optional(),
  /** For how long somebody says they are still on it, in seconds: what the button's label says. */
  d: z.number().int().positive().max(31_536_000).optional(),
  n: z.number().int().nonnegative(),
});
export type ButtonValue = z.infer<typeof ButtonValue>;

/** Longest value Slack takes in a button. */
const LONGEST_VALUE = 2000;

/** Prints the value of an incident's button, or of one that is about none yet. */
export function incidentButtonValue(incident: string | null, version: number): string {
  return JSON.stringify(incident === null ? { v: 1, n: version } : { v: 1, i: incident, n: version });
}

/** Prints the value of "Yes, 30 min more". */
export function stayButtonValue(incident: string, version: number, seconds: number | null): string {
  return JSON.stringify({ v: 1, i: incident, n: version, ...(seconds === null ? {} : { d: seconds }) });
}

/** Prints the value of an option of "More actions"; fits Slack's 150 characters (docs.slack.dev, Option object). */
export function moreOptionValue(incident: string, version: number, verb: string, runbook?: string): string {
  return JSON.stringify({ v: 1, i: incident, n: version, verb, ...(runbook === undefined ? {} : { b: runbook }) });
}

/** Prints the value of a button about several incidents. */
export function incidentsButtonValue(incidents: readonly string[]): string {
  const f = rangesOf(incidents);
  return JSON.stringify(f === '' ? { v: 1, n: 0 } : { v: 1, f, n: 0 });
}

/** Most incidents that one button may be about. */
const MOST_INCIDENTS = 1_000;

/** The incidents of a button's `f`; none when there are too many. */
export function incidentsOfRanges(ranges: string): string[] {
  const ids: string[] = [];
  for (const range of ranges === '' ? [] : ranges.split(',')) {
    const [first = 0, last = first] = range.split('-').map(Number);
    if (last - first >= MOST_INCIDENTS || ids.length > MOST_INCIDENTS) return [];
    for (let number = first; number <= last; number += 1) ids.push(`GI-${number}`);
  }
  return ids;
}

/** `GI-1`, `GI-2`, `GI-3` and `GI-7` as `1-3,7`. */
export function rangesOf(incidents: readonly string[]): string {
  const numbers = [...new Set(incidents.map((id) => Number(id.slice('GI-'.length))))].sort((a, b) => a - b);
  const ranges: Array<[number, number]> = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

/** The same for people: `GI-1–3, GI-7`. */
export function rangesText(incidents: readonly string[]): string {
  const ranges = rangesOf(incidents).split(',');
  return ranges.flatMap((range) => (range === '' ? [] : `GI-${range.replace('-', '–')}`)).join(', ');
}

/** Prints the value of a button that reads; `subject` is the key of a service or probe. */
export function readButtonPrint(subject: string | null): string {
  return JSON.stringify(subject === null ? { v: 1, n: 0 } : { v: 1, s: subject, n: 0 });
}

/** Reads a button's value; null when it is none of ours. */
export function readButtonValue(text: string | undefined): ButtonValue | null {
  if (text === undefined || text.length > LONGEST_VALUE) return null;
  try {
    const parsed = ButtonValue.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
