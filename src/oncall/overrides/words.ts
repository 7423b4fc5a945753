import { labelAt, weekdayOf } from '../../core/wall-time.ts';
import type { Span } from '../coverage.ts';

/** `from Mon 2026-11-30 18:00 to Tue 2026-12-01 09:00 (America/Sao_Paulo)`. */
export function spanText(zone: string, { from, to }: Span): string {
  return `from ${momentText(zone, from)} to ${momentText(zone, to)} (${zone})`;
}

/** Names as people say them: `ana, ben and cai`. */
export function listOf(names: readonly string[]): string {
  const last = names.at(-1) ?? 'nobody';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

function momentText(zone: string, at: number): string {
  const label = labelAt(zone, at);
  return `${weekdayOf(label)} ${new Date(label).toISOString().slice(0, 16).replace('T', ' ')}`;
}
