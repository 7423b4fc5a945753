import type { z } from 'zod';
import { type ConfigDocument, readDocument } from './document.ts';
import { namedSecrets, readVariable, type Substituted, substituteEnvironment } from './env-references.ts';
import { FILES, type Names, PARTS, type Part, RUNBOOK_FOLDER, type Written } from './files.ts';
import { valueAt } from './issues.ts';
import type { LoadInputs } from './load-inputs.ts';
import { meansSetUp } from './means-settings.ts';
import { type Path, type Problem, printPath, type Report } from './problem.ts';
import { type Checked, checkShape } from './read.ts';
import { checkReferencesAcross } from './references/check.ts';
import type { CheckedFiles } from './resolve/config.ts';
import { type RunbookFile, runbookFile, withStepsAsWritten } from './schema/runbook.ts';

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
export async function checkFiles(texts: ReadonlyMap<string, string>, inputs: LoadInputs): Promise<CheckResult> {
  const { env, steps } = inputs;
  const problems: Problem[] = [];
  const secrets: string[] = [];
  const open = <T>(file: string, schema: z.ZodType<T>, text: string): Opened<T> =>
    openFile({ file, schema, text, problems, secrets, read: (value) => substituteEnvironment(schema, value, env) });

  const parts = openParts(open, texts);
  const runbooks = new Map<string, Opened<RunbookFile>>();
  const runbookSchema = runbookFile(steps);
  for (const [file, text] of texts) {
    if (!file.startsWith(`${RUNBOOK_FOLDER}/`)) continue;
    const read = (value: unknown) => ({ value, secrets: namedSecrets(runbookSchema, value, env), findings: [] });
    runbooks.set(file, openFile({ file, schema: runbookSchema, text, problems, secrets, read }));
  }
  const opened = new Map<string, Opened<unknown>>(runbooks);
  for (const part of PARTS) {
    const each = parts[part];
    if (each !== null) opened.set(FILES[part].file, each);
  }
  const found = { runbookSchema, steps, means: meansSetUp(env), whyMissing: whyMissingIn(env) };
  await checkReferencesAcross({ ...writtenOf(parts, runbooks), ...found }, reporterOf(opened, problems));
  return { files: wholeOf(parts, runbooks, steps), problems, secrets };
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
    policy: optional(FILES.policy.file, FILES.policy.schema),
  };
}

interface Opening<T> {
  readonly file: string;
  readonly schema: z.ZodType<T>;
  readonly text: string;
  readonly problems: Problem[];
  readonly secrets: string[];
  /** Puts the environment in; a runbook names variables only, which are read when it runs. */
  read(value: unknown): Substituted;
}

function openFile<T>({ file, schema, text, problems, secrets, read }: Opening<T>): Opened<T> {
  const document = readDocument(file, text);
  for (const { line, column, message, hint } of document.syntax) {
    problems.push({ file, line, column, path: '', severity: 'error', message, hint });
  }
  if (document.syntax.length > 0) {
    return { document, value: null, checked: { whole: null, rest: null, findings: [], origin: (path) => path } };
  }
  const isOptional = PARTS.some((part) => FILES[part].file === file && !FILES[part].required);
  const substituted = read(document.value ?? (isOptional ? {} : null));
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

type FromInputs = 'runbookSchema' | 'steps' | 'means' | 'whyMissing';

function whyMissingIn(env: LoadInputs['env']): Written['whyMissing'] {
  return (variable) => {
    const found = readVariable(env, variable);
    return found.kind === 'found' ? null : found;
  };
}

function wholeRunbook({ checked, value }: Opened<RunbookFile>): RunbookFile[] {
  return checked.whole === null ? [] : [withStepsAsWritten(checked.whole, value)];
}

function writtenOf(parts: Parts, runbooks: ReadonlyMap<string, Opened<RunbookFile>>): Omit<Written, FromInputs> {
  const whole = [...runbooks].flatMap(([file, opened]) =>
    wholeRunbook(opened).map((runbook) => [file, runbook] as const),
  );
  return {
    slack: parts.slack?.checked.rest ?? null,
    oncall: parts.oncall?.checked.rest ?? null,
    severities: parts.severities?.checked.rest ?? null,
    routes: parts.routes?.checked.rest ?? null,
    hosts: parts.hosts?.checked.rest ?? null,
    probes: parts.probes?.checked.rest ?? null,
    jobs: parts.jobs?.checked.rest ?? null,
    policy: parts.policy?.checked.rest ?? null,
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

function wholeOf(
  parts: Parts,
  opened: ReadonlyMap<string, Opened<RunbookFile>>,
  steps: CheckedFiles['steps'],
): CheckedFiles | null {
  const slack = parts.slack?.checked.whole;
  const oncall = parts.oncall?.checked.whole;
  const severities = parts.severities?.checked.whole;
  const routes = parts.routes?.checked.whole;
  const hosts = parts.hosts?.checked.whole;
  const probes = parts.probes?.checked.whole;
  const policy = parts.policy?.checked.whole;
  if (!slack || !oncall || !severities || !routes || !hosts || !probes || !policy) return null;
  const runbooks = [...opened.values()].flatMap(wholeRunbook);
  return { slack, oncall, severities, routes, hosts, probes, policy, runbooks, steps };
}
