const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;
const WHOLE = /^(\d+[smhdw])+$/;
const PART = /(\d+)([smhdw])/g;

/** Parses `90s`, `15m`, `1h30m`, `2w` to seconds; null when the text is no duration. `0m` is zero. */
export function parseDuration(text: string): number | null {
  if (!WHOLE.test(text)) return null;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(PART)) {
    seconds += Number(amount) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS];
  }
  return Number.isSafeInteger(seconds) ? seconds : null;
}

/** Prints seconds for people, at most two units: 5400 → `1h30m`, 59 → `59s`, 0 → `0s`. */
export function formatDuration(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  if (rest === 0) return '0s';
  const parts: string[] = [];
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const amount = Math.floor(rest / UNIT_SECONDS[unit]);
    if (amount === 0) {
      if (parts.length > 0) break;
      continue;
    }
    parts.push(`${amount}${unit}`);
    rest -= amount * UNIT_SECONDS[unit];
    if (parts.length === 2) break;
  }
  return parts.join('');
}
