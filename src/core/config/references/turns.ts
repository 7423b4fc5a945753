import type { WrittenTurn } from '../schema/oncall.ts';

/** The word for a turn, a layer or an override without anybody. */
export const NOBODY = 'nobody';

/** Who is on call together by one turn as written; empty for `nobody`. */
export function peopleOfTurn(turn: WrittenTurn): readonly string[] {
  const people = typeof turn === 'string' ? [turn] : turn;
  return people.filter((person) => person !== NOBODY);
}
