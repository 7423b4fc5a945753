import type { Clock } from '../../core/clock.ts';
import type { ConfigSource } from '../../core/config/config.ts';
import type { Logger } from '../../core/logger.ts';
import { askNotice, type Notice } from '../../journal/notice.ts';
import type { Journal } from '../../journal/port.ts';

const HOUR_MS = 3_600_000;
const OPS = 'ops';

/**
 * Tells the admins that Slack refuses a channel, once an hour for each (FAULTS.md C 18): by direct message to those
 * with a Slack id, else into the operations channel. `word` is ours for the channel, or its id.
 */
export function createTellRefusal(deps: { journal: Journal; config: ConfigSource; clock: Clock; logger: Logger }) {
  const { journal, config, clock, logger } = deps;

  function adminsOf(): Notice['to'][] {
    const { slack, oncall } = config.current();
    const admins = slack.roles.admin.flatMap((admin): Notice['to'][] => {
      if (/^[UW][A-Z0-9]{2,}$/.test(admin)) return [{ actor: `slack:${admin}` }];
      return Object.hasOwn(oncall.people, admin) ? [{ person: admin }] : [];
    });
    return admins.length === 0 ? [{ channel: OPS }] : admins;
  }

  async function tell(word: string, code: string): Promise<void> {
    const at = clock.now();
    const written = config.current().slack.channels[word] ?? word;
    const meanwhile =
      word === OPS
        ? 'Nothing can be shown there until it takes messages again.'
        : 'Its messages go to the operations channel meanwhile.';
    for (const [index, to] of adminsOf().entries()) {
      const notice: Notice = {
        to,
        title: `Slack refuses ${written} (${code})`,
        lines: [
          meanwhile,
          `Unarchive it, invite the bot there, or name another channel for ${word} in slack.yml. It is tried again every ten minutes.`,
        ],
      };
      const key = `channel-refused|${word}|${Math.floor(at / HOUR_MS)}|${index}`;
      await journal.append({ at, actor: 'auto', ...askNotice(key, notice) });
    }
  }

  return (word: string, code: string): void => {
    tell(word, code).catch((error: unknown) =>
      logger.warn({ err: error }, 'admins cannot be told of a refused channel'),
    );
  };
}
