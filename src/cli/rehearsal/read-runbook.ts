import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Config } from '../../core/config/config.ts';
import { readDocument } from '../../core/config/document.ts';
import type { Environment } from '../../core/config/env-references.ts';
import { RUNBOOK_FOLDER } from '../../core/config/files.ts';
import { readFolder } from '../../core/config/folder.ts';
import { evaluateFolder } from '../../core/config/load.ts';
import type { Problem } from '../../core/config/problem.ts';
import { refuse } from '../../core/errors.ts';
import { STEP_KINDS } from '../../runbooks/steps/registry.ts';

/** A runbook file put into a configuration, wherever it lies. */
export interface ReadRunbook {
  /** Null when the file, or another one that it needs, has errors. */
  readonly config: Config | null;
  /** Name of the runbook; null: the file has none. */
  readonly runbook: string | null;
  /** Of the file itself. */
  readonly problems: readonly Problem[];
  /** Errors of the other files. */
  readonly others: readonly Problem[];
  /** The file of the folder whose place it takes, since it has the same name or runbook; null: none. */
  readonly inPlaceOf: string | null;
  /** Variables that are not set, and were given a value that is none. */
  readonly unset: readonly string[];
}

const VARIABLE = /\$\{([A-Z][A-Z0-9_]*)\}/g;

/** Reads the file and the folder around it. A refusal (`FILE_UNREADABLE`) when there is no such file. */
export async function readRunbook(file: string, dir: string, env: Environment): Promise<ReadRunbook> {
  const text = await textOf(file);
  const folder = await readFolder(dir);
  const texts = new Map(folder.texts);
  const key = `${RUNBOOK_FOLDER}/${basename(file).replace(/(\.ya?ml)?$/, '.yml')}`;
  const runbook = nameIn(key, text);
  const same = [...texts].find(([other, its]) => other === key || isSame(other, its, runbook))?.[0] ?? null;
  if (same !== null) texts.delete(same);
  texts.set(key, text);
  const unset = unsetIn(texts.values(), env);
  const loaded = await evaluateFolder(
    { ...folder, texts },
    {
      env: { ...env, ...Object.fromEntries(unset.map((name) => [name, `http://stand-in.invalid/${name}`])) },
      steps: STEP_KINDS,
    },
  );
  const isOwn = ({ file: of }: Problem) => of === key;
  return {
    config: loaded.config,
    runbook,
    problems: loaded.problems.filter(isOwn),
    others: loaded.problems.filter((problem) => !isOwn(problem) && problem.severity === 'error'),
    inPlaceOf: same === null || resolve(file) === resolve(join(dir, same)) ? null : same,
    unset: unset.filter((name) => text.includes(`\${${name}}`)),
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw refuse('FILE_UNREADABLE', `${file} cannot be read (${code}).`, 'Name the file of a runbook.');
  }
}

function nameIn(file: string, text: string): string | null {
  const { value } = readDocument(file, text);
  const isNamed = value !== null && typeof value === 'object' && 'runbook' in value;
  return isNamed && typeof value.runbook === 'string' ? value.runbook : null;
}

function isSame(file: string, text: string, runbook: string | null): boolean {
  return file.startsWith(`${RUNBOOK_FOLDER}/`) && runbook !== null && nameIn(file, text) === runbook;
}

function unsetIn(texts: Iterable<string>, env: Environment): string[] {
  const named = [...texts].flatMap((text) => [...text.matchAll(VARIABLE)].map(([, name = '']) => name));
  return [...new Set(named)].filter((name) => (env[name] ?? '') === '' && (env[`${name}_FILE`] ?? '') === '');
}
