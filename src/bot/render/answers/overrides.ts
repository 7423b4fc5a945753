import type { OncallConfig } from '../../../core/config/config.ts';
import type { OverrideJson } from '../../../oncall/overrides/override-json.ts';
import { foreign } from '../../mrkdwn.ts';
import { overrideLines } from '../override-lines.ts';
import { actions, type ButtonSpec, type PlainBlock } from '../payload.ts';
import { counted } from '../words.ts';
import { type Answer, answerOf } from './answer.ts';

const MOST_LISTED = 6;

export interface OverridesFacts {
  /** Those that stand or are planned. */
  readonly overrides: readonly OverrideJson[];
  readonly oncall: OncallConfig;
  /** Whether who asks may remove one. */
  readonly mayRemove: boolean;
  readonly nameOf: (actor: string) => string;
  readonly nameOfPerson: (person: string) => string;
}

/** Who stands in for whom and who will, the newest first, with by whom it was said and why. */
export function renderOverrides(facts: OverridesFacts): Answer {
  const { overrides } = facts;
  if (overrides.length === 0) {
    return answerOf(['Nobody stands in for anybody. Make an override with `/gianna oncall override`.']);
  }
  const shown = overrides.slice(0, MOST_LISTED);
  const hidden = overrides.length - shown.length;
  const more = hidden > 0 ? [`+${hidden} more: \`npx gianna-ops oncall overrides\``] : [];
  const head = `*${counted(overrides.length, 'override')}*`;
  const paragraphs = shown.map((each) => entry(each, facts));
  return answerOf([head, ...paragraphs, ...more], facts.mayRemove ? removeRow(shown) : []);
}

function entry(each: OverrideJson, { oncall, nameOf, nameOfPerson }: OverridesFacts): string {
  const state = each.status === 'standing' ? 'now' : 'later';
  const why = each.reason === null ? '' : `: ${foreign(each.reason, 120)}`;
  const said = `${state} · made by ${foreign(nameOf(each.by), 60)}${why}`;
  return `${overrideLines(each, oncall, nameOfPerson).join('\n')}\n    ${said}`;
}

function removeRow(overrides: readonly OverrideJson[]): PlainBlock[] {
  return [actions('overrides', overrides.map(removeButton))];
}

function removeButton({ id, schedule }: OverrideJson): ButtonSpec {
  return {
    verb: 'override-remove',
    label: `Remove ${id}`,
    spoken: `Remove ${id} of the schedule ${schedule}`,
    value: JSON.stringify({ v: 1, s: id, n: 0 }),
    confirm: `From now on ${schedule} goes by its rules again. What has passed stays as it was.`,
  };
}
