import type { NameKey } from '../alerts/change.ts';
import type { JsonObject } from '../core/json.ts';

/** Names of whom an event is about. */
export function receivers(data: JsonObject, nameOf: NameKey): string {
  const people = Array.isArray(data.people) ? data.people.map((key) => nameOf(String(key))) : [];
  const names = [...people, ...(Array.isArray(data.targets) ? data.targets : [])];
  return names.length === 0 ? 'nobody' : names.join(', ');
}
