import type { RemediationRule } from '../../core/config/config.ts';
import { canonicalJson } from '../../core/json.ts';
import { digestOf } from '../../journal/digest.ts';
import type { Batch, Journal } from '../../journal/port.ts';
import { createTexts, type Texts } from '../texts.ts';
import { asNewRemediationEvents, type RemediationEvent } from './remediation-events.ts';
import { evolveRemediation } from './remediation-evolve.ts';
import { freshRule, REMEDIATION, type RemediationState } from './remediation-state.ts';

/** What is decided on a rule: events, and what else goes into the batch. Null: nothing. */
export type RuleChange = {
  readonly events: readonly RemediationEvent[];
  readonly part?: Partial<Pick<Batch, 'effects' | 'timers' | 'payloads'>>;
} | null;

/** The batch of what is decided on a rule as it is now; null: nothing changes. Ask again after a conflict. */
export async function batchOfRule(
  journal: Pick<Journal, 'aggregate'>,
  rule: string,
  by: { readonly at: number; readonly actor: string; readonly incident: string | null },
  decide: (state: RemediationState, texts: Texts) => RuleChange,
): Promise<Batch | null> {
  const { at, actor, incident } = by;
  const row = await journal.aggregate<RemediationState>(REMEDIATION, rule);
  const texts = createTexts();
  const change = decide(row?.state ?? freshRule(rule), texts);
  if (change === null) return null;
  const { events, part = {} } = change;
  const payloads = new Map([...texts.payloads, ...(part.payloads ?? [])]);
  const base: Batch = { at, actor, ...part, payloads };
  if (events.length === 0) return base;
  const state = events.reduce<RemediationState | null>(
    (before, event) => evolveRemediation(before, { ...event, id: rule, at }),
    row?.state ?? null,
  );
  if (state === null) throw new Error(`no events for ${rule}`);
  const aggregate = {
    kind: REMEDIATION,
    id: rule,
    expected: row?.version ?? 0,
    key: rule,
    state,
    events: asNewRemediationEvents(events),
    ...(incident === null ? {} : { incident }),
  };
  return { ...base, aggregates: [aggregate] };
}

/** What makes a rule another one although it has the same name. */
export function definitionOf(rule: RemediationRule): string {
  return digestOf(canonicalJson(rule));
}
