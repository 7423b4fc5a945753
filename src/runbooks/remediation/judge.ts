import type { RemediationRule } from '../../core/config/config.ts';
import { decideUntilAppended } from '../../journal/decide.ts';
import { askNotice } from '../../journal/notice.ts';
import type { Batch } from '../../journal/port.ts';
import type { Texts } from '../texts.ts';
import { batchOfRule, definitionOf, type RuleChange } from './change-rule.ts';
import type { RemediationDeps } from './deps.ts';
import { askEscalation } from './look.ts';
import { type RunJudgement, remediationEvent } from './remediation-events.ts';
import { REMEDIATION, type RemediationRun, type RemediationState } from './remediation-state.ts';

/** Judges what became of a run that a rule asked for; does nothing while it is not over, or when no rule did. */
export async function judgeRun(run: string, deps: RemediationDeps): Promise<void> {
  const known = await deps.run(run);
  const verdict = known === null ? null : judgementOf(known);
  if (verdict === null) return;
  for (const { state } of await deps.journal.aggregates<RemediationState>(REMEDIATION, { open: true })) {
    const open = state.open.find((each) => each.run === run);
    if (open !== undefined) await judged(state.rule, open, run, verdict, deps);
  }
}

/** Null: it is not over. */
function judgementOf({
  status,
  verdict,
}: NonNullable<Awaited<ReturnType<RemediationDeps['run']>>>): RunJudgement | null {
  switch (status) {
    case 'waiting':
    case 'running':
      return null;
    case 'refused':
    case 'interrupted':
      return status;
    case 'succeeded':
    case 'failed':
    case 'undone':
      return verdict ?? 'none';
    default:
      return status satisfies never;
  }
}

async function judged(
  name: string,
  { n, incident, runbook }: RemediationRun,
  run: string,
  verdict: RunJudgement,
  deps: RemediationDeps,
): Promise<void> {
  const rule = deps.config.current().policy.remediation.find((each) => each.name === name) ?? null;
  const at = deps.clock.now();
  const appended = await decideUntilAppended(deps.journal, () =>
    batchOfRule(deps.journal, name, { at, actor: 'auto', incident }, (state, texts) =>
      state.open.some((each) => each.n === n)
        ? changeOf({ n, incident, run, runbook, verdict, rule, state }, texts)
        : null,
    ),
  );
  if (appended === null) return;
  deps.metrics.judged(name, verdict);
  deps.logger.info({ rule: name, incident, run, verdict }, 'remediation judged');
}

interface Judged {
  readonly n: number;
  readonly incident: string;
  readonly run: string;
  readonly runbook: string;
  readonly verdict: RunJudgement;
  /** Null: the configuration has it no more. */
  readonly rule: RemediationRule | null;
  readonly state: RemediationState;
}

/** A miss escalates at once; so many in a row switch the rule off. */
function changeOf({ n, incident, run, runbook, verdict, rule, state }: Judged, texts: Texts): RuleChange {
  const isMiss = verdict !== 'fixed' && verdict !== 'refused';
  const misses = verdict === 'fixed' ? 0 : state.misses + (isMiss ? 1 : 0);
  const event = remediationEvent('remediation.judged', { n, incident, run, verdict, misses });
  if (!isMiss) return { events: [event] };
  const name = state.rule;
  const words = `${run} (${runbook}, by rule ${name}) did not help: ${WORDS[verdict]}. A person has to look.`;
  const escalation = askEscalation(name, n, incident, texts.line(words));
  const isOff = rule !== null && state.status === 'on' && misses >= rule.mostMisses;
  if (!isOff) return { events: [event], part: { effects: [escalation] } };
  const off = remediationEvent('remediation.off', { misses, as: definitionOf(rule) });
  const notice = offNotice(name, n, misses, words);
  return { events: [event, off], part: { effects: [escalation, ...notice.effects], payloads: notice.payloads } };
}

const WORDS: Readonly<Record<RunJudgement, string>> = {
  fixed: 'fixed',
  'no-effect': 'it had no effect',
  worse: 'it is worse than before',
  none: 'nothing proves that it helped',
  interrupted: 'it was interrupted',
  refused: 'it was refused',
};

function offNotice(
  rule: string,
  n: number,
  misses: number,
  words: string,
): Required<Pick<Batch, 'effects' | 'payloads'>> {
  return askNotice(`remediation-off|${rule}|${n}`, {
    to: { channel: 'ops' },
    title: `Automatic remediation "${rule}" switched itself off`,
    lines: [
      `${misses} runs in a row did not help. The last: ${words}`,
      `It runs again once an admin says so (gianna-ops remediation on ${rule}), or the rule is changed in policy.yml.`,
    ],
  });
}
