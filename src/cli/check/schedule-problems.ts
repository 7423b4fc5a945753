import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config, ScheduleConfig } from '../../core/config/config.ts';
import { readDocument } from '../../core/config/document.ts';
import { type Path, type Problem, printPath } from '../../core/config/problem.ts';
import type { Span } from '../../oncall/coverage.ts';
import { gapsIn } from '../../oncall/lookahead/gaps.ts';
import { overlapsIn } from '../../oncall/lookahead/overlaps.ts';
import { listOf, spanText } from '../../oncall/overrides/words.ts';

const FILE = 'oncall.yml';
/** What is shown of each schedule before it is only counted. */
const MOST_SHOWN = 5;

/** Times of a span in which nobody is on call, and overrides that hide each other: warnings at their schedule. */
export async function scheduleProblems(dir: string, { oncall }: Config, span: Span): Promise<Problem[]> {
  const document = readDocument(FILE, await readFile(join(dir, FILE), 'utf8'));
  return Object.entries(oncall.schedules).flatMap(([name, rules]) => {
    const path: Path = ['schedules', name];
    const place = { file: FILE, ...document.locate(path, 'key'), path: printPath(path), severity: 'warning' } as const;
    return [...gapProblems(rules, span), ...overlapProblems(rules, span)].map((told) => ({ ...place, ...told }));
  });
}

type Told = Pick<Problem, 'message' | 'hint'>;

function gapProblems(rules: ScheduleConfig, span: Span): Told[] {
  const gaps = gapsIn(rules, span);
  const hint = 'write nobody where it is meant, or add a layer';
  const told = gaps.slice(0, MOST_SHOWN).map((gap) => {
    return { message: `nobody is on call ${spanText(rules.timezone, gap)}`, hint };
  });
  return [...told, ...rest(gaps.length, 'more times at which nobody is on call')];
}

function overlapProblems(rules: ScheduleConfig, span: Span): Told[] {
  const overlaps = overlapsIn(rules, span);
  const told = overlaps.slice(0, MOST_SHOWN).map((overlap) => {
    const { hidden, shown } = overlap;
    const when = spanText(rules.timezone, overlap);
    const message = `overrides of ${listOf(hidden)} and ${listOf(shown)} overlap ${when}: ${listOf(shown)} counts`;
    return { message, hint: 'write both into one override, or end one where the other begins' };
  });
  return [...told, ...rest(overlaps.length, 'more overrides that overlap')];
}

function rest(count: number, what: string): Told[] {
  return count <= MOST_SHOWN ? [] : [{ message: `${count - MOST_SHOWN} ${what}`, hint: null }];
}
