import type { IncidentView } from '../../alerts/incident-view.ts';
import { SEVERITIES, type Severity } from '../../core/config/config.ts';
import { formatDuration } from '../../core/duration.ts';

const DOTS: Readonly<Record<Severity, string>> = { P0: '🔴', P1: '🟠', P2: '🟡', P3: '🔵' };

/** Mark of an incident; never shown without its words (UX.md 3.0). */
export function dotOf(view: Pick<IncidentView, 'status' | 'severity' | 'quiet'>): string {
  const isOver = view.status === 'resolved' || view.status === 'closed';
  if (view.quiet !== null && !isOver) return view.quiet.kind === 'silenced' ? '🔕' : '💤';
  return view.status === 'firing' || view.status === 'acknowledged' ? DOTS[view.severity] : '🟢';
}

/** How long it lasted, for people. */
export function lasted(from: number, to: number): string {
  return formatDuration((to - from) / 1000);
}

/** A length of time as a button says it: `30 min`, `4 h`, `1 h 30 min`, `2 d`. */
export function spoken(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
  ] as const;
  let rest = Math.max(60, Math.round(seconds / 60) * 60);
  const parts = units.flatMap(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? [] : [`${count} ${unit}`];
  });
  return parts.join(' ');
}

/** `1 alert`, `3 alerts`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `marco, channel:ops`, or null when there is nobody: plain names of who a page reaches. */
export function reached(
  next: { readonly people: readonly string[]; readonly targets: readonly string[] } | null,
  nameOf: (key: string) => string,
): string | null {
  if (next === null) return null;
  const names = [...next.people.map(nameOf), ...next.targets];
  return names.length === 0 ? null : names.join(', ');
}

/** `2 P0, 10 P1`; `none` when there is nothing to count. */
export function countsBySeverity(views: ReadonlyArray<{ readonly severity: Severity }>): string {
  const counts = SEVERITIES.map(
    (severity) => [severity, views.filter((view) => view.severity === severity).length] as const,
  );
  const shown = counts.filter(([, count]) => count > 0).map(([severity, count]) => `${count} ${severity}`);
  return shown.length === 0 ? 'none' : shown.join(', ');
}
