import type { Risk } from '../core/config/config.ts';
import type { JsonObject } from '../core/json.ts';
import type { RunState } from './run-state.ts';

/** The run aggregate as it is stored: what edges see, and what proves it. Texts are payloads by digest. */
export interface RunRecord extends RunState {
  readonly risk: Risk;
  /** The service it is about (the first one it changes, else the parameter's), for rights and for words. */
  readonly service: string | null;
  /** Digest of the reason that the asker gave. */
  readonly reason: string | null;
  /** Digest of one line that says what it came to. */
  readonly summary: string | null;
  /** Digests of `CheckResult[]` as JSON: what the probes said before the first change, and at the end. */
  readonly before: string | null;
  readonly after: string | null;
}

/** What folding a run needs of an event; every stored event is one. */
export interface RunEvent {
  readonly type: string;
  readonly v: number;
  readonly id: string;
  readonly at: number;
  readonly actor: string;
  readonly incident: string | null;
  readonly data: JsonObject;
}

/** Whether a run has not ended: it waits for somebody or something, or is under way. */
export function isUnfinished(run: Pick<RunState, 'status'>): boolean {
  return run.status === 'waiting' || run.status === 'running';
}

/** Whether a run keeps others off its targets. One that waits for a second person does not, nor one that only looks. */
export function holdsTargets(run: Pick<RunState, 'status' | 'approval' | 'dry'>): boolean {
  return isUnfinished(run) && run.approval?.state !== 'asked' && !run.dry;
}
