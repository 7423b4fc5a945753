import type { BatchPart } from '../../alerts/change.ts';
import { joinBatchParts } from '../../alerts/change.ts';
import { askNotice, type Notice } from '../../journal/notice.ts';
import { timeText } from '../reports/words.ts';
import type { HandoffState } from './handoff-state.ts';

/** What the words of a handoff need beside its state. */
export interface Telling {
  readonly zoneOf: (person: string) => string;
  readonly nameOf: (person: string) => string;
}

/** The shift has begun and nobody has accepted: both are told who is first in line. */
export function tellUnaccepted(state: HandoffState, telling: Telling): BatchPart {
  const { id, schedule } = state;
  const newcomers = namesOf(state.to, telling);
  const previous = namesOf([...state.from, ...state.staying], telling);
  const keeps = previous === '' ? '' : ` Until then ${previous} stays first in line, and you are paged too.`;
  return joinBatchParts([
    ...state.to.map((person) =>
      ask(state, 'begun', person, {
        title: `You are on call in ${schedule}: please accept`,
        lines: [
          `Your shift began ${timeText(telling.zoneOf(person), state.at)}. ${id} waits for your acceptance.${keeps}`,
        ],
        buttons: [{ action: 'handoff-accept', about: id, label: 'Accept the shift' }],
      }),
    ),
    ...state.from.map((person) =>
      ask(state, 'begun', person, {
        title: `You stay first in line for ${schedule}`,
        lines: [`${newcomers} has not accepted ${id} yet and is paged too. You are told when that changes.`],
      }),
    ),
  ]);
}

/** A quarter of an hour later it still waits: once more, and in the open. */
export function tellStillUnaccepted(state: HandoffState, telling: Telling): BatchPart {
  const { id, schedule } = state;
  const previous = namesOf([...state.from, ...state.staying], telling);
  const line = previous === '' ? 'Nobody else is in line.' : `${previous} stays first in line.`;
  return joinBatchParts([
    ...state.to.map((person) =>
      ask(state, 'still', person, {
        title: `${schedule} still waits for you`,
        lines: [`${id} is not accepted. ${line}`],
        buttons: [{ action: 'handoff-accept', about: id, label: 'Accept the shift' }],
      }),
    ),
    askNotice(`handoff|${id}|still|ops`, {
      to: { channel: 'ops' },
      title: `Nobody has accepted ${schedule} yet`,
      lines: [`${id} waits for ${namesOf(state.to, telling)}. ${line}`, `On the host: gianna-ops oncall accept ${id}`],
    }),
  ]);
}

/** Somebody has accepted: who leaves is told from when on. */
export function tellAccepted(state: HandoffState, by: string, now: number, telling: Telling): BatchPart {
  const { schedule, at } = state;
  return joinBatchParts(
    state.from.map((person) => {
      const when = at > now ? `at ${timeText(telling.zoneOf(person), at)}` : 'now';
      return ask(state, 'accepted', person, {
        title: `${telling.nameOf(by)} has accepted ${schedule}`,
        lines: [`You are relieved ${when}. Thank you.`],
      });
    }),
  );
}

/** `Ana and Ben`. */
export function namesOf(people: readonly string[], { nameOf }: Telling): string {
  const names = people.map(nameOf);
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function ask({ id }: HandoffState, what: string, person: string, notice: Omit<Notice, 'to'>): BatchPart {
  return askNotice(`handoff|${id}|${what}|${person}`, { to: { person }, ...notice });
}
