import { actorOf } from '../../directory.ts';
import { storedButton } from '../stored.ts';

/** `gi.take-over`: the incident is the presser's from now on. */
export const takeOverButton = storedButton('take-over', {
  right: 'R1',
  doing: 'Taking over',
  command: (_click, userId) => ({ verb: 'assign', args: { to: actorOf(userId) } }),
});
