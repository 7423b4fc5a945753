import { InvalidArgumentError } from 'commander';

/** Reads `GI-7`, `gi-7` or `7`; anything else is misuse. */
export function readIncidentId(text: string): string {
  return readId('GI', text);
}

/** Reads `RUN-7`, `run-7` or `7`; anything else is misuse. */
export function readRunId(text: string): string {
  return readId('RUN', text);
}

/** Reads `LEASE-7`, `lease-7` or `7`; anything else is misuse. */
export function readLeaseId(text: string): string {
  return readId('LEASE', text);
}

function readId(prefix: string, text: string): string {
  const [, number] = new RegExp(`^(?:${prefix}-)?([1-9]\\d{0,14})$`, 'i').exec(text.trim()) ?? [];
  if (number === undefined) throw new InvalidArgumentError(`It is an id like ${prefix}-1.`);
  return `${prefix}-${number}`;
}
