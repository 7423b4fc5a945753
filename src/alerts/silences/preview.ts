import type { ActiveAlert } from '../alertmanager.ts';
import { type Beyond, beyondOf, mayBeAgreed } from './beyond.ts';
import { countBlast } from './blast.ts';
import { alertsText, nowLine, weekLines } from './blast-words.ts';
import { type Gathered, gatherCase } from './gather.ts';
import { longestFor, refuseAlways, refuseWords, severityConcerned } from './policy.ts';
import type { SecondNeeded, SilencePreview, SilenceRefusal, SilenceRequest } from './request.ts';
import type { SilenceDeps } from './sources.ts';
import { refuseStanding } from './standing.ts';
import { waitAtMost } from './wait.ts';

/** Alertmanager may take this long for a preview: who asked from Slack waits three seconds at most. */
const PATIENCE_MS = 1_500;

const NOTHING = countBlast([]);

/** Says what a silence would mute, now and by the last seven days, and whether it would be refused. Changes nothing. */
export async function previewSilence(deps: SilenceDeps, request: SilenceRequest): Promise<SilencePreview> {
  const unreadable = refuseWords(request);
  if (unreadable !== null && unreadable.field === 'matchers') return emptyPreview(unreadable);
  const held = await alertsHeld(deps);
  const gathered = await gatherCase(deps, request, held);
  const { given } = gathered;
  const severity = severityConcerned(given);
  const now = countBlast(given.now);
  const lastSevenDays = countBlast(given.week);
  const always = (await refuseStanding(deps, request)) ?? refuseAlways(given);
  const beyond = beyondOf(given);
  const isAskable = beyond !== null && deps.askSecond !== undefined && mayBeAgreed(beyond);
  const refused = always ?? (isAskable ? null : (beyond?.why ?? null));
  return {
    now,
    lastSevenDays,
    severity,
    longestSeconds: severity === 'P0' && !isAskable ? 0 : longestFor(severity, given.longest),
    ...(refused === null ? {} : { refused }),
    ...(refused === null && beyond !== null ? { second: secondOf(beyond) } : {}),
    warnings: warningsOf(gathered, held !== null),
    lines: [nowLine(now), ...weekLines(lastSevenDays)],
  };
}

function secondOf({ why, shown }: Beyond): SecondNeeded {
  return { because: why.text, remedy: why.remedy, shown };
}

function emptyPreview(refused: SilenceRefusal): SilencePreview {
  const nothing = { now: NOTHING, lastSevenDays: NOTHING, severity: 'P3', longestSeconds: 0 } as const;
  return { ...nothing, refused, warnings: [], lines: [] };
}

/** null: it is away, or too slow. */
async function alertsHeld(deps: SilenceDeps): Promise<readonly ActiveAlert[] | null> {
  const client = deps.alertmanager();
  if (client === null) return null;
  return waitAtMost(deps.clock, PATIENCE_MS, client.alerts());
}

function warningsOf({ given, erased }: Gathered, asked: boolean): string[] {
  const warnings: string[] = [];
  if (given.now.length === 0 && given.week.length === 0) {
    warnings.push('It matches nothing, now or in the last 7 days: look for a slip in the matchers.');
  }
  if (!asked) warnings.push('Alertmanager does not answer: what it mutes now is what the store knows.');
  if (erased > 0)
    warnings.push(`${alertsText(erased)} of the last 7 days cannot be read any more and were not counted.`);
  return warnings;
}
