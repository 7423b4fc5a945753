import { SEVERITIES } from '../config.ts';
import type { Written } from '../files.ts';
import type { Report } from '../problem.ts';
import { requireName } from './names.ts';

/** `digest` and `weekly` of routes.yml: they lead to a channel, and what opens no thread is told somewhere. */
export function checkReports({ routes, severities, slack, names }: Written, report: Report): void {
  for (const key of ['digest', 'weekly'] as const) {
    const written = routes?.[key];
    if (written === undefined || written === false || slack === null) continue;
    const place = { file: 'routes.yml', path: [key, 'channel'] };
    requireName(report, place, { what: 'channel', name: written.channel, known: names.channels, knownIn: 'slack.yml' });
  }
  if (routes?.digest !== false) return;
  const untold = SEVERITIES.filter((severity) => severities?.[severity]?.digest === true);
  if (untold.length === 0) return;
  const message = `${untold.join(', ')} opens no thread (digest: true) and the digest is off: nobody is told`;
  report({ file: 'routes.yml', path: ['digest'], at: 'key', severity: 'warning', message });
}
