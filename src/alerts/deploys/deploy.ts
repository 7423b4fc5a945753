import type { StoredEvent } from '../../journal/port.ts';

/** A deploy mark, an aggregate of one event (kind `deploy`, id `DEP-<n>`). */
export interface DeployState {
  readonly id: string;
  /** Key of hosts.yml's services; null: it names none of them. */
  readonly service: string | null;
  /** When it was rolled out. */
  readonly deployedAt: number;
  /** Digest of `DeployAbout` as JSON. */
  readonly about: string;
}

/** The texts of a deploy mark. All of it is foreign text: escape before showing. */
export interface DeployAbout {
  readonly service: string;
  readonly version: string;
  readonly by: string | null;
  readonly environment: string | null;
  readonly url: string | null;
}

/** Kind of the aggregate, and source of its inbox rows. */
export const DEPLOY = 'deploy';

/** Data of `deploy.marked`, version 1. */
export type DeployMarked = Omit<DeployState, 'id'>;

/** Folds the one event of a deploy mark. */
export function evolveDeploy(_state: DeployState | null, event: Pick<StoredEvent, 'id' | 'data'>): DeployState {
  return { id: event.id, ...(event.data as DeployMarked) };
}
