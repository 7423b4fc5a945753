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
  /** In the options of the select "More actions": the form that a pick opens. */
  verb: z
    .string()
    .regex(/^[a-z-]{1,30}$/)
    .optional(),
  n: z.number().int().nonnegative(),
});
export type ButtonValue = z.infer<typeof ButtonValue>;

/** Longest value Slack takes in a button. */
const LONGEST_VALUE = 2000;

/** Prints the value of an incident's button, or of one that is about none yet. */
export function incidentButtonValue(incident: string | null, version: number): string {
  return JSON.stringify(incident === null ? { v: 1, n: version } : { v: 1, i: incident, n: version });
}

/** Prints the value of an option of "More actions"; fits Slack's 75 characters. */
export function moreOptionValue(incident: string, version: number, verb: string): string {
  return JSON.stringify({ v: 1, i: incident, n: version, verb });
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
