/** Methods that the local peer lacks, answered minimally; null for a method it has. */
export type MissingMethods = (method: string, body: Readonly<Record<string, unknown>>) => object | null;

export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly users: readonly string[];
}

/** `usergroups.*` over the given groups; pins, bookmarks and topics are taken and forgotten. */
export function createMissingMethods(groups: readonly UserGroup[]): MissingMethods {
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
