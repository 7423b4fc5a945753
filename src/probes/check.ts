/** What one run of a probe found. Worst first: fail, unknown, warn, ok. */
export interface CheckResult {
  /** Key of `probes.yml`. */
  readonly probe: string;
  /** What was asked, for people: `http://127.0.0.1:8000/health`, `docker-1/gianna`. */
  readonly target: string;
  /** `unknown`: the probe itself could not be carried out. */
  readonly result: 'ok' | 'warn' | 'fail' | 'unknown';
  /** One sentence with numbers and units. May hold foreign text. */
  readonly summary: string;
  readonly seconds: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Short named facts behind the summary. */
  readonly evidence: Readonly<Record<string, string | number | boolean | null>>;
}

/** Runs probes by name; unknown names give an `unknown` result, never an exception. */
export type RunProbes = (names: readonly string[], signal?: AbortSignal) => Promise<CheckResult[]>;
