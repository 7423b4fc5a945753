import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import * as z from 'zod';
import type { Plan } from '../../runbooks/run-state.ts';
import { code, foreign } from '../mrkdwn.ts';
import { type Answer, answerOf } from '../render/answers/answer.ts';

/** What the modal carries along (`private_metadata`): ids only. `planHash` names the plan that its reader sees. */
export const RestartMeta = z.object({
  incident: z
    .string()
    .regex(/^GI-\d{1,9}$/)
    .nullable(),
  version: z.number().int().nonnegative(),
  channel: z.string().max(30).nullable(),
  ts: z.string().max(30).nullable(),
  service: z.string().max(200),
  mode: z.string().max(200),
  planHash: z.string().max(200).nullable(),
  /** Digest of the targets' ids. */
  targets: z.string().max(200).nullable(),
});
export type RestartMeta = z.infer<typeof RestartMeta>;

export interface RestartChoices {
  readonly services: readonly string[];
  readonly modes: readonly string[];
}

const MOST_OPTIONS = 100;

/** The view shown at once, while the plan is being made. Nothing can be submitted from it. */
export function renderRestartLoading(meta: RestartMeta): ModalView {
  return modal(meta, answerOf([`⏳ Looking at ${code(meta.service)}: what would be restarted, and how…`]).blocks, null);
}

/** The form with the exact plan; without a submit button when the plan is blocked or could not be made. */
export function renderRestartForm(
  meta: RestartMeta,
  choices: RestartChoices,
  plan: Plan | { readonly problem: Answer },
): ModalView {
  const isPlan = 'hash' in plan;
  const about = isPlan ? planBlocks(plan, meta) : plan.problem.blocks;
  const mayRun = isPlan && plan.blockedBy.length === 0;
  return modal(meta, [...fields(meta, choices), ...about], mayRun ? `Restart ${meta.service}` : null);
}

function modal(meta: RestartMeta, blocks: readonly KnownBlock[], submit: string | null): ModalView {
  return {
    type: 'modal',
    callback_id: 'gi.restart',
    title: { type: 'plain_text', text: 'Restart a service' },
    close: { type: 'plain_text', text: 'Cancel' },
    ...(submit === null ? {} : { submit: { type: 'plain_text', text: cut(submit, 24) } }),
    private_metadata: JSON.stringify(meta),
    blocks: [...blocks],
  };
}

function fields(meta: RestartMeta, choices: RestartChoices): InputBlock[] {
  return [
    select('service', 'Service', withChosen(choices.services, meta.service), meta.service),
    ...(choices.modes.length === 0 ? [] : [select('mode', 'How', withChosen(choices.modes, meta.mode), meta.mode)]),
    {
      type: 'input',
      block_id: 'reason',
      optional: true,
      label: { type: 'plain_text', text: 'Reason' },
      element: {
        type: 'plain_text_input',
        action_id: 'value',
        max_length: 300,
        ...(meta.incident === null ? {} : { initial_value: meta.incident }),
      },
    },
  ];
}

function select(name: string, label: string, options: readonly string[], chosen: string): InputBlock {
  const initial = options.includes(chosen) ? { initial_option: option(chosen) } : {};
  return {
    type: 'input',
    block_id: name,
    dispatch_action: true,
    label: { type: 'plain_text', text: label },
    element: { type: 'static_select', action_id: 'value', options: options.map(option), ...initial },
  };
}

function option(name: string): PlainTextOption {
  return { text: { type: 'plain_text', text: cut(name, 75) }, value: cut(name, 75) };
}

function withChosen(names: readonly string[], chosen: string): string[] {
  const first = names.slice(0, MOST_OPTIONS);
  return names.includes(chosen) && !first.includes(chosen) ? [...first.slice(1), chosen] : [...first];
}

function planBlocks(plan: Plan, chosen: Pick<RestartMeta, 'service' | 'mode'>): KnownBlock[] {
  const targets = plan.targets.map((each) => `• ${code(each.service)} on ${code(each.host)}: ${code(each.id, 80)}`);
  const steps = plan.steps.map((step, index) => {
    const undo = step.mutates && step.undo !== null ? ` Undo: ${foreign(step.undo, 200)}` : '';
    // what only looks needs no words about its effect
    const effect = step.mutates ? `\n      ${foreign(step.effect, 200)}${undo}` : '';
    return `${index + 1}. *${foreign(step.id, 40)}* ${code(step.call, 200)}${effect}`;
  });
  const verify = plan.verify.map((step) => `• ${code(step.call, 200)}`);
  const paragraphs = [
    `*Restart* ${code(chosen.service)}${chosen.mode === '' ? '' : `, ${foreign(chosen.mode, 60)}`}\n${warning(plan)}`,
    `*Targets*\n${targets.join('\n') || 'none found'}`,
    `*Steps*\n${steps.join('\n')}`,
    verify.length === 0 ? '' : `*Proof afterwards*\n${verify.join('\n')}`,
    `Plan ${code(plan.hash.slice(0, 12))} · risk ${plan.risk}`,
  ];
  return answerOf(paragraphs).blocks;
}

function warning(plan: Plan): string {
  if (plan.blockedBy.length > 0) {
    const reasons = plan.blockedBy.slice(0, 6).map((block) => foreign(block.reason, 300));
    return `⛔ *Cannot run now:* ${reasons.join(' · ')}`;
  }
  const effects = plan.steps
    .filter((step) => step.mutates)
    .slice(0, 6)
    .map((step) => foreign(step.effect, 200));
  return `⚠️ *This affects the service.* ${effects.join(' ')}`.trim();
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
