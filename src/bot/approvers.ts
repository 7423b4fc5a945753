import type { ConfigSource } from '../core/config/config.ts';
import type { Directory } from './directory.ts';

/** Slack ids of who may be a second person, as far as is known without asking Slack. */
export interface Approvers {
  /** At once; members of user groups as they were when Slack was asked last. */
  ids(): readonly string[];
  /** Asks Slack for the members of user groups. */
  warm(): Promise<void>;
}

/** Most people that one request is sent to directly; everybody sees it in the thread. */
const MOST = 10;

/** Who is written to when a run needs a second person: whoever the role approver lists. */
export function createApprovers(deps: {
  readonly config: ConfigSource;
  readonly directory: Pick<Directory, 'membersOf'>;
}): Approvers {
  const members = new Map<string, readonly string[]>();

  async function warm(): Promise<void> {
    const groups = entries().filter((entry) => entry.startsWith('@'));
    for (const group of groups) {
      const found = await deps.directory.membersOf(group.slice(1));
      if (found !== null) members.set(group, [...found]);
    }
  }

  function entries(): readonly string[] {
    return deps.config.current().slack.roles.approver;
  }

  function idsOf(entry: string): readonly string[] {
    if (entry.startsWith('@')) return members.get(entry) ?? [];
    const { people } = deps.config.current().oncall;
    const person = people[entry] ?? Object.values(people).find(({ email }) => email !== null && email === entry);
    if (person !== undefined) return person.slack.slice(0, 1);
    return /^[UW][A-Z0-9]+$/.test(entry) ? [entry] : [];
  }

  return {
    ids: () => {
      void warm().catch(() => undefined);
      return [...new Set(entries().flatMap(idsOf))].slice(0, MOST);
    },
    warm,
  };
}
