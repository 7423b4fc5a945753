import type { ParameterConfig, RunbookConfig } from '../../../core/config/config.ts';
import { boundsOf } from '../../../core/config/parameter-values.ts';
import { tellConditions } from '../../../runbooks/conditions.ts';
import { code, foreign } from '../../mrkdwn.ts';
import { type Answer, answerOf } from './answer.ts';

/** Every runbook in a line. */
export function renderRunbooks(runbooks: readonly RunbookConfig[]): Answer {
  if (runbooks.length === 0) return answerOf(['No runbooks are configured: see `config/runbooks/`.']);
  const lines = runbooks.map(({ runbook, risk, summary }) => `• ${code(runbook)} ${risk} – ${foreign(summary, 200)}`);
  return answerOf([
    `*Runbooks*\n${lines.join('\n')}`,
    '`/gianna runbook show NAME` says what one asks for; `/gianna runbook run NAME` opens its form.',
  ]);
}

/** One runbook: what it does, who may, what it asks for and of which steps it is made. */
export function renderRunbook(runbook: RunbookConfig): Answer {
  const { risk, riskWhen, who, approvals, steps, verify, word } = runbook;
  const agree = risk === 'R3' || approvals > 0 ? ` · needs ${Math.max(1, approvals)} more to agree` : '';
  const may = who.length === 0 ? '' : ` · for ${who.join(', ')}`;
  const parameters = Object.entries(runbook.parameters).map(([name, each]) => parameterLine(name, each));
  const made = [...steps, ...verify].map(({ id, kind }) => `• ${code(id)} ${foreign(kind, 60)}`);
  const examples = (word?.examples ?? []).map((each) => code(`/gianna ${each}`)).join(' · ');
  return answerOf([
    `*${foreign(runbook.runbook, 80)}* – ${foreign(runbook.summary, 200)}\nRisk ${risk}${may}${agree}${riskWhen.map(riskLine).join('')}`,
    parameters.length === 0 ? 'It asks for nothing.' : `*Asks for*\n${parameters.join('\n')}`,
    `*Steps*\n${made.join('\n')}`,
    word === null ? '' : `Examples: ${examples}${examples === '' ? '' : ' · '}add \`--dry-run\` to only look`,
  ]);
}

function riskLine({ risk, when }: RunbookConfig['riskWhen'][number]): string {
  return `\n${risk} when ${foreign(tellConditions(when), 200)}`;
}

function parameterLine(name: string, parameter: ParameterConfig): string {
  const { type, list, options, default: stands, required, says } = parameter;
  const facts = [
    options.length === 0 ? `${type}${list ? ' (several)' : ''}` : options.map((each) => foreign(each, 60)).join(', '),
    ...boundsOf(parameter),
    stands === null ? '' : `else ${foreign(String(stands), 60)}`,
    required ? '' : 'may be left out',
  ];
  const about = says === null ? '' : ` – ${foreign(says, 200)}`;
  return `• ${code(name)}: ${facts.filter((fact) => fact !== '').join(', ')}${about}`;
}
