import type { InputBlock, SectionBlock } from '@slack/types';
import type { OncallConfig } from '../../core/config/config.ts';
import { readMoment } from '../../core/wall-time.ts';
import type { Planned } from '../../oncall/overrides/decide-override.ts';
import { isRefusal, type Refusal } from '../../oncall/overrides/read-asked.ts';
import { insteadOf } from '../../oncall/stand-in.ts';
import { onCallNow } from '../commands/who-may.ts';
import type { Desk } from '../listen/deps.ts';
import { foreign } from '../mrkdwn.ts';
import { turnLine } from '../render/override-lines.ts';
import type { FormSubject } from './form.ts';
import { type Choice, selectField } from './form-fields.ts';

/** Whoever fills in a form still means now, so long after the minute that was picked. */
const STILL_NOW_MS = 15 * 60_000;
const MOST_TURNS = 12;

/** Picks one of oncall.yml: whoever fills it in first, then who is on call, then everybody. */
export async function personField(
  field: { readonly name: string; readonly label: string; readonly initial: string | undefined },
  { userId }: FormSubject,
  deps: Desk,
): Promise<InputBlock> {
  const own = deps.directory.personOf(userId);
  const onCall = await onCallNow(deps);
  const known = Object.keys(deps.config.current().oncall.people);
  const given = field.initial === undefined ? [] : [field.initial];
  const keys = new Set([...(own === null ? [] : [own]), ...given, ...onCall, ...known]);
  const choices = [...keys]
    .filter((key) => known.includes(key))
    .map((value): Choice => {
      const remarks = [...(value === own ? ['you'] : []), ...(onCall.includes(value) ? ['on call'] : [])];
      const name = deps.directory.nameOfPerson(value);
      return { value, text: remarks.length === 0 ? name : `${name} (${remarks.join(', ')})` };
    });
  return selectField({ ...field, choices, redraws: true });
}

/** Picks a schedule: the one asked for, else one in which whoever fills it in is on call now, else the first. */
export async function scheduleField(deps: Desk, initial: string | undefined): Promise<InputBlock> {
  const choices = Object.keys(deps.config.current().oncall.schedules).map((name) => ({ value: name, text: name }));
  return selectField({ name: 'schedule', label: 'Schedule', choices, initial, redraws: true });
}

/** The schedule that a form begins with when none was named. */
export async function likelySchedule({ userId }: FormSubject, deps: Desk): Promise<string | undefined> {
  const own = deps.directory.personOf(userId);
  const report = await deps.oncallReport(deps.clock.now());
  const schedules = Object.keys(deps.config.current().oncall.schedules);
  return report.find(({ now }) => own !== null && now.includes(own))?.schedule ?? schedules[0];
}

/** Fields of a form as a command's arguments; a begin that has only just passed is now, which is no argument. */
export function argsOfFields(fields: Readonly<Record<string, string>>, now: number): Record<string, string | number> {
  const args: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(fields)) {
    const read = name === 'from' || name === 'to' ? momentOf(value) : value;
    const isNow = name === 'from' && Date.parse(read) <= now && Date.parse(read) >= now - STILL_NOW_MS;
    if (read === '' || isNow) continue;
    args[name] = name === 'seconds' ? Number(read) : read;
  }
  return args;
}

/** Epoch seconds in ISO 8601; empty: they are none. */
function momentOf(seconds: string): string {
  return /^\d{10}$/.test(seconds) ? new Date(Number(seconds) * 1000).toISOString() : '';
}

/** Without a schedule there is nothing to fill in; null: there is one. */
export function noSchedule({ schedules }: OncallConfig): SectionBlock[] | null {
  if (Object.keys(schedules).length > 0) return null;
  return [{ type: 'section', text: { type: 'plain_text', text: 'No schedule is configured: see oncall.yml.' } }];
}

/** What exactly would change, in the words of the plan; null: too little is filled in yet. */
export function planSection(plan: Planned | Refusal | null, oncall: OncallConfig, deps: Desk): SectionBlock {
  return {
    type: 'section',
    block_id: 'plan',
    text: { type: 'mrkdwn', text: planText(plan, oncall, deps), verbatim: true },
  };
}

function planText(plan: Planned | Refusal | null, oncall: OncallConfig, { directory }: Desk): string {
  if (plan === null) return 'What changes is shown here once everything above is filled in.';
  if (isRefusal(plan)) return `⛔ ${foreign(`${plan.text} ${plan.remedy}`, 600)}`;
  const { schedule, timezone, turns } = plan.made;
  const rules = oncall.schedules[schedule];
  const lines = turns.slice(0, MOST_TURNS).map(({ people, from, to }) => {
    const turn = { people, from: readMoment(timezone, from), to: readMoment(timezone, to) };
    const before = rules === undefined ? [] : insteadOf(rules, turn);
    return `• ${turnLine({ ...turn, insteadOf: before }, directory.nameOfPerson)}`;
  });
  const hidden = turns.length - lines.length;
  return ['*This is what changes:*', ...lines, ...(hidden > 0 ? [`+${hidden} more`] : [])].join('\n');
}
