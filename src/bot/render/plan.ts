import { type PlanLine, planSections, type ShownPlan } from '../../runbooks/plan-text.ts';
import { code, foreign } from '../mrkdwn.ts';

const LONGEST_WORDS = 400;
const LONGEST_CALL = 1_500;

/** A plan as paragraphs in mrkdwn: the words of `planSections`, escaped, calls and ids in code spans. */
export function planParagraphs(plan: ShownPlan): string[] {
  return planSections(plan).map(({ title, lines }) => [`*${foreign(title, 200)}*`, ...lines.map(lineText)].join('\n'));
}

function lineText({ says, exact }: PlanLine): string {
  const indent = '\u2003'.repeat(/^ */.exec(says)?.[0].length === 0 ? 0 : 1);
  const words = foreign(says, LONGEST_WORDS);
  return indent + (exact === null ? words : `${words}: ${code(exact, LONGEST_CALL)}`);
}
