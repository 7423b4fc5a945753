/** Levels of the log, most talkative first. */
export const LOG_LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** `sqlite:data/ops.db`, `sqlite:/absolute/ops.db`, `sqlite:///absolute/ops.db` → path; null when it is none. */
export function sqliteFileOf(url: string): string | null {
  const match = /^sqlite:(?:\/\/(?=\/))?([^\0]+)$/.exec(url.trim());
  const path = match?.[1] ?? '';
  return path === '' || path.endsWith('/') ? null : path;
}

/** A TCP port; 0 lets the system choose. */
export function portOf(text: string): number | null {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : null;
}

/** An http or https URL without the slashes at its end; null when it is none. */
export function httpUrlOf(text: string): string | null {
  const url = text.trim().replace(/\/+$/, '');
  return /^https?:\/\/[^\s]+$/i.test(url) && URL.canParse(url) ? url : null;
}

/** Whether only this machine can reach a listener on that address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
