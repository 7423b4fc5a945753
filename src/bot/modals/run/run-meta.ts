import * as z from 'zod';
import { RISKS, type Risk, type RunbookConfig } from '../../../core/config/config.ts';
import { canonicalJson } from '../../../core/json.ts';
import { digestOf } from '../../../journal/digest.ts';
import type { Right } from '../../roles.ts';

/** What the form of a run carries along (`private_metadata`): ids and digests only. */
export const RunMeta = z.object({
  runbook: z.string().max(100),
  incident: z
    .string()
    .regex(/^GI-\d{1,9}$/)
    .nullable(),
  version: z.number().int().nonnegative(),
  channel: z.string().max(30).nullable(),
  ts: z.string().max(30).nullable(),
  /** The plan that its reader sees; null: none. */
  planHash: z.string().max(200).nullable(),
  /** Digest of the targets' ids of that plan. */
  targets: z.string().max(200).nullable(),
  /** The risk of that plan; null: none was shown. */
  risk: z.enum(RISKS).nullable().default(null),
  /** Whether the form said that it would only look. */
  dryRun: z.boolean(),
  /** Digests of the parameters that it is for, by name. */
  shown: z.record(z.string().max(100), z.string().max(20)),
});
export type RunMeta = z.infer<typeof RunMeta>;

/** The runbook whose buttons and forms have a name of their own. */
export const RESTART = 'restart';
/** Fields of the form besides the parameters (DESIGN.md, Contracts, buttons). */
export const OWN_FIELDS: readonly string[] = ['reason', 'dry_run', 'confirm'];

/** Name of the form and of its button: `gi.restart`, or `gi.run` for any other runbook. */
export function verbOfRunbook(runbook: string): 'restart' | 'run' {
  return runbook === RESTART ? 'restart' : 'run';
}

/** What a runbook of this risk asks of who wants it (CONFIG.md, Rights). */
export function rightOf(risk: Risk): Right {
  return risk === 'R0' ? 'evidence' : risk;
}

/** Reads what a form carries; null: it is none of ours. */
export function readRunMeta(text: string): RunMeta | null {
  try {
    const parsed = RunMeta.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Digests of parameters, to tell which were changed since the plan was shown. */
export function digestsOf(parameters: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, digestOf(canonicalJson(value)).slice(0, 12)]),
  );
}

/** `Block ip`: the runbook's name as the act that it is. */
export function actOf(runbook: string): string {
  const words = runbook.replaceAll(/[-_.]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a run is about: the service that its parameters name; null: none. */
export function serviceIn(runbook: RunbookConfig, parameters: Readonly<Record<string, string>>): string | null {
  const name = Object.entries(runbook.parameters).find(([, { type }]) => type === 'service')?.[0];
  return name === undefined ? null : (parameters[name] ?? null);
}

/** What is typed to confirm a run of risk R3. */
export function nameToConfirm(runbook: RunbookConfig, parameters: Readonly<Record<string, string>>): string {
  return serviceIn(runbook, parameters) ?? runbook.runbook;
}
