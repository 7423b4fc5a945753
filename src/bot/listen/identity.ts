import type { WebClient } from '@slack/web-api';
import * as z from 'zod';
import type { Logger } from '../../core/logger.ts';

const AuthTest = z.object({ team_id: z.string(), user_id: z.string(), bot_id: z.string().optional() });

/** Who the bot is, and in which workspace. */
export interface BotIdentity {
  readonly teamId: string;
  readonly botUserId: string;
  readonly botId: string | null;
}

export interface Identity {
  /** Null until Slack has told. */
  current(): BotIdentity | null;
  /** Asks Slack once (`auth.test`), at most one call at a time; null when it does not tell. */
  learn(): Promise<BotIdentity | null>;
}

/** Creates the bot's knowledge of itself. It never throws: Slack may be away. */
export function createIdentity(client: Pick<WebClient, 'apiCall'>, logger: Logger): Identity {
  let known: BotIdentity | null = null;
  let asking: Promise<BotIdentity | null> | null = null;

  async function ask(): Promise<BotIdentity | null> {
    try {
      const { team_id, user_id, bot_id } = AuthTest.parse(await client.apiCall('auth.test'));
      known = { teamId: team_id, botUserId: user_id, botId: bot_id ?? null };
      logger.info({ team: team_id, bot: user_id }, 'connected to workspace');
    } catch (error) {
      logger.warn({ err: error }, 'slack does not say who the bot is');
    } finally {
      asking = null;
    }
    return known;
  }

  return {
    current: () => known,
    learn: async () => {
      if (known !== null) return known;
      asking ??= ask();
      return asking;
    },
  };
}
