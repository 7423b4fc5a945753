import * as z from 'zod';
import type { EffectChange, TimerChange } from '../../journal/port.ts';
import type { TimerHandler } from '../../journal/timers.ts';
import type { RemediationDeps } from './deps.ts';
import { REMEDIATION } from './remediation-state.ts';

/** A rule that looks at an incident. `looks`: how often it has looked without a run. */
export const LookData = z.object({ rule: z.string(), incident: z.string(), looks: z.number() });
export type LookData = z.infer<typeof LookData>;

/** What effects of kind `remediation` ask for. */
export const RemediationEffect = z.discriminatedUnion('op', [
  LookData.extend({ op: z.literal('look') }),
  z.object({ op: z.literal('escalate'), incident: z.string(), words: z.string() }),
]);

/** The id of a look's timer: one for a rule and an incident. */
export function lookId({ rule, incident }: Pick<LookData, 'rule' | 'incident'>): string {
  return `${rule}|${incident}`;
}

/** The timer of the next look. */
export function lookAt(look: LookData, dueAt: number): TimerChange {
  return { op: 'set', kind: REMEDIATION, id: lookId(look), purpose: 'look', dueAt, data: look };
}

/** Asks for pages because a run did not help, once for a run. `words`: digest. */
export function askEscalation(rule: string, n: number, incident: string, words: string): EffectChange {
  const key = `${REMEDIATION}|escalate|${rule}|${n}`;
  return { op: 'ask', key, kind: REMEDIATION, incident, data: { op: 'escalate', incident, words } };
}

/** A look asks probes: it becomes an effect, out of the timers' way. */
export function lookTimers({
  config,
}: Pick<RemediationDeps, 'config'>): Readonly<Record<'remediation.look', TimerHandler>> {
  return {
    'remediation.look': async ({ data, dueAt }, now) => {
      const look = LookData.parse(data);
      const rule = config.current().policy.remediation.find(({ name }) => name === look.rule);
      if (rule?.isOn !== true) return null;
      const key = `${REMEDIATION}|look|${lookId(look)}|${dueAt}`;
      const effect = {
        op: 'ask',
        key,
        kind: REMEDIATION,
        incident: look.incident,
        data: { op: 'look', ...look },
      } as const;
      return { at: now, actor: 'auto', effects: [effect] };
    },
  };
}
