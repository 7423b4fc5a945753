import type { TokenView } from '../../../oncall/tokens/read-tokens.ts';
import type { NewToken } from '../../../oncall/tokens/token-text.ts';
import { code, dateToken, foreign } from '../../mrkdwn.ts';
import { type Answer, answerOf } from './answer.ts';

/** A new token, the only time that it is shown; what a phone shows of it holds none. */
export function renderTokenShown(token: NewToken, text: string): Answer {
  const shown = answerOf([
    `🔑 *Your token for the command line*, shown this once:\n${code(token.text)}`,
    'Put it into `~/.config/gianna-ops/token` (mode 0600), or into the file that `GIANNA_CLI_TOKEN_FILE` names; then `gianna-ops cli-token` says who you are. Whoever has it is you.',
    `${foreign(text, 200)} \`/gianna cli-token revoke ${token.id}\` takes it back.`,
  ]);
  return { ...shown, text: 'Your token for the command line' };
}

/** A person's own tokens, by their public ids. */
export function renderTokenList(tokens: readonly TokenView[]): Answer {
  if (tokens.length === 0) return answerOf(['You have no token. `/gianna cli-token` makes one.']);
  const lines = tokens.map(({ id, madeAt, expiresAt, status }) => {
    const end = status === 'good' ? `good until ${dateToken(expiresAt)}` : status;
    return `• ${code(id)} made ${dateToken(madeAt)}, ${end}`;
  });
  return answerOf([`*Your tokens*\n${lines.join('\n')}`]);
}
