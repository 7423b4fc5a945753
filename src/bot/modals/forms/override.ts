import type { OncallConfig } from '../../../core/config/config.ts';
import { decideOverride } from '../../../oncall/overrides/decide-override.ts';
import { isRefusal } from '../../../oncall/overrides/read-asked.ts';
import { rosterWords } from '../../commands/roster-words.ts';
import type { FormSpec, FormSubject } from '../form.ts';
import { momentField, reasonField, selectField, wrongReason } from '../form-fields.ts';
import { argsOfFields, likelySchedule, noSchedule, personField, planSection, scheduleField } from '../roster-fields.ts';
import { lengthChoices } from './snooze.ts';

/** Field that shows what is wrong, by the code of the refusal. */
const FIELD: Readonly<Record<string, string>> = {
  PERSON_UNKNOWN: 'person',
  SCHEDULE_UNKNOWN: 'schedule',
  TIME_PAST: 'from',
  REASON_TOO_LONG: 'reason',
};

/** From hours to weeks: what people stand in for. */
const LENGTHS: readonly number[] = [1, 2, 4, 8, 12, 24, 48, 168].map((hours) => hours * 3600);

/** Puts somebody on call for a while, in place of whoever would be. */
export const overrideForm: FormSpec = {
  verb: 'override',
  title: 'On-call override',
  doing: 'Putting somebody on call',
  submits: () => 'Put on call',
  right: 'R1',
  about: 'nothing',
  notWhen: [],
  mainField: 'person',
  fields: async (subject, deps) => {
    const { oncall } = deps.config.current();
    const gap = noSchedule(oncall);
    if (gap !== null) return gap;
    const schedule = subject.given.schedule ?? (await likelySchedule(subject, deps));
    const given: FormSubject['given'] = { ...subject.given, ...(schedule === undefined ? {} : { schedule }) };
    return [
      await personField({ name: 'person', label: 'Who is on call', initial: given.person }, subject, deps),
      await scheduleField(deps, schedule),
      ...timeFields(given),
      reasonField(given.reason, true),
      planSection(planOf(given, oncall, deps.clock.now()), oncall, deps),
    ];
  },
  read: (values, _subject, deps) => {
    const now = deps.clock.now();
    const names = ['person', 'schedule', 'from', 'seconds', 'to', 'reason'];
    const fields = Object.fromEntries(names.map((name) => [name, values.text(name)]));
    const why = wrongReason(values.text('reason'), true);
    if (why !== null) return { kind: 'wrong', errors: { reason: why } };
    const lengths = [fields.seconds, fields.to].filter((each) => each !== '');
    if (lengths.length === 0) return { kind: 'wrong', errors: { seconds: 'Choose how long, or when it ends.' } };
    if (lengths.length === 2) return { kind: 'wrong', errors: { to: 'Choose a length or an end, not both.' } };
    const args = argsOfFields(fields, now);
    const plan = decideOverride(deps.config.current().oncall, args, now);
    if (!isRefusal(plan)) return { kind: 'ask', args };
    return { kind: 'wrong', errors: { [FIELD[plan.code] ?? 'seconds']: `${plan.text} ${plan.remedy}` } };
  },
  told: rosterWords,
};

function timeFields(given: FormSubject['given']) {
  const optional = { isOptional: true, redraws: true };
  return [
    momentField({ name: 'from', label: 'From', initial: given.from, hint: 'Empty: now.', ...optional }),
    selectField({
      name: 'seconds',
      label: 'For how long',
      choices: lengthChoices(LENGTHS, given.seconds),
      initial: given.seconds,
      ...optional,
    }),
    momentField({ name: 'to', label: 'Or until', initial: given.to, hint: 'In place of a length.', ...optional }),
  ];
}

function planOf(given: FormSubject['given'], oncall: OncallConfig, now: number) {
  if (given.person === undefined || (given.to === undefined && given.seconds === undefined)) return null;
  return decideOverride(oncall, argsOfFields(given, now), now);
}
