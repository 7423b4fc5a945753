import type { OncallConfig } from '../../../core/config/config.ts';
import { decideOverride } from '../../../oncall/overrides/decide-override.ts';
import { isRefusal } from '../../../oncall/overrides/read-asked.ts';
import { rosterWords } from '../../commands/roster-words.ts';
import type { FormSpec } from '../form.ts';
import { momentField, reasonField, wrongReason } from '../form-fields.ts';
import { argsOfFields, likelySchedule, noSchedule, personField, planSection, scheduleField } from '../roster-fields.ts';

/** Field that shows what is wrong, by the code of the refusal. */
const FIELD: Readonly<Record<string, string>> = {
  PERSON_UNKNOWN: 'person',
  SCHEDULE_UNKNOWN: 'schedule',
  TIME_PAST: 'from',
  REASON_TOO_LONG: 'reason',
};

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
    const { given } = subject;
    const { oncall } = deps.config.current();
    const gap = noSchedule(oncall);
    if (gap !== null) return gap;
    const schedule = given.schedule ?? (await likelySchedule(subject, deps));
    return [
      await personField({ name: 'person', label: 'Who is on call', initial: given.person }, subject, deps),
      await scheduleField(deps, schedule),
      momentField({
        name: 'from',
        label: 'From',
        initial: given.from,
        isOptional: true,
        redraws: true,
        hint: 'Empty: now.',
      }),
      momentField({ name: 'to', label: 'Until', initial: given.to, redraws: true }),
      reasonField(given.reason, true),
      planSection(
        planOf({ ...given, ...(schedule === undefined ? {} : { schedule }) }, oncall, deps.clock.now()),
        oncall,
        deps,
      ),
    ];
  },
  read: (values, _subject, deps) => {
    const now = deps.clock.now();
    const [person, schedule, reason] = [values.text('person'), values.text('schedule'), values.text('reason')];
    const why = wrongReason(reason, true);
    if (why !== null) return { kind: 'wrong', errors: { reason: why } };
    if (values.text('to') === '') return { kind: 'wrong', errors: { to: 'Choose when it ends.' } };
    const args = argsOfFields({ person, schedule, from: values.text('from'), to: values.text('to'), reason }, now);
    const plan = decideOverride(deps.config.current().oncall, args, now);
    if (!isRefusal(plan)) return { kind: 'ask', args };
    return { kind: 'wrong', errors: { [FIELD[plan.code] ?? 'to']: `${plan.text} ${plan.remedy}` } };
  },
  told: rosterWords,
};

function planOf(given: Readonly<Record<string, string>>, oncall: OncallConfig, now: number) {
  if (given.person === undefined || given.to === undefined) return null;
  return decideOverride(oncall, argsOfFields(given, now), now);
}
