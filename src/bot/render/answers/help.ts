import type { Config } from '../../../core/config/config.ts';
import { specOf, VERBS, type Verb, verbOf } from '../../commands/grammar.ts';
import { code, foreign } from '../../mrkdwn.ts';
import { type Answer, answerOf } from './answer.ts';
import { buttonRow, readButton } from './buttons.ts';
import { renderRunbook } from './runbooks.ts';

type Runbooks = Config['runbooks'];

/** Help: groups, one line a command with a runnable example, the rarer ones by name; or one command in full (UX.md 3.7). */
export function renderHelp(topic: string | null, runbooks: Runbooks = {}): Answer {
  const verb = topic === null ? null : verbOf(topic);
  if (verb !== null) return inFull(verb);
  const runbook = topic !== null && Object.hasOwn(runbooks, topic) ? runbooks[topic] : undefined;
  return runbook === undefined ? overview(runbooks) : renderRunbook(runbook);
}

/** Those that are a word of their own are commands like others. */
function wordLines(runbooks: Runbooks): string[] {
  return Object.values(runbooks).flatMap(({ runbook, word, summary }) =>
    word === null ? [] : [`• ${code(`/gianna ${word.examples[0] ?? runbook}`)} – ${foreign(summary, 200)}; asks first`],
  );
}

function overview(runbooks: Runbooks): Answer {
  const groups = new Map<string, string[]>();
  for (const verb of VERBS) {
    const entry = specOf(verb);
    if (entry.isMinor === true) continue;
    const lines = groups.get(entry.group) ?? [];
    lines.push(`• \`/gianna ${entry.examples[0] ?? verb}\` – ${entry.says}`);
    groups.set(entry.group, lines);
  }
  groups.set('Act', [...(groups.get('Act') ?? []), ...wordLines(runbooks)]);
  const paragraphs = [...groups].map(([group, lines]) => `*${group}*\n${lines.join('\n')}`);
  const minor = (about: string) =>
    VERBS.filter((verb) => specOf(verb).isMinor === true && specOf(verb).about === about)
      .map((verb) => `\`${verb}\``)
      .join(', ');
  paragraphs.push(
    `Also about incidents: ${minor('incident')}. About on-call: ${minor('roster')}.`,
    'In an incident’s thread say `@gianna ack`: the id is implied. `help restart` shows one command in full.',
  );
  return answerOf(paragraphs, [
    buttonRow('quick', [
      readButton('status', null, 'Status'),
      readButton('probe', null, 'Probe all'),
      readButton('oncall', null, 'On-call'),
    ]),
  ]);
}

function inFull(verb: Verb): Answer {
  const entry = specOf(verb);
  const examples = entry.examples.map((example) => `\`/gianna ${example}\``).join(' · ');
  const lines = [
    `*${verb}* – ${entry.says}`,
    `Usage: \`/gianna ${entry.usage.replaceAll('|', ' | ').replace(/ {2,}/g, ' ')}\``,
    `Risk: ${entry.risk} ${RISK_WORDS[entry.risk]} · who may: ${entry.who}`,
    `Examples: ${examples}`,
    entry.aliases.length > 0 ? `Also: ${entry.aliases.join(', ')}` : '',
  ];
  return answerOf([lines.filter((line) => line !== '').join('\n')]);
}

const RISK_WORDS = {
  R0: '(reads only)',
  R1: '(reversible, no effect on users)',
  R2: '(affects the service; always asks first)',
  R3: '(destructive or secret)',
} as const;
