import { type BatchPart, type FollowIncident, joinBatchParts } from './change.ts';

/** Several rooms follow each change of an incident; what they want goes into its transaction together. */
export function followAll(follows: readonly FollowIncident[]): FollowIncident {
  return async (change) => {
    const parts: BatchPart[] = [];
    for (const follow of follows) parts.push(await follow(change));
    return joinBatchParts(parts);
  };
}
