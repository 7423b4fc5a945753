import { renderOverrides } from '../../render/answers/overrides.ts';
import { defineVerb, EVERYBODY } from '../verb.ts';

/** `oncall overrides`: who stands in for whom, and who will. */
export const overridesVerb = defineVerb<{ readonly verb: 'overrides' }>({
  verb: 'overrides',
  about: 'roster',
  group: 'People',
  usage: 'oncall overrides',
  says: 'who stands in for whom, now and later',
  examples: ['oncall overrides'],
  risk: 'R0',
  who: EVERYBODY,
  aliases: ['stand-ins', 'swaps'],
  parse: () => ({ kind: 'command', command: { verb: 'overrides' } }),
  execute: async (_command, asker, deps) => {
    const { directory } = deps;
    const [overrides, permission] = await Promise.all([deps.overrides(), deps.roles.may(asker.userId, 'R1', null)]);
    const { oncall } = deps.config.current();
    const { nameOf, nameOfPerson } = directory;
    await asker.answer(renderOverrides({ overrides, oncall, mayRemove: permission.allowed, nameOf, nameOfPerson }));
  },
  pressed: () => ({ verb: 'overrides' }),
});
