import type { CheckResult } from '../../../probes/check.ts';
import { code, foreign } from '../../mrkdwn.ts';
import { type Answer, answerOf } from './answer.ts';
import { buttonRow, readButton } from './buttons.ts';

const ORDER = ['fail', 'unknown', 'warn', 'ok'] as const;
const MARKS = { fail: '❌ FAIL', unknown: '❔ UNKNOWN', warn: '⚠️ WARN', ok: '✅ OK' } as const;
const MOST_LISTED = 40;

/** A probe report: counts, then each result in words, worst first (UX.md 3.6). */
export function renderProbeReport(subject: string | null, results: readonly CheckResult[], seconds: number): Answer {
  const what = subject === null ? 'all' : code(subject);
  if (results.length === 0) return answerOf([`🩺 Probe ${what}: nothing to check is configured (\`probes.yml\`).`]);
  const counts = ORDER.map((kind) => [kind, results.filter((each) => each.result === kind).length] as const);
  const words = counts.filter(([, count]) => count > 0).map(([kind, count]) => `${count} ${kind}`);
  const noun = results.length === 1 ? 'check' : 'checks';
  const head = `🩺 *Probe* ${what} · ${results.length} ${noun} · ${words.join(' · ')}${seconds < 0.1 ? '' : ` · ${seconds.toFixed(1)} s`}`;
  const sorted = [...results].sort((a, b) => ORDER.indexOf(a.result) - ORDER.indexOf(b.result));
  const lines = sorted.slice(0, MOST_LISTED).map(resultLine);
  if (sorted.length > MOST_LISTED) lines.push(`+${sorted.length - MOST_LISTED} more`);
  return answerOf([head, lines.join('\n')], [buttonRow('again', [readButton('probe', subject, 'Run again')])]);
}

function resultLine(result: CheckResult): string {
  return `${MARKS[result.result]} ${code(result.probe)} ${foreign(result.summary, 240)}`;
}
