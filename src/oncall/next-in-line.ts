import type { LayerConfig, ScheduleConfig } from '../core/config/config.ts';
import type { EscalationContext } from './escalation-context.ts';
import type { EscalationState } from './escalation-state.ts';
import { onCallAt } from './schedule.ts';

/**
 * Who comes after `me` in the schedule through which I was paged, and was not paged yet in this cycle: who takes over
 * at the next handoff first, then the others in the order of the rotation. null: nobody is left.
 */
export function nextInLine(
  state: EscalationState,
  me: string | null,
  { config, now, paged }: EscalationContext & { readonly paged: ReadonlySet<string> },
): string | null {
  if (me === null) return null;
  const reached = config.severities[state.severity].levels.slice(0, Math.max(1, state.level));
  const names = reached.flatMap(({ notify }) => notify.flatMap(({ kind, name }) => (kind === 'schedule' ? name : [])));
  for (const name of new Set(names)) {
    const schedule = config.oncall.schedules[name];
    if (schedule === undefined) continue;
    const { now: onCall, next } = onCallAt(schedule, now);
    if (!onCall.includes(me)) continue;
    const found = [...next, ...rotationAfter(schedule, me)].find((person) => person !== me && !paged.has(person));
    if (found !== undefined) return found;
  }
  return null;
}

function rotationAfter({ layers }: ScheduleConfig, me: string): string[] {
  return layers.flatMap((layer) => {
    const people = inOrder(layer);
    const at = people.indexOf(me);
    return [...people.slice(at + 1), ...people.slice(0, Math.max(0, at))];
  });
}

/** Who takes turns in a layer, in order. */
function inOrder(layer: LayerConfig): readonly string[] {
  if (layer.kind === 'rotation') return layer.turns.flat();
  return layer.kind === 'calendar' ? [...new Set(layer.spans.flatMap(({ people }) => people))] : [];
}
