import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/** A shorter value is not worth hiding: to replace each single letter would hide every text. */
export const SHORTEST_SECRET = 4;

export interface SecretRegister {
  /** Remembers a value that must never be printed; one shorter than SHORTEST_SECRET is not worth hiding. */
  add(value: string): void;
  /** Replaces every remembered value in a text by `[redacted]`. */
  redact(text: string): string;
}

/** Secrets known to the process, registered when the configuration is read. */
export function createSecretRegister(): SecretRegister {
  const values = new Set<string>();
  return {
    add: (value) => {
      if (value.length >= SHORTEST_SECRET) values.add(value);
    },
    redact: (text) => {
      let safe = text;
      for (const value of values) safe = safe.replaceAll(value, '[redacted]');
      return safe;
    },
  };
}

/** The process's logger: JSON lines to `destination` (default stdout), every registered secret redacted. */
export function createLogger(
  level: string,
  secrets: SecretRegister,
  destination: DestinationStream = process.stdout,
): Logger {
  const redacting: DestinationStream = { write: (line) => destination.write(secrets.redact(line)) };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, redacting);
}
