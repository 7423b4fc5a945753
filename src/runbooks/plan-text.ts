import { oneLine, stripControls } from '../core/text.ts';
import { isSecretRef } from './secret-ref.ts';

/** What of a plan is shown to people: the plan itself, and as the command line gets it. */
export interface ShownPlan {
  readonly hash: string;
  readonly runbook: string;
  readonly risk: string;
  readonly riskBecause?: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly targets: ReadonlyArray<{ readonly host: string; readonly service: string; readonly id: string }>;
  readonly steps: readonly ShownStep[];
  readonly verify: readonly ShownStep[];
  readonly needs: {
    readonly approvals: number;
    readonly roles: readonly string[];
    readonly because: readonly string[];
  };
  readonly blockedBy: ReadonlyArray<{ readonly reason: string }>;
}
interface ShownStep {
  readonly id: string;
  readonly call: string;
  readonly effect: string;
  readonly undo: string | null;
  readonly mutates: boolean;
  readonly hold?: string;
  readonly when?: string;
}

/** A paragraph of a plan. Nothing is escaped for where it is shown: the edge does that, and adds nothing else. */
export interface PlanSection {
  readonly title: string;
  readonly lines: readonly PlanLine[];
}
/** One line: words, and behind them what stands there exactly (a call, an id, a value). */
export interface PlanLine {
  readonly says: string;
  readonly exact: string | null;
}

/** So much of a plan's hash names it to people. */
export const SHORT_HASH = 12;

/** A plan in words, the same in a form, in a thread and on the command line. What stands in its way comes first. */
export function planSections(plan: ShownPlan): PlanSection[] {
  const blocks = plan.blockedBy.map(({ reason }) => says(reason));
  const verify = plan.verify.map(({ id, call }) => exactly(id, call));
  const sections = [
    { title: `${plan.runbook} · ${plan.risk} · plan ${plan.hash.slice(0, SHORT_HASH)}`, lines: parameterLines(plan) },
    { title: 'Cannot run now', lines: blocks },
    { title: 'Targets', lines: plan.targets.map(({ host, service, id }) => exactly(`${service} on ${host}`, id)) },
    { title: 'Steps', lines: plan.steps.flatMap(stepLines) },
    { title: 'Proof afterwards', lines: verify },
    { title: 'Who must agree', lines: agreement(plan.needs) },
  ];
  return sections.filter(({ lines }, index) => index === 0 || lines.length > 0);
}

/** The same as plain text of several lines, for a terminal. */
export function planText(plan: ShownPlan): string {
  const lines = planSections(plan).flatMap(({ title, lines: inner }) => [
    harmless(title),
    ...inner.map((line) => `  ${lineText(line)}`),
  ]);
  return `${lines.join('\n')}\n`;
}

/** A line as text; foreign parts harmless for a terminal, on one line. */
function lineText({ says: words, exact }: PlanLine): string {
  const indent = /^ */.exec(words)?.[0] ?? '';
  return indent + (exact === null ? harmless(words) : `${harmless(words)}: ${harmless(exact)}`);
}

function parameterLines({ parameters, risk, riskBecause = [] }: ShownPlan): PlanLine[] {
  const raised = riskBecause.length === 0 ? [] : [says(`${risk} because: ${riskBecause.join('; ')}`)];
  return [...Object.entries(parameters).map(([name, value]) => exactly(name, printValue(value))), ...raised];
}

/** A secret by its name: its value is nowhere in a plan. */
function printValue(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return isSecretRef(value) ? `the value of ${value.secret}` : String(value);
}

/** What only looks needs no words about its effect. */
function stepLines(step: ShownStep, index: number): PlanLine[] {
  const { id, call, effect, undo, mutates, hold, when } = step;
  return [
    exactly(`${index + 1}. ${id}`, call),
    ...(when === undefined ? [] : [says(`   ${when}`)]),
    ...(mutates ? [says(`   ${effect}`)] : []),
    ...(hold === undefined ? [] : [says(`   holds for ${hold}, then it is taken back by itself`)]),
    ...(mutates ? [says(undo === null ? '   nothing takes it back' : `   undo: ${undo}`)] : []),
  ];
}

function agreement({ approvals, because }: ShownPlan['needs']): PlanLine[] {
  if (approvals === 0) return [says('nobody else')];
  const people = approvals === 1 ? 'a second person' : `${approvals} other persons`;
  return [says(because.length === 0 ? people : `${people}, because ${because.join('; ')}`)];
}

function says(words: string): PlanLine {
  return { says: words, exact: null };
}

function exactly(words: string, exact: string): PlanLine {
  return { says: words, exact };
}

function harmless(text: string): string {
  return oneLine(stripControls(text));
}
