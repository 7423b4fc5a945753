import { connect } from 'node:net';
import type { Finding } from '../finding.ts';
import { sayNetworkError } from '../network-error.ts';
import type { ProbeOf } from './deps.ts';

/** Opens a connection and closes it again; fail when nobody accepts it. */
export function probeTcp(config: ProbeOf<'tcp'>, signal: AbortSignal): Promise<Finding> {
  const target = `${config.host}:${config.port}`;
  const begun = performance.now();
  return new Promise((resolve) => {
    const socket = connect({ host: config.host, port: config.port });
    const end = (result: Finding['result'], summary: string, evidence: Finding['evidence']) => {
      signal.removeEventListener('abort', cancel);
      socket.destroy();
      resolve({ target, result, summary, evidence });
    };
    const cancel = () => end('fail', 'no answer in time', {});
    signal.addEventListener('abort', cancel, { once: true });
    socket.once('error', (error) => end('fail', sayNetworkError(error), {}));
    socket.once('connect', () => {
      const connectMs = Math.round(performance.now() - begun);
      end('ok', `accepts connections, ${connectMs} ms`, { connect_ms: connectMs });
    });
  });
}
