import type { CheckResult } from '../../probes/check.ts';
import { code, dateToken, foreign } from '../mrkdwn.ts';
import type { Diagnosis, NameOf } from './cards.ts';
import { context, mrkdwn, type PlainBlock, section } from './payload.ts';

const RESULTS = ['fail', 'unknown', 'warn', 'ok'] as const;
const MARKS: Readonly<Record<CheckResult['result'], string>> = {
  fail: '❌ FAIL',
  unknown: '❓ UNKNOWN',
  warn: '⚠️ WARN',
  ok: '✅ OK',
};
const SHOWN = 12;

/** One line for the push notification: counts, and the worst of what was found. */
export function diagnosisText(incident: string, diagnosis: Diagnosis): string {
  const [worst] = worstFirst(diagnosis.checks);
  return `${titleOf(incident, diagnosis)}${worst === undefined ? '' : `. Worst: ${foreign(worst.summary, 200)}`}`;
}

/** What the probes found, worst first, in words (UX.md 3.6). */
export function diagnosisBlocks(incident: string, diagnosis: Diagnosis, nameOf: NameOf): PlainBlock[] {
  const checks = worstFirst(diagnosis.checks);
  const hidden = checks.length - SHOWN;
  const body = checks.slice(0, SHOWN).map(line).join('\n');
  const asked = diagnosis.by === 'auto' ? 'looked by itself' : `asked by ${foreign(nameOf(diagnosis.by), 60)}`;
  return [
    section(mrkdwn(`*${titleOf(incident, diagnosis)}*${body === '' ? '' : `\n${body}`}`)),
    context(`${hidden > 0 ? `+${hidden} more · ` : ''}${asked} ${dateToken(diagnosis.at, '{time}')}`),
  ];
}

/** Fail, unknown, warn, ok; by name within each. */
export function worstFirst(checks: readonly CheckResult[]): CheckResult[] {
  return [...checks].sort(
    (a, b) => RESULTS.indexOf(a.result) - RESULTS.indexOf(b.result) || (a.probe < b.probe ? -1 : 1),
  );
}

function titleOf(incident: string, { checks }: Diagnosis): string {
  const counts = RESULTS.map((result) => [result, checks.filter((check) => check.result === result).length] as const)
    .filter(([, count]) => count > 0)
    .map(([result, count]) => `${count} ${result}`)
    .join(', ');
  return `🩺 Diagnosis of ${incident}: ${counts === '' ? 'no probe ran' : counts}`;
}

function line(check: CheckResult): string {
  return `${MARKS[check.result]} ${code(check.probe, 40)} ${foreign(check.summary, 150)}`;
}
