import { type Logger as BoltLogger, LogLevel } from '@slack/bolt';
import type { Logger } from '../../core/logger.ts';

/** Slack's SDK speaking through our logger: its texts as data, its chatter at debug, its errors as warnings (we decide what is one). */
export function createBoltLogger(logger: Logger): BoltLogger {
  const say =
    (level: 'debug' | 'warn') =>
    (...parts: unknown[]) => {
      logger[level]({ sdk: parts.map(wordOf).join(' ').slice(0, 500) }, 'slack sdk');
    };
  return {
    debug: () => {},
    info: say('debug'),
    warn: say('debug'),
    error: say('warn'),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}

function wordOf(part: unknown): string {
  return part instanceof Error ? part.message : String(part);
}
