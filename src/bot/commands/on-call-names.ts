import type { DeskDeps } from '../listen/deps.ts';

/** Keys of whoever is on call now. */
export async function onCallNow(deps: Pick<DeskDeps, 'oncallReport' | 'clock'>): Promise<string[]> {
  const report = await deps.oncallReport(deps.clock.now());
  return [...new Set(report.flatMap((schedule) => schedule.now))];
}

/** Display names of whoever is on call now, for telling somebody whom to ask. */
export async function onCallNames(deps: Pick<DeskDeps, 'oncallReport' | 'clock' | 'directory'>): Promise<string[]> {
  return (await onCallNow(deps)).map((person) => deps.directory.nameOfPerson(person));
}
