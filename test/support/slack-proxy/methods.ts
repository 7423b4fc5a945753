/** Methods that the local peer lacks, answered minimally; null for a method it has. */
export type MissingMethods = (method: string, body: Readonly<Record<string, unknown>>) => object | null;

export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly users: readonly string[];
}

const YEAR_3000 = 32_503_680_000;

/** `usergroups.*` over the given groups, `dnd.info` over who is quiet; pins, bookmarks and topics are taken and forgotten. */
export function createMissingMethods(groups: readonly UserGroup[], quiet: ReadonlySet<string>): MissingMethods {
  return (method, body) => {
    switch (method) {
      case 'usergroups.list':
        return { ok: true, usergroups: groups.map(({ id, handle, users }) => ({ id, handle, name: handle, users })) };
      case 'usergroups.users.list': {
        const group = groups.find(({ id }) => id === body.usergroup);
        return group === undefined ? { ok: false, error: 'no_such_subteam' } : { ok: true, users: group.users };
      }
      case 'usergroups.users.update': {
        const group = groups.find(({ id }) => id === body.usergroup);
        if (group === undefined) return { ok: false, error: 'no_such_subteam' };
        return { ok: true, usergroup: { ...group, users: String(body.users ?? '').split(',') } };
      }
      case 'dnd.info': {
        const isQuiet = quiet.has(String(body.user));
        return { ok: true, dnd_enabled: isQuiet, next_dnd_start_ts: 1, next_dnd_end_ts: isQuiet ? YEAR_3000 : 1 };
      }
      case 'pins.add':
      case 'pins.remove':
      case 'bookmarks.add':
      case 'conversations.join':
      case 'conversations.setTopic':
        return { ok: true };
      default:
        return null;
    }
  };
}
