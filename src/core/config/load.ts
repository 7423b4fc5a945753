import { createHash } from 'node:crypto';
import { loadHolidays } from '../holidays.ts';
import { SHORTEST_SECRET } from '../logger.ts';
import { checkFiles } from './check-files.ts';
import type { Config } from './config.ts';
import { type Folder, readFolder } from './folder.ts';
import type { LoadInputs } from './load-inputs.ts';
import { compareProblems, type Problem } from './problem.ts';
import { holidayPlaces } from './references/holidays.ts';
import { type CheckedFiles, resolveConfig } from './resolve/config.ts';

export interface LoadedConfig {
  /** Null when any problem is an error. */
  readonly config: Config | null;
  /** Everything wrong in all files at once, in order of reading. */
  readonly problems: readonly Problem[];
  /** Values that must never be printed. */
  readonly secrets: readonly string[];
  /** Short digest of all files, to name the version. */
  readonly version: string;
}

/** Reads, checks and resolves a configuration folder (CONFIG.md). Never throws for what stands in it. */
export async function loadConfig({ dir, ...inputs }: LoadInputs & { readonly dir: string }): Promise<LoadedConfig> {
  return evaluateFolder(await readFolder(dir), inputs);
}

/** The same for files already read. */
export async function evaluateFolder(folder: Folder, inputs: LoadInputs): Promise<LoadedConfig> {
  const version = digest(folder.texts);
  const checked = await checkFiles(folder.texts, inputs);
  const secrets = [...new Set(checked.secrets)].sort((a, b) => b.length - a.length);
  const hidden = secrets.filter(({ length }) => length >= SHORTEST_SECRET);
  const problems = [...folder.problems, ...checked.problems].map((problem) => withoutSecrets(problem, hidden));
  problems.sort(compareProblems);
  const isSound = checked.files !== null && problems.every((problem) => problem.severity !== 'error');
  const config = isSound && checked.files !== null ? await resolve(checked.files, version) : null;
  return { config, problems, secrets, version };
}

async function resolve(files: CheckedFiles, version: string): Promise<Config> {
  const places = holidayPlaces(files.oncall).map(({ place }) => place);
  const calendars = await Promise.all([...new Set(places)].map(loadHolidays));
  return resolveConfig(files, version, new Map(calendars.map((calendar) => [calendar.place, calendar])));
}

function digest(texts: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const [file, text] of [...texts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${file}\0${text.length}\0${text}`);
  }
  return hash.digest('hex').slice(0, 12);
}

function withoutSecrets(problem: Problem, secrets: readonly string[]): Problem {
  const clean = (text: string) => secrets.reduce((safe, secret) => safe.replaceAll(secret, '[redacted]'), text);
  return { ...problem, message: clean(problem.message), hint: problem.hint === null ? null : clean(problem.hint) };
}
