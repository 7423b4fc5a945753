import { z } from 'zod';

/** What a button carries (DESIGN.md, Contracts, buttons): ids only, never commands. `n` is the version the person saw. */
export const ButtonValue = z.object({
  v: z.literal(1),
  i: z
    .string()
    .regex(/^GI-\d+$/)
    .optional(),
  r: z
    .string()
    .regex(/^RUN-\d+$/)
    .optional(),
  n: z.number().int().nonnegative(),
});
export type ButtonValue = z.infer<typeof ButtonValue>;

/** Verbs that a button may have now; `action_id` is `gi.<verb>`. */
export type ButtonVerb = 'ack' | 'resolve' | 'diagnose' | 'restart' | 'more';

/** Prints the value of an incident's button. */
export function incidentButtonValue(incident: string, version: number): string {
  return JSON.stringify({ v: 1, i: incident, n: version });
}

/** Prints the value of a run's button. */
export function runButtonValue(run: string, version: number): string {
  return JSON.stringify({ v: 1, r: run, n: version });
}

/** Reads a button's value; null when it is none of ours. */
export function readButtonValue(text: string | undefined): ButtonValue | null {
  if (text === undefined) return null;
  try {
    const parsed = ButtonValue.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
