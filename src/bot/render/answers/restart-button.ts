import { code } from '../../mrkdwn.ts';
import { type Answer, answerOf } from './answer.ts';

/** The way to the restart form from where Slack cannot open one. */
export function renderRestartButton(service: string, incident: string | null, version: number): Answer {
  const value = { v: 1, ...(incident === null ? {} : { i: incident }), s: service, n: version };
  const label = `Restart ${service}…`.slice(0, 75);
  return answerOf(
    [`Restarting ${code(service)} asks first: press to see exactly what would be done.`],
    [
      {
        type: 'actions',
        block_id: 'restart',
        elements: [
          {
            type: 'button',
            action_id: 'gi.restart',
            text: { type: 'plain_text', text: label, emoji: false },
            value: JSON.stringify(value),
            accessibility_label: `Open the restart form of ${service}`.slice(0, 75),
          },
        ],
      },
    ],
  );
}
