import type { WebClient } from '@slack/web-api';
import * as z from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import { classifySlackError } from '../client.ts';
import type { Gates } from './gates.ts';

/** Whether a Slack account is in Do Not Disturb now; null: not known. Never throws, and never holds up what was sent. */
export type IsQuiet = (slackId: string | null) => Promise<boolean | null>;

/** https://docs.slack.dev/reference/methods/dnd.info, as far as it is told about others; seconds. */
const DndInfo = z.object({
  dnd_enabled: z.boolean(),
  next_dnd_start_ts: z.number(),
  next_dnd_end_ts: z.number(),
  snooze_enabled: z.boolean().optional(),
  snooze_endtime: z.number().optional(),
});

/** Sample: `{"ok":true,"dnd_enabled":true,"next_dnd_start_ts":1795471200,"next_dnd_end_ts":1795503600}`. */
const KEPT_MS = 60_000;

/**
 * Asks `dnd.info`, at most once a minute for each account. It is no part of delivering: what Slack answers here says
 * nothing about whether it takes messages. What cannot be read is named once in the log.
 */
export function createDoNotDisturb(deps: { client: WebClient; gates: Gates; clock: Clock; logger: Logger }): IsQuiet {
  const { client, gates, clock, logger } = deps;
  const known = new Map<string, { readonly at: number; readonly isOn: Promise<boolean | null> }>();
  let isNamed = false;

  async function ask(user: string): Promise<boolean | null> {
    const gate = { method: 'dnd.info', channel: user, isUrgent: true };
    if (gates.waitMs(gate) > 0) return null;
    gates.take(gate);
    try {
      return isOn(DndInfo.parse(await client.apiCall('dnd.info', { user })), clock.now() / 1000);
    } catch (error) {
      const { code } = classifySlackError(error);
      if (!isNamed) logger.warn({ code }, 'do not disturb of people on call is not known (scope dnd:read)');
      isNamed = true;
      return null;
    } finally {
      gates.answered(gate);
    }
  }

  return async (slackId) => {
    if (slackId === null) return null;
    const last = known.get(slackId);
    if (last !== undefined && clock.monotonicMs() - last.at < KEPT_MS) return last.isOn;
    const asked = { at: clock.monotonicMs(), isOn: ask(slackId) };
    known.set(slackId, asked);
    return asked.isOn;
  };
}

function isOn(info: z.infer<typeof DndInfo>, now: number): boolean {
  if (info.snooze_enabled === true && (info.snooze_endtime ?? 0) > now) return true;
  return info.dnd_enabled && info.next_dnd_start_ts <= now && now < info.next_dnd_end_ts;
}
