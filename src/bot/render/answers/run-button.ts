import { actOf, RESTART, verbOfRunbook } from '../../modals/run/run-meta.ts';
import { code } from '../../mrkdwn.ts';
import { type Answer, answerOf } from './answer.ts';

/** The way to the form of a runbook from where Slack cannot open one; `service`: what it is about, when that is known. */
export function renderRunButton(
  runbook: string,
  service: string | null,
  incident: string | null,
  version: number,
): Answer {
  const value = {
    v: 1,
    ...(incident === null ? {} : { i: incident }),
    ...(service === null ? {} : { s: service }),
    ...(runbook === RESTART ? {} : { b: runbook }),
    n: version,
  };
  const act = service === null ? actOf(runbook) : `${actOf(runbook)} ${service}`;
  return answerOf(
    [`${code(act)} asks first: press to see exactly what would be done.`],
    [
      {
        type: 'actions',
        block_id: 'run',
        elements: [
          {
            type: 'button',
            action_id: `gi.${verbOfRunbook(runbook)}`,
            text: { type: 'plain_text', text: `${act.slice(0, 74)}…`, emoji: false },
            value: JSON.stringify(value),
            accessibility_label: `Open the form: ${act}`.slice(0, 75),
          },
        ],
      },
    ],
  );
}
