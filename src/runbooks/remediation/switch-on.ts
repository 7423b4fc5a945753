import * as z from 'zod';
import type { Command } from '../../core/command.ts';
import type { RunRequestDecision } from '../request.ts';
import { batchOfRule } from './change-rule.ts';
import type { RemediationDeps } from './deps.ts';
import { remediationEvent } from './remediation-events.ts';

const Args = z.object({ rule: z.string().min(1) });

/** Decides `remediation-on` (args: `rule`): an admin lets a rule run again that switched itself off. */
export async function switchOn(command: Command, deps: RemediationDeps): Promise<RunRequestDecision> {
  const rules = deps.config.current().policy.remediation.map(({ name }) => name);
  const args = Args.safeParse(command.args);
  const rule = rules.find((name) => name === args.data?.rule);
  if (rule === undefined) {
    const there = rules.length === 0 ? 'There is none in policy.yml.' : `There is: ${rules.join(', ')}.`;
    return refused('RULE_UNKNOWN', 'There is no such rule.', there);
  }
  const right = await deps.mayAdmin(command.by);
  if (!right.allowed) return refused('NOT_ALLOWED', right.reason, 'Ask an admin.');
  const by = { at: deps.clock.now(), actor: command.by, incident: null };
  const batch = await batchOfRule(deps.journal, rule, by, ({ status }) =>
    status === 'on' ? null : { events: [remediationEvent('remediation.on', { by: 'person' })] },
  );
  if (batch === null) return refused('RULE_ON', `${rule} is on.`, 'Nothing is to be done.');
  return { batch, outcome: { kind: 'done', text: `${rule} runs again.` } };
}

function refused(code: string, text: string, remedy: string): RunRequestDecision {
  return { batch: null, outcome: { kind: 'refused', code, text, remedy } };
}
