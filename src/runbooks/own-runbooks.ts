import type { Config, ParameterConfig, RunbookConfig, StepConfig } from '../core/config/config.ts';
import { WIDE_SILENCE } from '../core/config/own-runbooks.ts';

const REQUIRED = {
  list: false,
  options: [],
  default: null,
  required: true,
  min: null,
  max: null,
  pattern: null,
} as const;

/**
 * A silence that mutes a P0 or another service than its own: a run like any other, so that a second person, its time
 * limit, its record and its copies are those of every run. The step says in the plan why somebody has to agree.
 */
const wideSilence: RunbookConfig = {
  runbook: WIDE_SILENCE,
  summary: 'Mute what one person alone may not mute',
  risk: 'R2',
  riskWhen: [],
  parameters: {
    matchers: text('Labels of the alerts, as Alertmanager writes them.'),
    lasts: { ...REQUIRED, type: 'duration', says: 'For how long.' },
    why: text('Why, for whoever sees it.'),
  },
  steps: [step('silence', 'silence', { matchers: '${matchers}', for: '${lasts}', reason: '${why}' })],
  verify: [],
  // the table of rights names security for silences of its own channel
  who: ['responder', 'approver', 'security'],
  approvals: 0,
  cooldownSeconds: null,
  mostTargets: null,
  onFailure: 'stop',
  word: null,
};

/** A runbook by its name, of the configuration or the bot's own; undefined when there is none. */
export function runbookOf(config: Pick<Config, 'runbooks'>, name: string): RunbookConfig | undefined {
  if (name === WIDE_SILENCE) return wideSilence;
  return Object.hasOwn(config.runbooks, name) ? config.runbooks[name] : undefined;
}

function text(says: string): ParameterConfig {
  return { ...REQUIRED, type: 'text', says };
}

function step(id: string, kind: string, body: unknown): StepConfig {
  const plain = { on: null, when: {}, retries: null, timeoutSeconds: null, rolling: null, undo: null, hold: null };
  return { id, kind, body, ...plain, isIdempotent: null };
}
