import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closest } from '../suggest.ts';
import { FILES, PARTS, RUNBOOK_FOLDER } from './files.ts';
import { didYouMean, type Problem } from './problem.ts';

export interface Folder {
  /** Path inside the folder → text: `routes.yml`, `runbooks/restart.yml`. */
  readonly texts: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

const KNOWN: readonly string[] = PARTS.map((part) => FILES[part].file);

/** Reads the files of a configuration folder; other files in it are none of its business, but a near name is told. */
export async function readFolder(dir: string): Promise<Folder> {
  const texts = new Map<string, string>();
  const problems: Problem[] = [];
  const listed = await list(dir);
  if (listed === null) {
    const hint = 'set GIANNA_CONFIG to the folder that holds slack.yml, severities.yml, routes.yml and oncall.yml';
    return { texts, problems: [wholeFile('.', 'error', `the configuration folder ${dir} cannot be read`, hint)] };
  }
  const runbooks = ((await list(join(dir, RUNBOOK_FOLDER))) ?? []).filter((file) => /\.ya?ml$/.test(file));
  const wanted = [
    ...KNOWN.filter((file) => listed.includes(file)),
    ...runbooks.map((file) => `${RUNBOOK_FOLDER}/${file}`),
  ];
  for (const file of wanted) {
    try {
      texts.set(file, await readFile(join(dir, file), 'utf8'));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      problems.push(wholeFile(file, 'error', `cannot be read (${code})`, null));
    }
  }
  const unreadable = new Set(problems.map((problem) => problem.file));
  for (const part of PARTS) {
    const { file, required } = FILES[part];
    if (!required || texts.has(file) || unreadable.has(file)) continue;
    problems.push(wholeFile(file, 'error', 'this file is required and is not there', null));
  }
  for (const file of listed) problems.push(...strangeName(file));
  return { texts, problems };
}

async function list(dir: string): Promise<string[] | null> {
  try {
    return (await readdir(dir)).filter((file) => !file.startsWith('.')).sort();
  } catch {
    return null;
  }
}

function strangeName(file: string): Problem[] {
  if (!/\.ya?ml$/.test(file) || KNOWN.includes(file)) return [];
  const hint = didYouMean(closest(file.replace(/\.ya?ml$/, '.yml'), KNOWN, 1));
  if (hint === null && !KNOWN.includes(file.replace(/\.yaml$/, '.yml'))) return [];
  return [wholeFile(file, 'warning', 'this file is not read', hint)];
}

function wholeFile(file: string, severity: Problem['severity'], message: string, hint: string | null): Problem {
  return { file, line: 1, column: 1, path: '', severity, message, hint };
}
