import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import type { Path } from './problem.ts';
import { isSecretAt, textsOf } from './schema/walk.ts';

/** Variables by name; `process.env` in production. */
export type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\{([A-Z][A-Z0-9_]*)\}/g;
const LARGEST_SECRET = 64 * 1024;
const DEEPEST = 64;

export interface Substituted {
  readonly value: unknown;
  /** Values that came from the environment or stand in the file, never to be printed. */
  readonly secrets: readonly string[];
  readonly findings: ReadonlyArray<{ path: Path; message: string; hint: string | null }>;
}

/**
 * Puts variables in the place of `${NAME}` (CONFIG.md): only into values that the schema marks secret, each into its
 * own field; `NAME_FILE` names a file to read instead. `${lower.path}` is left alone.
 */
export function substituteEnvironment(schema: z.core.$ZodType, value: unknown, env: Environment): Substituted {
  const secrets: string[] = [];
  const findings: Array<{ path: Path; message: string; hint: string | null }> = [];
  const visit = (node: unknown, path: Path): unknown => {
    if (typeof node === 'string') return visitText(node, path);
    if (node === null || typeof node !== 'object' || path.length > DEEPEST) return node;
    if (Array.isArray(node)) return node.map((item, index) => visit(item, [...path, index]));
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, visit(item, [...path, key])]));
  };
  const visitText = (text: string, path: Path): string => {
    const names = [...text.matchAll(REFERENCE)].map((match) => match[1] ?? '');
    const secret = isSecretAt(schema, path);
    if (names.length === 0) {
      if (secret && !isKeyPath(path, text)) secrets.push(...literalSecrets(text));
      return text;
    }
    if (!secret) {
      findings.push({ path, message: `\${${names[0]}} is allowed only in values marked secret`, hint: null });
      return text;
    }
    return text.replace(REFERENCE, (whole, name: string) => {
      const found = readVariable(env, name);
      if (found.kind === 'missing') {
        findings.push({ path, message: found.message, hint: found.hint });
        return whole;
      }
      if (!isKeyPath(path, found.value)) secrets.push(...printedForms(found.value));
      return found.value;
    });
  };
  return { value: visit(value, []), secrets, findings };
}

/**
 * Values of the variables that a file names in fields marked secret, never to be printed: it keeps the names. Nothing
 * is reported: the rules across the files do that.
 */
export function namedSecrets(schema: z.core.$ZodType, value: unknown, env: Environment): string[] {
  const secrets: string[] = [];
  for (const { path, text } of textsOf(value)) {
    for (const [, name = ''] of isSecretAt(schema, path) ? text.matchAll(REFERENCE) : []) {
      const found = readVariable(env, name);
      if (found.kind === 'found') secrets.push(...printedForms(found.value));
    }
  }
  return secrets;
}

type Found = { kind: 'found'; value: string } | { kind: 'missing'; message: string; hint: string };

/** A variable, or the content of the file that `NAME_FILE` names, without the line break at its end. */
export function readVariable(env: Environment, name: string): Found {
  const value = env[name];
  if (value !== undefined && value !== '') return { kind: 'found', value };
  const file = env[`${name}_FILE`];
  const hint = `set ${name}, or ${name}_FILE to the path of a file that holds it`;
  if (file === undefined || file === '') {
    return { kind: 'missing', message: `environment variable ${name} is not set`, hint };
  }
  try {
    const content = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    if (content === '') return { kind: 'missing', message: `the file that ${name}_FILE names is empty`, hint };
    if (content.length > LARGEST_SECRET) {
      return { kind: 'missing', message: `the file that ${name}_FILE names is larger than 64 KiB`, hint };
    }
    return { kind: 'found', value: content };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return { kind: 'missing', message: `the file that ${name}_FILE names cannot be read (${code})`, hint };
  }
}

/** The value, and the form it takes inside a JSON line. */
export function printedForms(value: string): string[] {
  const escaped = JSON.stringify(value).slice(1, -1);
  return escaped === value ? [value] : [value, escaped];
}

/** `key_file` may hold the path of a key, which is no secret, or the key itself. */
function isKeyPath(path: Path, text: string): boolean {
  return path.at(-1) === 'key_file' && !text.startsWith('-----BEGIN');
}

/** Of a secret that stands in the file: a URL's password alone, else the whole. */
function literalSecrets(text: string): string[] {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return printedForms(text);
  if (!URL.canParse(text)) return [];
  const { password } = new URL(text);
  return password === '' ? [] : [...printedForms(password), ...decoded(password)];
}

function decoded(password: string): string[] {
  try {
    return printedForms(decodeURIComponent(password));
  } catch {
    return [];
  }
}
