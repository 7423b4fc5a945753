import type { z } from 'zod';
import type { Means } from './config.ts';
import { HostsFile } from './schema/hosts.ts';
import { JobsFile } from './schema/jobs.ts';
import { OncallFile } from './schema/oncall.ts';
import { PolicyFile } from './schema/policy.ts';
import { ProbesFile } from './schema/probes.ts';
import { RoutesFile } from './schema/routes.ts';
import { type RunbookFile, runbookFile } from './schema/runbook.ts';
import { SeveritiesFile } from './schema/severities.ts';
import { SlackFile } from './schema/slack.ts';
import type { StepShape } from './step-shape.ts';

/** The files of the configuration folder, each with its schema; the first four are enough to run (CONFIG.md). */
export const FILES = {
  slack: { file: 'slack.yml', schema: SlackFile, required: true },
  oncall: { file: 'oncall.yml', schema: OncallFile, required: true },
  severities: { file: 'severities.yml', schema: SeveritiesFile, required: true },
  routes: { file: 'routes.yml', schema: RoutesFile, required: true },
  hosts: { file: 'hosts.yml', schema: HostsFile, required: false },
  probes: { file: 'probes.yml', schema: ProbesFile, required: false },
  jobs: { file: 'jobs.yml', schema: JobsFile, required: false },
  policy: { file: 'policy.yml', schema: PolicyFile, required: false },
} as const;
export type Part = keyof typeof FILES;
export const PARTS = Object.keys(FILES) as Part[];

/** Folder of runbooks, one a file. */
export const RUNBOOK_FOLDER = 'runbooks';

/** Schemas by the name of the JSON Schema that editors are given, for the kinds of step that there are. */
export function schemasOf(steps: readonly StepShape[]): Readonly<Record<string, z.ZodType>> {
  return { ...Object.fromEntries(PARTS.map((part) => [part, FILES[part].schema])), runbook: runbookFile(steps) };
}

/** What stands in the files, as far as it fits its schema; a part that does not is null or lacks what was wrong. */
export interface Written {
  readonly slack: Partial<SlackFile> | null;
  readonly oncall: Partial<OncallFile> | null;
  readonly severities: Partial<SeveritiesFile> | null;
  readonly routes: Partial<RoutesFile> | null;
  readonly hosts: Partial<HostsFile> | null;
  readonly probes: Partial<ProbesFile> | null;
  readonly jobs: Partial<JobsFile> | null;
  readonly policy: Partial<PolicyFile> | null;
  /** By file: `runbooks/restart.yml`. */
  readonly runbooks: ReadonlyMap<string, RunbookFile>;
  /** Schema of each of them. */
  readonly runbookSchema: z.ZodType<RunbookFile>;
  /** Kinds of step that there are. */
  readonly steps: readonly StepShape[];
  /** Why a variable of the environment cannot be read; null: it can. */
  readonly whyMissing: (variable: string) => { readonly message: string; readonly hint: string } | null;
  /** Means that the environment sets up. */
  readonly means: ReadonlySet<Means>;
  /** Names that stand in the files, those of faulty entries too, so that one slip is not reported twice. */
  readonly names: Names;
}

export interface Names {
  readonly channels: readonly string[];
  readonly people: readonly string[];
  readonly schedules: readonly string[];
  readonly contacts: readonly string[];
  readonly hosts: readonly string[];
  readonly services: readonly string[];
  readonly probes: readonly string[];
  readonly runbooks: readonly string[];
}
