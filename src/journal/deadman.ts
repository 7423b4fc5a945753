import { Counter } from 'prom-client';
import { createHttp } from '../core/http.ts';
import type { Logger } from '../core/logger.ts';
import type { Registry } from '../core/metrics.ts';

const TIMEOUT_MS = 10_000;

/**
 * Makes the sign of life: one GET of `GIANNA_DEADMAN_URL`, whose other end raises the alarm when it stays away. The
 * address is a secret: neither it nor an error that holds it is logged. Never throws; one at a time.
 */
export function createDeadman(deps: { url: string; logger: Logger; metrics: Registry }): () => void {
  const http = createHttp({ timeoutMs: TIMEOUT_MS, maxBytes: 64 * 1024 });
  const pings = new Counter({
    name: 'gianna_ops_deadman_pings_total',
    help: 'Signs of life sent to GIANNA_DEADMAN_URL, by result.',
    labelNames: ['result'],
    registers: [deps.metrics],
  });
  let isUnderWay = false;
  let isFailing = false;

  async function ping(): Promise<void> {
    const why = await failureOf(http.get(deps.url));
    pings.inc({ result: why === null ? 'sent' : 'failed' });
    if (why !== null && !isFailing) deps.logger.warn({ why }, 'sign of life is not taken');
    if (why === null && isFailing) deps.logger.info('sign of life is taken again');
    isFailing = why !== null;
  }

  return () => {
    if (isUnderWay) return;
    isUnderWay = true;
    void ping().finally(() => {
      isUnderWay = false;
    });
  };
}

/** null: it was taken. */
async function failureOf(asking: Promise<unknown>): Promise<string | null> {
  try {
    await asking;
    return null;
  } catch (error) {
    const { response, code } = error as { response?: { status?: number }; code?: string };
    return response?.status === undefined ? (code ?? 'no answer') : `it answered ${response.status}`;
  }
}
