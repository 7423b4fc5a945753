import type { Button } from '@slack/types';
import { READ_VERBS } from '../../commands/grammar.ts';
import type { NotUnderstood } from '../../commands/verb.ts';
import { code } from '../../mrkdwn.ts';
import type { Answer } from './answer.ts';
import { buttonRow, readButton } from './buttons.ts';
import { renderRefusal } from './refusal.ts';

/** Why a text was not carried out, and what was probably meant. A correction that only reads is a button, others are words. */
export function renderNotUnderstood(parsed: NotUnderstood, services: readonly string[]): Answer {
  const not = 'Nothing was done.';
  switch (parsed.kind) {
    case 'too-long':
      return renderRefusal({ happened: 'That is too long for a command.', not, todo: 'See `/gianna help`.' });
    case 'unknown':
      return unknown(parsed, services);
    case 'ambiguous': {
      const names = parsed.candidates.map((name) => code(name)).join(', ');
      return renderRefusal({ happened: `${code(parsed.word)} may be ${names}.`, not, todo: 'Say which.' });
    }
    case 'missing':
      if (parsed.what === 'silence') {
        return renderRefusal({
          happened: `\`${parsed.verb}\` needs the silence’s id.`,
          not,
          todo: 'For example `SIL-7`; they are in `/gianna silence list`.',
        });
      }
      if (parsed.what === 'override') {
        return renderRefusal({
          happened: `\`${parsed.verb}\` needs the override’s id.`,
          not,
          todo: 'For example `OVR-1`; they are in `/gianna oncall overrides`.',
        });
      }
      return renderRefusal({
        happened: `\`${parsed.verb}\` needs the incident’s number.`,
        not,
        todo: `For example \`/gianna ${parsed.verb} 42\`; in its thread \`@gianna ${parsed.verb}\` is enough. Open ones: \`/gianna status\`.`,
      });
    case 'surplus':
      return renderRefusal({
        happened: `I do not understand ${code(parsed.word)} after \`${parsed.verb}\`.`,
        not,
        todo: `See \`/gianna help ${parsed.verb}\`.`,
      });
    default:
      return parsed satisfies never;
  }
}

function unknown(parsed: Extract<NotUnderstood, { kind: 'unknown' }>, services: readonly string[]): Answer {
  const near = parsed.suggestions.map((each) => code(each)).join(', ');
  const todo = [near === '' ? '' : `Did you mean ${near}?`];
  if (parsed.what === 'service')
    todo.push(
      `Services: ${
        services
          .slice(0, 20)
          .map((name) => code(name))
          .join(', ') || 'none'
      }.`,
    );
  todo.push('See `/gianna help`.');
  const buttons = parsed.what === 'command' ? parsed.suggestions.flatMap(suggestionButton) : [];
  const extra = buttons.length === 0 ? [] : [buttonRow('meant', buttons)];
  const happened = `Unknown ${parsed.what} ${code(parsed.word, 60)}.`;
  return renderRefusal({ happened, not: 'Nothing was done.', todo: todo.join(' ').trim() }, extra);
}

function suggestionButton(suggestion: string): Button[] {
  const verb = READ_VERBS.find((each) => each === suggestion);
  return verb === undefined ? [] : [readButton(verb, null, verb)];
}
