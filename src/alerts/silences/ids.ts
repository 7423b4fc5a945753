const OWN = /^(?:SIL-)?([1-9]\d{0,14})$/i;
/** Alertmanager's own: a UUID. */
const HELD = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads `SIL-7`, `sil-7`, `7`, or an id of Alertmanager; null: neither. */
export function readSilenceId(text: string): string | null {
  const trimmed = text.trim();
  const [, number] = OWN.exec(trimmed) ?? [];
  if (number !== undefined) return `SIL-${number}`;
  return HELD.test(trimmed) ? trimmed.toLowerCase() : null;
}
