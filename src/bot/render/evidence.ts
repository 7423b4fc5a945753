import type { CheckResult } from '../../probes/check.ts';
import { code, dateToken, foreign } from '../mrkdwn.ts';
import type { Diagnosis, NameOf } from './cards.ts';
import { context, type MessagePayload, mrkdwn, section } from './payload.ts';

const RESULTS = ['fail', 'unknown', 'warn', 'ok'] as const;
const MARKS: Readonly<Record<CheckResult['result'], string>> = {
  fail: '❌ FAIL',
  unknown: '❓ UNKNOWN',
  warn: '⚠️ WARN',
  ok: '✅ OK',
};
const SHOWN = 12;

/** What the probes found, worst first, in words (UX.md 3.6): a reply of the thread, edited in place. */
export function renderEvidence(incident: string, diagnosis: Diagnosis, nameOf: NameOf): MessagePayload {
  const checks = worstFirst(diagnosis.checks);
  const hidden = checks.length - SHOWN;
  const counts = RESULTS.map((result) => [result, checks.filter((check) => check.result === result).length] as const)
    .filter(([, count]) => count > 0)
    .map(([result, count]) => `${count} ${result}`)
    .join(', ');
  const title = `🩺 Diagnosis of ${incident}: ${counts === '' ? 'no probe ran' : counts}`;
  const body = checks.slice(0, SHOWN).map(line).join('\n');
  return {
    text: `${title}${checks[0] === undefined ? '' : `. Worst: ${foreign(checks[0].summary, 200)}`}`,
    blocks: [
      section(mrkdwn(`*${title}*${body === '' ? '' : `\n${body}`}`)),
      context(
        `${hidden > 0 ? `+${hidden} more · ` : ''}asked by ${foreign(nameOf(diagnosis.by), 60)} ${dateToken(diagnosis.at, '{time}')}`,
      ),
    ],
  };
}

/** Fail, unknown, warn, ok; by name within each. */
export function worstFirst(checks: readonly CheckResult[]): CheckResult[] {
  return [...checks].sort(
    (a, b) => RESULTS.indexOf(a.result) - RESULTS.indexOf(b.result) || (a.probe < b.probe ? -1 : 1),
  );
}

function line(check: CheckResult): string {
  return `${MARKS[check.result]} ${code(check.probe, 40)} ${foreign(check.summary, 150)}`;
}
