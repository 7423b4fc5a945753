import type { OncallConfig } from '../../../core/config/config.ts';
import { decideSwap } from '../../../oncall/overrides/decide-swap.ts';
import { isRefusal } from '../../../oncall/overrides/read-asked.ts';
import { rosterWords } from '../../commands/roster-words.ts';
import type { FormSpec, FormSubject } from '../form.ts';
import { momentField, reasonField, wrongReason } from '../form-fields.ts';
import { argsOfFields, likelySchedule, noSchedule, personField, planSection, scheduleField } from '../roster-fields.ts';

/** Field that shows what is wrong, by the code of the refusal. */
const FIELD: Readonly<Record<string, string>> = {
  SCHEDULE_UNKNOWN: 'schedule',
  TIME_PAST: 'from',
  TIME_WRONG: 'to',
  SPAN_EMPTY: 'to',
  SPAN_TOO_LONG: 'to',
  SWAP_TOO_MANY: 'to',
  REASON_TOO_LONG: 'reason',
};

/** Two exchange their shifts; shows first which. */
export const swapForm: FormSpec = {
  verb: 'swap',
  title: 'Swap shifts',
  doing: 'Swapping shifts',
  submits: () => 'Swap',
  right: 'R1',
  about: 'nothing',
  notWhen: [],
  mainField: 'with',
  fields: async (subject, deps) => {
    const { oncall } = deps.config.current();
    const gap = noSchedule(oncall);
    if (gap !== null) return gap;
    const own = deps.directory.personOf(subject.userId) ?? undefined;
    const schedule = subject.given.schedule ?? (await likelySchedule(subject, deps));
    const person = subject.given.person ?? own;
    const given: FormSubject['given'] = {
      ...subject.given,
      ...(schedule === undefined ? {} : { schedule }),
      ...(person === undefined ? {} : { person }),
    };
    return [
      await personField({ name: 'person', label: 'Who swaps', initial: person }, subject, deps),
      await personField({ name: 'with', label: 'With whom', initial: given.with }, subject, deps),
      await scheduleField(deps, schedule),
      planSection(planOf(given, oncall, deps.clock.now()), oncall, deps),
      momentField({
        name: 'from',
        label: 'From',
        initial: given.from,
        isOptional: true,
        redraws: true,
        hint: 'Empty: now.',
      }),
      momentField({
        name: 'to',
        label: 'Until',
        initial: given.to,
        isOptional: true,
        redraws: true,
        hint: 'Empty: the next shift of each. Else everything that either has until then.',
      }),
      reasonField(given.reason, true),
    ];
  },
  read: (values, _subject, deps) => {
    const now = deps.clock.now();
    const fields = ['person', 'with', 'schedule', 'from', 'to', 'reason'].map((name) => [name, values.text(name)]);
    const why = wrongReason(values.text('reason'), true);
    if (why !== null) return { kind: 'wrong', errors: { reason: why } };
    const args = argsOfFields(Object.fromEntries(fields), now);
    if (args.person === undefined) return { kind: 'wrong', errors: { person: 'Choose somebody.' } };
    const plan = decideSwap(deps.config.current().oncall, args, now);
    if (!isRefusal(plan)) return { kind: 'ask', args };
    return { kind: 'wrong', errors: { [FIELD[plan.code] ?? 'with']: `${plan.text} ${plan.remedy}` } };
  },
  told: rosterWords,
};

function planOf(given: Readonly<Record<string, string>>, oncall: OncallConfig, now: number) {
  if (given.person === undefined || given.with === undefined) return null;
  return decideSwap(oncall, argsOfFields(given, now), now);
}
