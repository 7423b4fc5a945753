import type { BatchPart, FollowIncident } from './change.ts';

/** Several rooms follow each change of an incident; what they want goes into its transaction together. */
export function followAll(follows: readonly FollowIncident[]): FollowIncident {
  return async (change) => {
    const parts: BatchPart[] = [];
    for (const follow of follows) parts.push(await follow(change));
    return {
      aggregates: parts.flatMap(({ aggregates }) => aggregates ?? []),
      timers: parts.flatMap(({ timers }) => timers ?? []),
      effects: parts.flatMap(({ effects }) => effects ?? []),
      payloads: new Map(parts.flatMap(({ payloads }) => [...(payloads ?? [])])),
    };
  };
}
