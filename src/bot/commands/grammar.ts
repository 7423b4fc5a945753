import type { VerbEntry, VerbSpec } from './verb.ts';
import { ackVerb } from './verbs/ack.ts';
import { addResponderVerb } from './verbs/add-responder.ts';
import { assignVerb } from './verbs/assign.ts';
import { blocksVerb } from './verbs/blocks.ts';
import { cliTokenVerb } from './verbs/cli-token.ts';
import { drillVerb } from './verbs/drill.ts';
import { escalateVerb } from './verbs/escalate.ts';
import { handoffAcceptVerb } from './verbs/handoff-accept.ts';
import { helpVerb } from './verbs/help.ts';
import { incidentVerb } from './verbs/incident.ts';
import { leasesVerb } from './verbs/leases.ts';
import { mergeVerb } from './verbs/merge.ts';
import { needHelpVerb } from './verbs/need-help.ts';
import { noteVerb } from './verbs/note.ts';
import { oncallVerb } from './verbs/oncall.ts';
import { openVerb } from './verbs/open.ts';
import { overrideVerb } from './verbs/override.ts';
import { overrideRemoveVerb } from './verbs/override-remove.ts';
import { overridesVerb } from './verbs/overrides.ts';
import { pageVerb } from './verbs/page.ts';
import { pageTestVerb } from './verbs/page-test.ts';
import { pagedVerb } from './verbs/paged.ts';
import { passOnVerb } from './verbs/pass-on.ts';
import { probeVerb } from './verbs/probe.ts';
import { remediationVerb } from './verbs/remediation.ts';
import { reopenVerb } from './verbs/reopen.ts';
import { resolveVerb } from './verbs/resolve.ts';
import { restartVerb } from './verbs/restart.ts';
import { runbookVerb } from './verbs/runbook.ts';
import { severityVerb } from './verbs/severity.ts';
import { shiftsVerb } from './verbs/shifts.ts';
import { silenceVerb } from './verbs/silence.ts';
import { simulateVerb } from './verbs/simulate.ts';
import { snoozeVerb } from './verbs/snooze.ts';
import { splitVerb } from './verbs/split.ts';
import { statsVerb } from './verbs/stats.ts';
import { statusVerb } from './verbs/status.ts';
import { stillOnItVerb } from './verbs/still-on-it.ts';
import { swapVerb } from './verbs/swap.ts';
import { unackVerb } from './verbs/unack.ts';
import { unmergeVerb } from './verbs/unmerge.ts';
import { unsnoozeVerb } from './verbs/unsnooze.ts';
import { nameOfWord } from './words.ts';

/** Every verb of this release, in the order help shows them (UX.md 3.13). A new one is a file of `verbs/` and a line here. */
const SPECS = [
  statusVerb,
  probeVerb,
  ackVerb,
  resolveVerb,
  noteVerb,
  severityVerb,
  assignVerb,
  escalateVerb,
  addResponderVerb,
  passOnVerb,
  needHelpVerb,
  stillOnItVerb,
  unackVerb,
  silenceVerb,
  snoozeVerb,
  unsnoozeVerb,
  mergeVerb,
  unmergeVerb,
  splitVerb,
  reopenVerb,
  openVerb,
  incidentVerb,
  pagedVerb,
  restartVerb,
  runbookVerb,
  leasesVerb,
  remediationVerb,
  blocksVerb,
  oncallVerb,
  pageVerb,
  overrideVerb,
  swapVerb,
  shiftsVerb,
  overridesVerb,
  overrideRemoveVerb,
  handoffAcceptVerb,
  pageTestVerb,
  simulateVerb,
  drillVerb,
  statsVerb,
  cliTokenVerb,
  helpVerb,
] as const;

type Spec = (typeof SPECS)[number];
export type Verb = Spec['verb'];
/** One thing that a person typed, understood. */
export type OpsCommand = Spec extends infer S ? (S extends VerbSpec<infer C> ? C : never) : never;

/** Names of the verbs, in the order of help. */
export const VERBS: readonly Verb[] = SPECS.map(({ verb }) => verb);

/** Verbs that are about an incident: `incident 42 ack`. */
export const INCIDENT_VERBS: readonly Verb[] = SPECS.filter(({ about }) => about === 'incident').map(
  ({ verb }) => verb,
);

/** Verbs that are about who is on call when: `oncall override @ben`. */
export const ROSTER_VERBS: readonly Verb[] = SPECS.filter(({ about }) => about === 'roster').map(({ verb }) => verb);

/** Verbs that only read and have a button. */
export const READ_VERBS: readonly Verb[] = SPECS.filter(({ pressed }) => pressed !== undefined).map(({ verb }) => verb);

/** The verb's file. */
export function specOf(verb: Verb): VerbSpec<OpsCommand> {
  const spec = SPECS.find((each) => each.verb === verb);
  if (spec === undefined) throw new Error(`no such verb: ${verb}`);
  return spec as VerbEntry as VerbSpec<OpsCommand>;
}

/** The verb that a word names, by name or quiet alias; null when it names none. */
export function verbOf(word: string): Verb | null {
  const name = nameOfWord(word);
  return SPECS.find(({ verb, aliases }) => verb === name || aliases.includes(name))?.verb ?? null;
}
