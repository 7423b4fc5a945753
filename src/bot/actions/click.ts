import type { Asker } from '../commands/asker.ts';
import { onCallNames } from '../commands/on-call-names.ts';
import { outcomeWithin, outcomeWords } from '../commands/outcome.ts';
import { referenceOf } from '../commands/reference.ts';
import { actorOf } from '../directory.ts';
import type { Desk } from '../listen/deps.ts';
import type { Delivery } from '../listen/socket.ts';
import { tellEverybody, tellPerson } from '../listen/tell.ts';
import { type Answer, answerOf } from '../render/answers/answer.ts';
import { renderDenied, renderRefusal, renderThrown } from '../render/answers/refusal.ts';
import type { Right } from '../roles.ts';
import { type Click, readClick } from './click-body.ts';

/** Verbs whose click is stored as a command about an incident. */
const STORED = {
  ack: { right: 'R1', doing: 'Acknowledging' },
  resolve: { right: 'R1', doing: 'Resolving' },
  diagnose: { right: 'evidence', doing: 'Running a diagnosis' },
} as const satisfies Record<string, { right: Right; doing: string }>;
export type StoredVerb = keyof typeof STORED;

/** Handles a click that changes something: authorise → validate → store → acknowledge → tell what it came to. Never silent. */
export async function onStoredClick(verb: StoredVerb, body: unknown, ack: Delivery['ack'], deps: Desk): Promise<void> {
  await withClick(body, ack, deps, async (click, taken) => {
    const id = click.value?.i;
    if (id === undefined) return tell(click, taken, notOurs(), deps);
    const incident = await deps.incident(id);
    const permission = await deps.roles.may(click.place.userId, STORED[verb].right, incident?.channel ?? null);
    if (!permission.allowed) {
      deps.counts.command(verb, 'refused');
      return tell(click, taken, renderDenied(STORED[verb].doing, permission, await onCallNames(deps)), deps);
    }
    if (incident === null) return tell(click, taken, renderRefusal({ happened: `There is no incident ${id}.` }), deps);
    const { outcome, duplicate } = await deps.submit(click.key, {
      v: 1,
      verb,
      by: actorOf(click.place.userId),
      at: deps.clock.now(),
      via: 'button',
      incident: id,
      seen: click.value?.n ?? incident.version,
      args: {},
    });
    deps.counts.command(verb, duplicate ? 'duplicate' : 'taken');
    await taken();
    if (duplicate) return tell(click, taken, countedOnce(id), deps);
    const ended = await outcomeWithin(outcome, deps.clock);
    // What was done shows in the thread by itself; a person is told what was not.
    if (ended?.kind === 'done') return;
    await tellPerson(deps.client, deps.logger, click.place, answerOf([outcomeWords(id, ended, deps.directory.nameOf)]));
  });
}

/** Handles a button that no longer exists or does not exist yet: its presser is told so. */
export async function onUnknownClick(body: unknown, ack: Delivery['ack'], deps: Desk): Promise<void> {
  await withClick(body, ack, deps, (click, taken) => tell(click, taken, notOurs(), deps));
}

/** Handles a click that reads or opens a form: the same as the typed command, for the clicker alone. */
export async function onAskingClick(
  body: unknown,
  ack: Delivery['ack'],
  deps: Desk,
  ask: (asker: Asker, click: Click) => Promise<void>,
): Promise<void> {
  await withClick(body, ack, deps, async (click, taken) => {
    if (click.value === null) return tell(click, taken, notOurs(), deps);
    await ask(askerOf(click, taken, deps), click);
  });
}

async function withClick(
  body: unknown,
  ack: Delivery['ack'],
  deps: Desk,
  handle: (click: Click, taken: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const click = readClick(body);
  if (click === null) {
    deps.logger.warn('click of an unknown shape');
    return;
  }
  const taken = async () => {
    // Slack not hearing that it was taken does not undo what is stored.
    await ack().catch((error: unknown) =>
      deps.logger.warn({ err: error }, 'slack could not be told that it was taken'),
    );
  };
  try {
    await handle(click, taken);
  } catch (error) {
    const reference = referenceOf(click.key);
    deps.logger.warn({ err: error, reference, action: click.actionId }, 'click failed');
    await tell(click, taken, renderThrown(error, 'do that', reference), deps);
  }
}

async function tell(click: Click, taken: () => Promise<void>, answer: Answer, deps: Desk): Promise<void> {
  await taken();
  await tellPerson(deps.client, deps.logger, click.place, answer);
}

function askerOf(click: Click, taken: () => Promise<void>, deps: Desk): Asker {
  return {
    userId: click.place.userId,
    via: 'button',
    key: click.key,
    channel: click.place.channel,
    threadTs: click.place.threadTs,
    incident: null,
    triggerId: click.triggerId,
    taken,
    answer: (answer) => tell(click, taken, answer, deps),
    share: async (answer) => {
      await taken();
      await tellEverybody(deps.client, click.place, answer);
    },
  };
}

function countedOnce(id: string): Answer {
  return answerOf([`ℹ ${id}: this press was taken already. It counts once.`]);
}

function notOurs(): Answer {
  return renderRefusal({
    happened: 'This button does not carry one of our values: it was changed, or comes from another version.',
    todo: 'Use the incident’s own message, or `/gianna status`.',
  });
}
