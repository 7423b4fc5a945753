import type { Command, Outcome } from '../../core/command.ts';
import type { JsonObject } from '../../core/json.ts';
import { actorOf } from '../directory.ts';
import type { Desk } from '../listen/deps.ts';
import { answerOf } from '../render/answers/answer.ts';
import { renderDenied, renderRefusal } from '../render/answers/refusal.ts';
import type { Right } from '../roles.ts';
import type { Asker } from './asker.ts';
import { outcomeWithin, outcomeWords } from './outcome.ts';
import { whoMay } from './who-may.ts';

/** A change that a person asks for, of each of some incidents. */
export interface Change {
  readonly verb: string;
  /** Begins the sentence of a refusal: `Acknowledging`. */
  readonly doing: string;
  readonly right: Right;
  readonly args: JsonObject;
  /** How a time was read, told before what it came to. */
  readonly readAs?: string;
}

/** Authorises and stores a change of each incident, then says what each came to. */
export async function changeIncidents(change: Change, ids: readonly string[], asker: Asker, deps: Desk): Promise<void> {
  const stored = await Promise.all(ids.map((id) => storeChange(change, id, asker, deps)));
  await asker.taken();
  const words = await Promise.all(stored.map((each) => each.words()));
  await asker.answer(answerOf([change.readAs ?? '', ...words]));
}

/** Authorises, validates on a snapshot and stores one command; `words` waits for what it came to. */
async function storeChange(change: Change, id: string, asker: Asker, deps: Desk) {
  const { verb } = change;
  const incident = await deps.incident(id);
  const permission = await deps.roles.may(asker.userId, change.right, incident?.channel ?? null);
  if (!permission.allowed) {
    deps.counts.command(verb, 'refused');
    const denied = renderDenied(change.doing, permission, await whoMay(deps, permission));
    return { words: async () => denied.text };
  }
  if (incident === null) {
    deps.counts.command(verb, 'refused');
    return { words: async () => unknownIncident(id).text };
  }
  const command: Command = {
    v: 1,
    verb,
    by: actorOf(asker.userId),
    at: deps.clock.now(),
    via: asker.via,
    incident: id,
    seen: incident.version,
    args: change.args,
  };
  const { outcome, duplicate } = await deps.submit(`${asker.key}|${id}`, command);
  deps.counts.command(verb, duplicate ? 'duplicate' : 'taken');
  return { words: () => wordsOfOutcome(id, outcome, deps) };
}

async function wordsOfOutcome(subject: string, outcome: Promise<Outcome>, deps: Desk): Promise<string> {
  return outcomeWords(subject, await outcomeWithin(outcome, deps.clock), deps.directory.nameOf);
}

/** The answer about an incident that is not there. */
export function unknownIncident(id: string) {
  return renderRefusal({ happened: `There is no incident ${id}.`, todo: 'See `/gianna status`.' });
}
