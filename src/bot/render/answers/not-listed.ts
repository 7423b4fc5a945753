import { code } from '../../mrkdwn.ts';
import type { Answer } from './answer.ts';
import { renderRefusal } from './refusal.ts';

/** A Slack account that nobody in oncall.yml has: how to add it. */
export function renderNotListed(account: string, askerId: string): Answer {
  const who = account === askerId ? 'You are' : `The account ${code(account)} is`;
  return renderRefusal({
    happened: `${who} nobody in \`oncall.yml\`, so there are no shifts.`,
    todo: `Whoever keeps the configuration adds it under \`people:\`, for example ${code(`ana: { slack: ${account} }`)}, names it in a layer of a schedule, and runs \`npx gianna-ops check\`.`,
  });
}
