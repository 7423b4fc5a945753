import type { DeskDeps } from '../listen/deps.ts';

/** Display names of whoever is on call now, for telling somebody whom to ask. */
export async function onCallNames(deps: Pick<DeskDeps, 'oncallReport' | 'clock' | 'directory'>): Promise<string[]> {
  const report = await deps.oncallReport(deps.clock.now());
  return [...new Set(report.flatMap((schedule) => schedule.now))].map((person) => deps.directory.nameOfPerson(person));
}
