import type { Logger } from '../../core/logger.ts';

/**
 * Keeps an unhandled rejection out of Slack's SDK from ending the process (socket-mode 3.1.0 has some, at a reconnect).
 * Any other one goes on as before. Returns the removal.
 */
export function surviveSlackRejections(logger: Logger): () => void {
  const listener = (reason: unknown) => {
    if (isSlackError(reason)) {
      logger.error({ err: reason }, 'unhandled rejection of the slack sdk');
      return;
    }
    if (process.listenerCount('unhandledRejection') > 1) return;
    throw reason;
  };
  process.on('unhandledRejection', listener);
  return () => process.removeListener('unhandledRejection', listener);
}

function isSlackError(reason: unknown): boolean {
  if (!(reason instanceof Error)) return false;
  const code = 'code' in reason ? String(reason.code) : '';
  return code.startsWith('slack_') || (reason.stack ?? '').includes('@slack/');
}
