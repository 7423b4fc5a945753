/**
 * One look of a rule at an incident: an effect comes in; a run that was asked for, or a named reason why not, goes out. The
 * question is durable before the engine hears it, under a key that a restart uses again: it never doubles a run.
 */
import type { Command } from '../../core/command.ts';
import type { RemediationRule } from '../../core/config/config.ts';
import { decideUntilAppended } from '../../journal/decide.ts';
import type { EffectEnd } from '../../journal/effects.ts';
import type { Batch } from '../../journal/port.ts';
import { batchOfRule, definitionOf } from './change-rule.ts';
import { type Consideration, consider, restMs, stands } from './consider.ts';
import { decideAsk } from './decide-ask.ts';
import type { RemediableIncident, RemediationDeps } from './deps.ts';
import { type LookData, lookAt } from './look.ts';
import { remediationEvent } from './remediation-events.ts';
import { freshRule, REMEDIATION, type RemediationRun, type RemediationState, skipMark } from './remediation-state.ts';

/** What was to be asked for longer ago, and was not, is not what is wanted now: the bot was away in between. */
const FRESH_MS = 60_000;
const MINUTE_MS = 60_000;

/** Carries out one look. */
export async function attempt(look: LookData, deps: RemediationDeps): Promise<EffectEnd> {
  const rule = deps.config.current().policy.remediation.find(({ name }) => name === look.rule);
  if (rule?.isOn !== true) return { state: 'done', result: { skipped: true } };
  const state = await stateOf(look.rule, rule, deps);
  const left = state.open.find(({ incident, run }) => incident === look.incident && run === null);
  if (left !== undefined) return goOn(rule, look, left, deps);
  const found = await consider(rule, state, look, deps);
  if (found.kind === 'skip') return skipped(look, found, deps);
  const asked = await record(rule, found.incident, deps);
  if (asked === null) {
    return skipped(look, { kind: 'skip', skip: null, why: '', again: deps.clock.now() + restMs(look.looks) }, deps);
  }
  return ask(rule, look, asked, deps);
}

/** A rule that was changed after it switched itself off is on again. */
async function stateOf(name: string, rule: RemediationRule, deps: RemediationDeps): Promise<RemediationState> {
  const read = async () =>
    (await deps.journal.aggregate<RemediationState>(REMEDIATION, name))?.state ?? freshRule(name);
  const state = await read();
  if (state.status === 'on' || state.offAs === definitionOf(rule)) return state;
  const by = { at: deps.clock.now(), actor: 'auto', incident: null };
  await decideUntilAppended(deps.journal, () =>
    batchOfRule(deps.journal, name, by, ({ status }) =>
      status === 'on' ? null : { events: [remediationEvent('remediation.on', { by: 'config' })] },
    ),
  );
  return read();
}

/** The question, durable; null: another look was faster, and the rule may not any more. */
async function record(
  rule: RemediationRule,
  { id: incident, service }: RemediableIncident,
  deps: RemediationDeps,
): Promise<RemediationRun | null> {
  const at = deps.clock.now();
  let asked: RemediationRun | null = null;
  await decideUntilAppended(deps.journal, () =>
    batchOfRule(deps.journal, rule.name, { at, actor: 'auto', incident }, (state) => {
      const decision = decideAsk(state, rule, { service, now: at });
      asked = null;
      if (decision.kind !== 'ask') return null;
      const question = { n: decision.n, incident, service, runbook: rule.runbook };
      asked = { ...question, run: null, askedAt: at };
      return { events: [remediationEvent('remediation.asked', question)] };
    }),
  );
  return asked;
}

/** A question that was recorded and whose answer was not: the process died, or was about to end. */
async function goOn(
  rule: RemediationRule,
  look: LookData,
  left: RemediationRun,
  deps: RemediationDeps,
): Promise<EffectEnd> {
  const run = await deps.findRun({ ...left, since: left.askedAt });
  if (run !== null) return started(look, left, run, deps);
  const isFresh = deps.clock.now() - left.askedAt <= FRESH_MS;
  if (isFresh && (await stands(rule, look.incident, deps)).kind === 'run') return ask(rule, look, left, deps);
  return refused(look, left, { code: 'RUN_LOST', words: 'the bot was away while it was to be asked for' }, deps);
}

async function ask(
  rule: RemediationRule,
  look: LookData,
  asked: RemediationRun,
  deps: RemediationDeps,
): Promise<EffectEnd> {
  const { n, incident } = asked;
  const command: Command = {
    v: 1,
    verb: 'run',
    by: 'auto',
    at: asked.askedAt,
    via: 'rule',
    incident,
    args: { runbook: asked.runbook, parameters: { ...rule.parameters }, reason: `rule ${rule.name}` },
  };
  const submitted = await deps.submit(`${REMEDIATION}|${rule.name}|${incident}|${n}`, command);
  const outcome = await submitted.outcome;
  const run =
    outcome.kind === 'refused' ? null : (outcome.run ?? (await deps.findRun({ ...asked, since: asked.askedAt })));
  if (run !== null) return started(look, asked, run, deps);
  if (outcome.kind === 'refused') return refused(look, asked, { code: outcome.code, words: outcome.text }, deps);
  deps.metrics.looked(look.rule, 'unknown');
  const timers = [lookAt(look, deps.clock.now() + MINUTE_MS)];
  return end(look, {}, deps, () => ({ events: [], part: { timers } }));
}

function started(look: LookData, { n, incident }: RemediationRun, run: string, deps: RemediationDeps): EffectEnd {
  deps.metrics.looked(look.rule, 'started');
  deps.logger.info({ rule: look.rule, incident, run }, 'remediation started');
  return end(look, { run }, deps, ({ open }) =>
    open.some((each) => each.n === n && each.run === null)
      ? { events: [remediationEvent('remediation.started', { n, incident, run })] }
      : null,
  );
}

/** The rule is free again, and looks again later. */
function refused(
  look: LookData,
  { n, incident }: RemediationRun,
  { code, words }: { readonly code: string; readonly words: string },
  deps: RemediationDeps,
): EffectEnd {
  deps.metrics.looked(look.rule, 'refused');
  deps.logger.warn({ rule: look.rule, incident, code }, 'remediation refused');
  const timers = [lookAt({ ...look, looks: look.looks + 1 }, deps.clock.now() + restMs(look.looks))];
  return end(look, { code }, deps, ({ open }, texts) => ({
    events: open.some((each) => each.n === n)
      ? [remediationEvent('remediation.refused', { n, incident, code, why: texts.line(words) })]
      : [],
    part: { timers },
  }));
}

/** Said once for an incident and a reason. */
function skipped(look: LookData, found: Extract<Consideration, { kind: 'skip' }>, deps: RemediationDeps): EffectEnd {
  const { skip, why, again } = found;
  const { incident } = look;
  deps.metrics.looked(look.rule, skip ?? 'not-now');
  const next = { ...look, looks: skip === null ? 0 : look.looks + 1 };
  const timers = again === null ? [] : [lookAt(next, Math.max(again, deps.clock.now() + 1))];
  return end(look, skip === null ? {} : { skip }, deps, ({ said }, texts) => {
    const isNew = skip !== null && !said.includes(skipMark(incident, skip));
    const events = isNew ? [remediationEvent('remediation.skipped', { incident, skip, why: texts.line(why) })] : [];
    return { events, part: { timers } };
  });
}

function end(
  { rule, incident }: LookData,
  result: EffectEnd['result'],
  { journal, clock }: RemediationDeps,
  decide: Parameters<typeof batchOfRule>[3],
): EffectEnd {
  const batch = async (): Promise<Batch> => {
    const at = clock.now();
    return (await batchOfRule(journal, rule, { at, actor: 'auto', incident }, decide)) ?? { at, actor: 'auto' };
  };
  return { state: 'done', result, batch };
}
