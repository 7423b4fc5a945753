import type { z } from 'zod';
import { type ConfigDocument, readDocument } from './document.ts';
import { type Environment, substituteEnvironment } from './env-references.ts';
import { FILES, type Names, PARTS, type Part, RUNBOOK_FOLDER, type Written } from './files.ts';
import { valueAt } from './issues.ts';
import { meansSetUp } from './means-settings.ts';
import { type Path, type Problem, printPath, type Report } from './problem.ts';
import { type Checked, checkShape } from './read.ts';
import { checkReferencesAcross } from './references/check.ts';
import type { CheckedFiles } from './resolve/config.ts';
import { RunbookFile } from './schema/runbook.ts';

export interface CheckResult {
  /** Null when a file that is needed is not whole; references may still be wrong (see the problems). */
  readonly files: CheckedFiles | null;
  readonly problems: readonly Problem[];
  readonly secrets: readonly string[];
}

/** One file on its way: where things stand in it, its value with the environment put in, and what fits its schema. */
interface Opened<T> {
  readonly document: ConfigDocument;
  readonly value: unknown;
  readonly checked: Checked<T>;
}

/** Checks the text of every file, and then the references between them; reports all that is wrong at once. */
export async function checkFiles(texts: ReadonlyMap<string, string>, env: Environment): Promise<CheckResult> {
  const problems: Problem[] = [];
  const secrets: string[] = [];
  const open = <T>(file: string, schema: z.ZodType<T>, text: string): Opened<T> =>
    openFile({ file, schema, text, env, problems, secrets });

  const parts = openParts(open, texts);
  const runbooks = new Map<string, Opened<RunbookFile>>();
  for (const [file, text] of texts) {
    if (file.startsWith(`${RUNBOOK_FOLDER}/`)) runbooks.set(file, open(file, RunbookFile, text));
  }
  const opened = new Map<string, Opened<unknown>>(runbooks);
  for (const part of PARTS) {
    const each = parts[part];
    if (each !== null) opened.set(FILES[part].file, each);
  }
  await checkReferencesAcross({ ...writtenOf(parts, runbooks), means: meansSetUp(env) }, reporterOf(opened, problems));
  return { files: wholeOf(parts, runbooks), problems, secrets };
}

type Parts = { readonly [P in Part]: Opened<z.infer<(typeof FILES)[P]['schema']>> | null };
type Open = <T>(file: string, schema: z.ZodType<T>, text: string) => Opened<T>;

/** A file that need not be there is read as empty when it is not. */
function openParts(open: Open, texts: ReadonlyMap<string, string>): Parts {
  const required = <T>(file: string, schema: z.ZodType<T>): Opened<T> | null => {
    const text = texts.get(file);
    return text === undefined ? null : open(file, schema, text);
  };
  const optional = <T>(file: string, schema: z.ZodType<T>): Opened<T> => open(file, schema, texts.get(file) ?? '{}');
  return {
    slack: required(FILES.slack.file, FILES.slack.schema),
    oncall: required(FILES.oncall.file, FILES.oncall.schema),
    severities: required(FILES.severities.file, FILES.severities.schema),
    routes: required(FILES.routes.file, FILES.routes.schema),
    hosts: optional(FILES.hosts.file, FILES.hosts.schema),
    probes: optional(FILES.probes.file, FILES.probes.schema),
    jobs: optional(FILES.jobs.file, FILES.jobs.schema),
  };
}

interface Opening<T> {
  readonly file: string;
  readonly schema: z.ZodType<T>;
  readonly text: string;
  readonly env: Environment;
  readonly problems: Problem[];
  readonly secrets: string[];
}

function openFile<T>({ file, schema, text, env, problems, secrets }: Opening<T>): Opened<T> {
  const document = readDocument(file, text);
  for (const { line, column, message, hint } of document.syntax) {
    problems.push({ file, line, column, path: '', severity: 'error', message, hint });
  }
  if (document.syntax.length > 0) {
    return { document, value: null, checked: { whole: null, rest: null, findings: [], origin: (path) => path } };
  }
  const isOptional = PARTS.some((part) => FILES[part].file === file && !FILES[part].required);
  const substituted = substituteEnvironment(schema, document.value ?? (isOptional ? {} : null), env);
  secrets.push(...substituted.secrets);
  const value = substituted.value;
  const checked = checkShape(schema, value);
  const told = new Set(substituted.findings.map((finding) => printPath(finding.path)));
  for (const finding of substituted.findings) problems.push(problemAt(document, { ...finding, at: 'value' }));
  for (const finding of checked.findings) {
    if (!told.has(printPath(finding.path))) problems.push(problemAt(document, finding));
  }
  return { document, value, checked };
}

type Located = { path: Path; at: 'key' | 'value'; message: string; hint: string | null };

function problemAt(document: ConfigDocument, finding: Located, severity: Problem['severity'] = 'error'): Problem {
  const { path, at, message, hint } = finding;
  return { file: document.file, ...document.locate(path, at), path: printPath(path), severity, message, hint };
}

/** Turns a rule's finding into a problem: its path leads through what is left of a file, back to the file itself. */
function reporterOf(opened: ReadonlyMap<string, Opened<unknown>>, problems: Problem[]): Report {
  return ({ file, path, at = 'value', severity = 'error', message, hint = null }) => {
    const found = opened.get(file);
    if (found === undefined) return;
    problems.push(problemAt(found.document, { path: found.checked.origin(path), at, message, hint }, severity));
  };
}

function writtenOf(parts: Parts, runbooks: ReadonlyMap<string, Opened<RunbookFile>>): Omit<Written, 'means'> {
  const whole = [...runbooks].flatMap(([file, { checked }]) =>
    checked.whole === null ? [] : [[file, checked.whole] as const],
  );
  return {
    slack: parts.slack?.checked.rest ?? null,
    oncall: parts.oncall?.checked.rest ?? null,
    severities: parts.severities?.checked.rest ?? null,
    routes: parts.routes?.checked.rest ?? null,
    hosts: parts.hosts?.checked.rest ?? null,
    probes: parts.probes?.checked.rest ?? null,
    jobs: parts.jobs?.checked.rest ?? null,
    runbooks: new Map(whole),
    names: namesOf(parts, runbooks),
  };
}

function namesOf(parts: Parts, runbooks: ReadonlyMap<string, Opened<RunbookFile>>): Names {
  const keys = (part: Part, group: string): string[] => {
    const found = valueAt(parts[part]?.value, [group]);
    return found !== null && typeof found === 'object' ? Object.keys(found) : [];
  };
  return {
    channels: keys('slack', 'channels'),
    people: keys('oncall', 'people'),
    schedules: keys('oncall', 'schedules'),
    contacts: keys('oncall', 'contacts'),
    hosts: keys('hosts', 'hosts'),
    services: keys('hosts', 'services'),
    probes: keys('probes', 'probes'),
    runbooks: [...runbooks.values()].flatMap(({ value }) => {
      const name = valueAt(value, ['runbook']);
      return typeof name === 'string' ? [name] : [];
    }),
  };
}

function wholeOf(parts: Parts, opened: ReadonlyMap<string, Opened<RunbookFile>>): CheckedFiles | null {
  const slack = parts.slack?.checked.whole;
  const oncall = parts.oncall?.checked.whole;
  const severities = parts.severities?.checked.whole;
  const routes = parts.routes?.checked.whole;
  const hosts = parts.hosts?.checked.whole;
  const probes = parts.probes?.checked.whole;
  if (!slack || !oncall || !severities || !routes || !hosts || !probes) return null;
  const runbooks = [...opened.values()].flatMap(({ checked }) => (checked.whole === null ? [] : [checked.whole]));
  return { slack, oncall, severities, routes, hosts, probes, runbooks };
}
