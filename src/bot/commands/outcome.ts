import type { Clock } from '../../core/clock.ts';
import type { Outcome } from '../../core/command.ts';
import type { Directory } from '../directory.ts';
import { foreign } from '../mrkdwn.ts';

const PATIENCE_MS = 20_000;

/** Waits for what a stored command came to; null when it is not decided within 20 s (it stays stored and will be). */
export function outcomeWithin(outcome: Promise<Outcome>, clock: Clock): Promise<Outcome | null> {
  const late = new Promise<null>((resolve) => clock.after(PATIENCE_MS, () => resolve(null)));
  return Promise.race([outcome, late]);
}

/** One line on what a command came to, for the person who gave it. Actors are shown by name. */
export function outcomeWords(subject: string, outcome: Outcome | null, nameOf: Directory['nameOf']): string {
  if (outcome === null) return `⏳ ${subject}: stored, not decided yet. It will be; its thread shows it.`;
  const text = foreign(withNames(outcome.text, nameOf), 500);
  if (outcome.kind === 'done') return `✓ ${text.startsWith(subject) ? text : `${subject}: ${text}`}`;
  const harmless = outcome.code.startsWith('ALREADY');
  return `${harmless ? 'ℹ' : '✖'} ${subject}: ${text} ${foreign(outcome.remedy, 300)}`.trim();
}

function withNames(text: string, nameOf: Directory['nameOf']): string {
  return text.replace(/\bslack:[UW][A-Z0-9]{1,20}\b/g, (actor) => nameOf(actor));
}
