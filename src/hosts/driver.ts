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
  /** How it is given more copies, or fewer; absent: what runs it has one alone. */
  readonly scaling?: ServiceScaling;
  /** Where others reach a copy now: `10.0.0.7`; null: it has no address of its own. Absent: nobody can tell. */
  addressOf?(target: ServiceTarget): Promise<string | null>;
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

/** Copies of a service. */
export interface ServiceScaling {
  /** Looks, changes nothing: what would have to be done to come to that many. */
  plan(wanted: WantedCopies): Promise<ScalePlan>;
  /**
   * Carries one change out, once for a key, as `act`. `done` says that what was asked for is there (it need not be well
   * yet); the outcome is what was seen afterwards.
   */
  change(change: ScaleChange, key: string): Promise<ScaleResult>;
}

/** `to`: a number. `by`: so many more (or fewer). `without`: that one less, by its id. */
export type WantedCopies = { readonly to: number } | { readonly by: number } | { readonly without: string };

export interface ScalePlan {
  /** How many it has that run (or, of a Swarm service, is to have). */
  readonly from: number;
  readonly to: number;
  /** In the order in which they are done; empty: it is so already. */
  readonly changes: readonly ScaleChange[];
  /** Why it cannot be, in words. */
  readonly blockedBy: readonly string[];
  /** What an approval is bound to besides the targets. */
  readonly facts: Readonly<Record<string, string>>;
}

/**
 * `add` makes a copy, `start` starts one that is there and does not run, `remove` ends one and takes it away, `stop` ends
 * the last one and keeps it as the pattern of copies to come, `set` tells Swarm a number.
 */
export interface ScaleChange {
  readonly kind: 'add' | 'start' | 'remove' | 'stop' | 'set';
  /** Of a copy that is not there yet the id is `new:<name>`. */
  readonly target: ServiceTarget;
  readonly call: ActionCall;
  /** Of `add`: what it is made from. Of `set`: the number, and the one before. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface ScaleResult {
  readonly outcome: ActionResult['outcome'];
  readonly summary: string;
  /** What it is now: the copy that was made, with its id. */
  readonly target?: ServiceTarget;
  /** What takes it back: copies less or more, or an action on that target; absent: nothing was changed. */
  readonly undo?: WantedCopies | { readonly action: ServiceAction };
}
