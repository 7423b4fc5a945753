/** How a service is reached and changed, whatever runs it. One driver a kind of service (CONFIG.md, hosts.yml). */
export interface ServiceDriver {
  readonly kind: 'container' | 'compose' | 'swarm' | 'systemd' | 'command';
  /** What the service is made of now, by immutable id. An empty list: nothing was found. */
  targets(): Promise<ServiceTarget[]>;
  observe(target: ServiceTarget): Promise<Observed>;
  /** What `act` would do, exactly, without doing or looking. */
  planAction(target: ServiceTarget, action: ServiceAction): ActionCall;
  /**
   * Acts once. `key` (`RUN-1-restart`) is a lock where the transport allows: a second call with the same key does
   * nothing and reports the first. Never aborts a call that is under way. The outcome is what was seen afterwards,
   * never the answer alone; `unknown` when sight of it was lost. A target that is already as asked is `done` and not
   * touched.
   */
  act(target: ServiceTarget, action: ServiceAction, key: string): Promise<ActionResult>;
  /** The last lines that a target wrote, oldest first, as they came; absent: what runs it keeps no log for us. */
  logs?(target: ServiceTarget, options: LogOptions): Promise<LogLine[]>;
}

export interface LogOptions {
  /** Lines at most, the newest ones. */
  readonly tail: number;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly signal: AbortSignal;
}

/** Foreign text: control sequences are still in it. */
export interface LogLine {
  /** Epoch milliseconds; null: not known. */
  readonly at: number | null;
  readonly text: string;
}

export const RESTART_MODES = ['graceful', 'forced', 'rolling'] as const;
export type RestartMode = (typeof RESTART_MODES)[number];

/** `replicas`: of a Swarm service, how many it gets; absent: as many as it had last. */
export type ServiceAction =
  | { readonly kind: 'restart'; readonly mode: RestartMode }
  | { readonly kind: 'start'; readonly replicas?: number }
  | { readonly kind: 'stop' };

export interface ServiceTarget {
  readonly host: string;
  readonly service: string;
  /** Container id, Swarm service id, `systemd:<unit>`, `command:<digest of the argvs>`. */
  readonly id: string;
  /** For people: `gianna_gianna_1 (3f2a91c04d1e)`. */
  readonly name: string;
}

export interface Observed {
  readonly running: boolean;
  readonly health: 'healthy' | 'unhealthy' | 'starting' | 'none';
  /** Epoch milliseconds of the last start, null when it does not run or is not known. */
  readonly startedAt: number | null;
  readonly restarts: number | null;
  readonly exitCode: number | null;
  /** True when its last end was the kernel's, for want of memory; absent: not known. */
  readonly outOfMemory?: boolean;
  /** True when it does not run and nothing will start it again by itself; absent: not known. */
  readonly ended?: boolean;
  /** What an approval is bound to: ids, image, configuration digests; never health, uptime or counters. */
  readonly facts: Readonly<Record<string, string>>;
}

export interface ActionCall {
  readonly call: string;
  readonly effect: string;
  /** The call that would take it back, in words; null: nothing does. */
  readonly undo: string | null;
}

export interface ActionResult {
  readonly outcome: 'done' | 'not-done' | 'unknown';
  /** One line of plain text; may hold foreign text. */
  readonly summary: string;
  /** The action that takes back exactly what this changed; absent: nothing was changed, or nothing takes it back. */
  readonly undo?: ServiceAction;
}

/** The driver of a configured service; a refusal when the service or its kind of driver is not there. */
export type DriverOf = (service: string) => ServiceDriver;
