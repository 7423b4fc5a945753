import type { DescribeEvent } from '../../alerts/change.ts';
import { readMoment } from '../../core/wall-time.ts';
import { OVERRIDE, type OverrideMade } from './override-state.ts';
import { listOf, spanText } from './words.ts';

/** The words for overrides and swaps; people by name, else by their keys. */
export const describeOverride: DescribeEvent = ({ kind, id, type, data }, _texts, nameOf = (key) => key) => {
  if (kind !== OVERRIDE) return null;
  if (type === 'override.removed') return `override ${id} removed`;
  const { schedule, timezone, turns, swap } = data as unknown as OverrideMade;
  const said = turns.map(({ people, from, to }) => {
    const span = { from: readMoment(timezone, from), to: readMoment(timezone, to) };
    return `${listOf(people.map(nameOf))} ${spanText(timezone, span)}`;
  });
  const how = swap === null ? 'on call in place of others' : `${listOf(swap.map(nameOf))} exchange`;
  return `${id}: ${how} in ${schedule}: ${said.join('; ')}`;
};
