import type { Role } from '../../core/config/config.ts';
import type { DeskDeps } from '../listen/deps.ts';
import type { Permission } from '../roles.ts';

/** Display names of whom to ask, when one may not oneself. */
export interface WhoMay {
  /** Of each role that is needed, in that order; user groups as `@handle`. */
  readonly holders: ReadonlyArray<{ readonly role: Role; readonly names: readonly string[] }>;
  /** On call now; empty where being on call is of no help. */
  readonly onCall: readonly string[];
}

type Denied = Extract<Permission, { allowed: false }>;
type Deps = Pick<DeskDeps, 'oncallReport' | 'clock' | 'directory' | 'config'>;

/** Keys of whoever is on call now. */
export async function onCallNow(deps: Pick<Deps, 'oncallReport' | 'clock'>): Promise<string[]> {
  const report = await deps.oncallReport(deps.clock.now());
  return [...new Set(report.flatMap((schedule) => schedule.now))];
}

/** Who has a role that is needed, as slack.yml lists them, and who is on call where that does as well. */
export async function whoMay(deps: Deps, { needs }: Denied): Promise<WhoMay> {
  const holders = needs.map((role) => ({ role, names: namesIn(deps, role) }));
  const onCall = needs.includes('responder') ? await onCallNow(deps) : [];
  return { holders, onCall: onCall.map((person) => deps.directory.nameOfPerson(person)) };
}

function namesIn({ config, directory }: Deps, role: Role): string[] {
  const { slack, oncall } = config.current();
  return slack.roles[role].map((entry) => {
    if (oncall.people[entry] !== undefined) return directory.nameOfPerson(entry);
    return /^[UW][A-Z0-9]+$/.test(entry) ? directory.nameOf(`slack:${entry}`) : entry;
  });
}
