import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../../src/core/config/env-references.ts';
import { evaluateFolder, type LoadedConfig } from '../../../src/core/config/load.ts';
import type { StepShape } from '../../../src/core/config/step-shape.ts';
import { STEP_KINDS } from '../../../src/runbooks/steps/registry.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** The shipped configuration. */
export const SHIPPED = join(ROOT, 'config');
/** The examples of the contract, verbatim. */
export const EXAMPLES = join(ROOT, 'test', 'fixtures', 'config', 'examples');
/** What the examples take from the environment. */
export const EXAMPLES_ENV: Environment = { WEB_1_KEY: '/etc/keys/web-1', GIANNA_ADMIN_TOKEN: 'admin-token-1' };

/** The YAML files of a folder and of its runbooks, by path inside it. */
export function readTexts(dir: string): Map<string, string> {
  const files = [...readdirSync(dir), ...readdirSync(join(dir, 'runbooks')).map((file) => `runbooks/${file}`)];
  const yaml = files.filter((file) => file.endsWith('.yml'));
  return new Map(yaml.map((file) => [file, readFileSync(join(dir, file), 'utf8')]));
}

/** One replacement in one file: the first occurrence of `from`, which must be there. */
export type Edit = readonly [file: string, from: string, to: string];

/** The files of a folder with edits made. */
export function editTexts(dir: string, edits: readonly Edit[]): Map<string, string> {
  const texts = readTexts(dir);
  for (const [file, from, to] of edits) {
    const text = texts.get(file);
    if (text === undefined || !text.includes(from)) throw new Error(`${file} does not contain ${from}`);
    texts.set(
      file,
      text.replace(from, () => to),
    );
  }
  return texts;
}

/** Loads files from memory; runbooks may be made of the kinds of step that ship, unless others are given. */
export function loadTexts(
  texts: ReadonlyMap<string, string>,
  env: Environment = {},
  steps: readonly StepShape[] = STEP_KINDS,
): Promise<LoadedConfig> {
  return evaluateFolder({ texts, problems: [] }, { env, steps });
}
