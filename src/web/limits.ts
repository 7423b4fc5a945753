/** What one client, and all of them together, may use. Defaults hold FAULTS.md C 9 and C 10. */
export interface WebLimits {
  /** Longest payload, inflated. */
  readonly bodyBytes: number;
  /** Bytes of bodies held at one moment; beyond it 503. */
  readonly heldBytes: number;
  /** What is still read of a body that was refused, so that the answer reaches a client that writes first. */
  readonly drainBytes: number;
  readonly drainMs: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** How often the two above are looked after (Node's default is 30 s). */
  readonly checkIntervalMs: number;
  /** Longer than Alertmanager keeps a connection, so that it never writes into one that is being closed. */
  readonly keepAliveMs: number;
  readonly connections: number;
}

export const WEB_LIMITS: WebLimits = {
  bodyBytes: 10 * 1024 * 1024,
  heldBytes: 64 * 1024 * 1024,
  drainBytes: 256 * 1024 * 1024,
  drainMs: 10_000,
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 30_000,
  checkIntervalMs: 5000,
  keepAliveMs: 310_000,
  connections: 2000,
};
