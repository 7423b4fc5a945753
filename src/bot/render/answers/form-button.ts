import { incidentButtonValue } from '../../button.ts';
import { type Answer, answerOf } from './answer.ts';

/** The way to a form from where Slack cannot open one. */
export function renderFormButton(
  form: { readonly verb: string; readonly title: string; readonly doing: string },
  incident: string | null,
  version: number,
): Answer {
  const about = incident === null ? '' : ` ${incident}`;
  return answerOf(
    [`${form.doing}${about} needs to know a little more: press to say it.`],
    [
      {
        type: 'actions',
        block_id: `form:${form.verb}`,
        elements: [
          {
            type: 'button',
            action_id: `gi.${form.verb}`,
            text: { type: 'plain_text', text: `${form.title}…`, emoji: false },
            value: incidentButtonValue(incident, version),
            accessibility_label: `Open the form: ${form.title}${about}`.slice(0, 75),
          },
        ],
      },
    ],
  );
}
