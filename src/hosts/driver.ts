/** How a service is reached and changed, whatever runs it. One driver a kind of service (CONFIG.md, hosts.yml). */
export interface ServiceDriver {
  readonly kind: 'container' | 'compose' | 'swarm' | 'systemd' | 'command';
  /** What the service is made of now, by immutable id. An empty list: nothing was found. */
  targets(): Promise<ServiceTarget[]>;
  observe(target: ServiceTarget): Promise<Observed>;
  /** What `restart` would do, exactly, without doing it. */
  planRestart(target: ServiceTarget, mode: RestartMode): RestartCall;
  /**
   * Restarts once. `key` (`RUN-1-restart`) locks it on the host where the transport allows: a second call with the
   * same key does nothing and reports the first. Never aborts a call that is under way; answers `unknown` when it
   * lost sight of it.
   */
  restart(target: ServiceTarget, mode: RestartMode, key: string): Promise<ActionResult>;
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

export interface ServiceTarget {
  readonly host: string;
  readonly service: string;
  /** Container id; `command:<digest of the argvs>` for a command service. */
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
  /** True when it does not run and nothing will start it again by itself; absent: not known. */
  readonly ended?: boolean;
  /** What an approval is bound to: ids, image, configuration digests; never health, uptime or counters. */
  readonly facts: Readonly<Record<string, string>>;
}

export interface RestartCall {
  readonly call: string;
  readonly effect: string;
  readonly undo: string | null;
}

export interface ActionResult {
  readonly outcome: 'done' | 'not-done' | 'unknown';
  /** One line of plain text; may hold foreign text. */
  readonly summary: string;
}

/** The driver of a configured service; a refusal when the service or its kind of driver is not there. */
export type DriverOf = (service: string) => ServiceDriver;
