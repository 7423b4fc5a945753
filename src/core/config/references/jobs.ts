import { validateDetailed } from 'node-cron';
import type { Written } from '../files.ts';
import type { Path, Report } from '../problem.ts';
import { entriesOf, requireName } from './names.ts';
import { runbookNamed } from './runbooks.ts';

const FILE = 'jobs.yml';

/** jobs.yml: accepted and checked; nothing of it runs yet, and a warning says so. */
export function checkJobs(written: Written, report: Report): void {
  const jobs = entriesOf(written.jobs?.jobs);
  if (jobs.length > 0) {
    report({
      file: FILE,
      path: ['jobs'],
      at: 'key',
      severity: 'warning',
      message: 'jobs are not built yet: none is run',
    });
  }
  for (const [name, job] of jobs) {
    const path: Path = ['jobs', name];
    const wrong = whyBadCron(job.cron);
    if (wrong !== null) report({ file: FILE, path: [...path, 'cron'], message: wrong });
    if (job.runbook === undefined) continue;
    const asked = { what: 'runbook', name: job.runbook, known: written.names.runbooks, knownIn: 'runbooks/' };
    requireName(report, { file: FILE, path: [...path, 'runbook'], severity: 'warning' }, asked);
    if (runbookNamed(written, job.runbook)?.risk !== 'R3') continue;
    const message = 'an R3 runbook runs as a job only when its plan was approved once';
    report({ file: FILE, path: [...path, 'runbook'], message });
  }
}

function whyBadCron(expression: string): string | null {
  if (expression.trim().split(/\s+/).length !== 5)
    return 'must be a cron expression of five fields, such as "0 2 * * *"';
  const { valid, errors } = validateDetailed(expression);
  return valid ? null : `not a cron expression: ${errors.map((error) => error.message).join('; ')}`;
}
