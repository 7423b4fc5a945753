import type { Asker } from '../commands/asker.ts';
import { referenceOf } from '../commands/reference.ts';
import type { Desk } from '../listen/deps.ts';
import type { Delivery } from '../listen/socket.ts';
import { tellEverybody, tellPerson, whisperTo } from '../listen/tell.ts';
import { renderRefusal, renderThrown } from '../render/answers/refusal.ts';
import { BUTTONS } from './buttons.ts';
import { type Click, readClick } from './click-body.ts';

const PREFIX = 'gi.';

/** Handles every press of ours. Never silent: also a button that is none any more, or that fails, answers its presser. */
export async function onPress(body: unknown, ack: Delivery['ack'], deps: Desk): Promise<void> {
  const click = readClick(body);
  if (click === null) {
    deps.logger.warn('click of an unknown shape');
    return;
  }
  const asker = askerOf(click, ack, deps);
  try {
    const button = BUTTONS.find(({ verb }) => click.actionId === `${PREFIX}${verb}`);
    const { value } = click;
    await (button === undefined || value === null
      ? asker.answer(notOurs())
      : button.press({ ...click, value }, asker, deps));
  } catch (error) {
    const reference = referenceOf(click.key);
    deps.logger.warn({ err: error, reference, action: click.actionId }, 'click failed');
    await asker.answer(renderThrown(error, 'do that', reference));
  }
}

function askerOf(click: Click, ack: Delivery['ack'], deps: Desk): Asker {
  const taken = async () => {
    // Slack not hearing that it was taken does not undo what is stored.
    await ack().catch((error: unknown) =>
      deps.logger.warn({ err: error }, 'slack could not be told that it was taken'),
    );
  };
  return {
    userId: click.place.userId,
    via: 'button',
    key: click.key,
    channel: click.place.channel,
    threadTs: click.place.threadTs,
    incident: null,
    triggerId: click.triggerId,
    taken,
    answer: async (answer) => {
      await taken();
      await tellPerson(deps.client, deps.logger, click.place, answer);
    },
    whisper: async (answer) => {
      await taken();
      return whisperTo(deps.client, deps.logger, click.place, answer);
    },
    share: async (answer) => {
      await taken();
      await tellEverybody(deps.client, click.place, answer);
    },
  };
}

function notOurs() {
  return renderRefusal({
    happened: 'This button does not carry one of our values: it was changed, or comes from another version.',
    todo: 'Use the incident’s own message, or `/gianna status`.',
  });
}
