import type { ScaleChange, ServiceScaling, ServiceTarget } from '../../hosts/driver.ts';
import type { Tell } from './shell.ts';

/** Copies of a stand-in service: one at first, and as many as it is told. */
export function createStandInScaling(first: ServiceTarget, tell: Tell): ServiceScaling {
  const copies: ServiceTarget[] = [first];
  const copyOf = (number: number): ServiceTarget => ({
    ...first,
    id: `${first.id}-${number}`,
    name: `${first.service}-${number} (stand-in)`,
  });
  return {
    plan: async (wanted) => {
      const from = copies.length;
      const facts = { copies: copies.map(({ id }) => id).join(' ') };
      if ('without' in wanted) {
        const gone = copies.filter(({ id }) => id === wanted.without);
        return {
          from,
          to: from - gone.length,
          changes: gone.map((copy) => changeOf('remove', copy)),
          blockedBy: [],
          facts,
        };
      }
      const to = 'to' in wanted ? wanted.to : from + wanted.by;
      const made = Array.from({ length: Math.max(0, to - from) }, (_, index) => copyOf(from + index + 1));
      const gone = copies.slice(Math.max(0, to)).reverse();
      const changes = [...made.map((copy) => changeOf('add', copy)), ...gone.map((copy) => changeOf('remove', copy))];
      return { from, to, changes, blockedBy: to < 0 ? [`there cannot be ${to}`] : [], facts };
    },
    change: async ({ kind, target }) => {
      tell(`${target.host}: ${kind} ${target.name}`);
      if (kind === 'add') copies.push(target);
      else copies.splice(0, copies.length, ...copies.filter(({ id }) => id !== target.id));
      const undo = kind === 'add' ? { without: target.id } : { by: 1 };
      return { outcome: 'done', summary: `${target.name}: ${kind}`, target, undo };
    },
  };
}

function changeOf(kind: 'add' | 'remove', target: ServiceTarget): ScaleChange {
  const undo = kind === 'add' ? `remove ${target.name}` : 'one copy is made anew';
  const call = { call: `${kind} ${target.name}`, effect: `${target.name}: ${kind}`, undo };
  return { kind, target, call, data: {} };
}
