import { BOT_USERS, type BotConfigFiles, routesFile, slackFile } from './bot-config.ts';
import type { SlackChannel } from './local-slack.ts';

/** Channels that threads are spread over, because Slack takes one post a second and channel. */
export const ROOMS = ['room-1', 'room-2', 'room-3', 'room-4'] as const;

/** A room as the Slack peer knows it. */
export function roomChannel(room: string): SlackChannel {
  const members = [...BOT_USERS.map(({ id }) => id), 'U0BOT'];
  return { id: `C1${room.toUpperCase().replace('-', '')}`, name: room, members };
}

/** A configuration that deals incidents to the rooms by the last digit of their alertname, as P2. */
export function roomsConfig(): BotConfigFiles {
  const routes = ROOMS.map((room, index) => {
    const digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter((digit) => digit % ROOMS.length === index).join('');
    return { match: { alertname: `/.*[${digits}]/` }, severity: 'P2', channel: room };
  });
  return {
    'slack.yml': slackFile(Object.fromEntries(ROOMS.map((room) => [room, `#${room}`]))),
    'routes.yml': routesFile(routes),
  };
}
