import type { KnownBlock, ModalView, SectionBlock } from '@slack/types';
import type { Config, Risk, RunbookConfig } from '../../../core/config/config.ts';
import { graver } from '../../../runbooks/risk.ts';
import type { Plan } from '../../../runbooks/run-state.ts';
import { code, foreign, plain } from '../../mrkdwn.ts';
import { answerOf } from '../../render/answers/answer.ts';
import { planParagraphs } from '../../render/plan.ts';
import { runFields } from './run-fields.ts';
import { actOf, serviceIn, verbOfRunbook } from './run-meta.ts';
import { isRunnable, type PlannedForm, type ShownInForm } from './run-plan.ts';
import type { RunValues } from './run-values.ts';

const LONGEST_LABEL = 24;
const LOOK = 'Show the plan';

/** The view shown at once, while the plan is being made. Nothing can be submitted from it. */
export function renderRunLoading(runbook: RunbookConfig, meta: PlannedForm['meta'], values: RunValues): ModalView {
  const what = serviceIn(runbook, values.parameters) ?? meta.incident ?? runbook.runbook;
  return modal(runbook, meta, answerOf([`⏳ Looking at ${code(what)}: what would be done, and how…`]).blocks, null);
}

/**
 * The form with the exact plan. What submits it names the act; while there is nothing that could be run it only shows
 * the plan (Slack refuses a form with fields and without a way to submit them).
 */
export function renderRunForm(
  runbook: RunbookConfig,
  { meta, shown }: PlannedForm,
  values: RunValues,
  config: Config,
): ModalView {
  const risk = graver(runbook.risk, shown.kind === 'plan' ? shown.plan.risk : runbook.risk);
  const asked = { ...runbook, risk };
  const blocks = [warning(risk), ...runFields(asked, values, config), ...shownBlocks(shown)];
  const mayRun = shown.kind === 'plan' && isRunnable(shown.plan, values);
  return modal(runbook, meta, blocks, mayRun ? actLabel(runbook, values) : LOOK);
}

function modal(
  runbook: RunbookConfig,
  meta: PlannedForm['meta'],
  blocks: readonly KnownBlock[],
  submit: string | null,
): ModalView {
  const about: SectionBlock = { type: 'section', text: { type: 'plain_text', text: plain(runbook.summary, 300) } };
  return {
    type: 'modal',
    callback_id: `gi.${verbOfRunbook(runbook.runbook)}`,
    title: { type: 'plain_text', text: cut(actOf(runbook.runbook)) },
    close: { type: 'plain_text', text: 'Cancel' },
    ...(submit === null ? {} : { submit: { type: 'plain_text', text: cut(submit) } }),
    private_metadata: JSON.stringify(meta),
    blocks: [about, ...blocks],
  };
}

/** `Restart gianna`; what only looks says so. */
function actLabel(runbook: RunbookConfig, { parameters, dryRun }: RunValues): string {
  const act = actOf(runbook.runbook);
  if (dryRun) return `Dry run: ${act}`;
  const service = serviceIn(runbook, parameters);
  return service === null ? act : `${act} ${service}`;
}

const WARNINGS: Readonly<Record<Risk, string>> = {
  R0: 'It only looks.',
  R1: 'It can be taken back, and users do not notice it.',
  R2: '⚠️ *This affects the service.*',
  R3: '🛑 *This is grave: it may destroy something, concern a secret, or reach many.* It needs a second person.',
};

function warning(risk: Risk): SectionBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: WARNINGS[risk], verbatim: true } };
}

function shownBlocks(shown: ShownInForm): KnownBlock[] {
  switch (shown.kind) {
    case 'plan':
      return answerOf(paragraphs(shown.plan)).blocks;
    case 'missing':
      return answerOf([`The plan is shown once there is: ${shown.names.map((name) => code(name)).join(', ')}.`]).blocks;
    case 'wrong':
      return answerOf(Object.entries(shown.errors).map(([name, text]) => `⛔ ${code(name)}: ${foreign(text, 600)}`))
        .blocks;
    case 'problem':
      return shown.answer.blocks;
    default:
      return shown satisfies never;
  }
}

function paragraphs(plan: Plan): string[] {
  const isBlocked = plan.blockedBy.length > 0;
  return [isBlocked ? '⛔ *It cannot run now; why stands below.*' : '', ...planParagraphs(plan)];
}

function cut(text: string): string {
  return text.length <= LONGEST_LABEL ? text : `${text.slice(0, LONGEST_LABEL - 1)}…`;
}
