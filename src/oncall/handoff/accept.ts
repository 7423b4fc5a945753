import type { Command } from '../../core/command.ts';
import type { ConfigSource } from '../../core/config/config.ts';
import type { AggregateRow, Journal } from '../../journal/port.ts';
import type { CommandDecision } from '../part.ts';
import { changeOf, endOf, stageTimer } from './change.ts';
import { type Accepter, decideAccept } from './decide-accept.ts';
import { HANDOFF, type HandoffState } from './handoff-state.ts';
import { namesOf, type Telling, tellAccepted } from './notices.ts';

export interface AcceptDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly telling: Telling;
}

/** `handoff-accept { id? }`: the next person takes the shift; without an id the one that waits for the asker. */
export function createAccept({ journal, config, telling }: AcceptDeps) {
  return async (command: Command): Promise<CommandDecision> => {
    const accepter = accepterOf(command, config);
    const row = await find(journal, command.args.id, accepter);
    const decided = decideAccept(row?.state ?? null, accepter, command.at);
    if (row === null || 'code' in decided) return refused(decided);
    const change = changeOf(row, { type: 'handoff.accepted', v: 1, data: { by: decided.by } });
    const timers = [stageTimer(row.id, endOf(row.state))];
    const told = tellAccepted(change.state, decided.by, command.at, telling);
    const batch = { at: command.at, actor: command.by, ...told, aggregates: [change], timers };
    return { batch, outcome: { kind: 'done', text: acceptedText(change.state, decided.by, command.at, telling) } };
  };
}

function acceptedText(state: HandoffState, by: string, now: number, telling: Telling): string {
  const leaving =
    state.from.length === 0
      ? ''
      : ` ${namesOf(state.from, telling)} is told and relieved${state.at > now ? ' then' : ''}.`;
  const when = state.at > now ? 'as soon as the shift begins' : 'now';
  return `${telling.nameOf(by)} is on call in ${state.schedule} ${when}: ${state.id} is accepted.${leaving}`;
}

/** The key of whoever asks; null: the command line. */
function accepterOf({ by }: Command, config: ConfigSource): Accepter {
  if (!by.startsWith('slack:')) return null;
  const id = by.slice('slack:'.length);
  const { people } = config.current().oncall;
  return Object.keys(people).find((person) => people[person]?.slack.includes(id)) ?? id;
}

async function find(journal: Journal, id: unknown, accepter: Accepter): Promise<AggregateRow<HandoffState> | null> {
  if (typeof id === 'string' && id !== '') return journal.aggregate<HandoffState>(HANDOFF, id.toUpperCase());
  const open = await journal.aggregates<HandoffState>(HANDOFF, { open: true });
  const waiting = open.filter(({ state }) => state.status === 'waiting');
  const own = waiting.filter(({ state }) => accepter === null || state.to.includes(accepter));
  return own.sort((one, other) => one.state.at - other.state.at)[0] ?? null;
}

function refused(decided: ReturnType<typeof decideAccept>): CommandDecision {
  if (!('code' in decided)) throw new Error('a handoff that is not there cannot be accepted');
  return { batch: null, outcome: { kind: 'refused', ...decided } };
}
