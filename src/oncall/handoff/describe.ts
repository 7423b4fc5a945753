import type { DescribeEvent } from '../../alerts/change.ts';
import { HANDOFF, type HandoffTold } from './handoff-state.ts';

/** The words for handoffs; people by name, else by their keys. */
export const describeHandoff: DescribeEvent = ({ kind, id, type, data }, _texts, nameOf = (key) => key) => {
  if (kind !== HANDOFF) return null;
  switch (type) {
    case 'handoff.told': {
      const { schedule, from, to } = data as unknown as HandoffTold;
      const before = from.length === 0 ? '' : ` from ${from.map(nameOf).join(', ')}`;
      return `${id}: ${schedule} passes${before} to ${to.map(nameOf).join(', ')}`;
    }
    case 'handoff.accepted':
      return `${id}: ${nameOf(String(data.by))} has accepted`;
    case 'handoff.late':
      return `${id}: nobody has accepted yet; who was on call stays first in line`;
    case 'handoff.over':
      return data.withdrawn === true ? `${id} no longer holds` : null;
    default:
      return null;
  }
};
