import { InvalidArgumentError } from 'commander';

/** Reads ISO 8601 as epoch milliseconds, UTC when it carries no offset; anything else is misuse. */
export function readTime(text: string): number {
  const hasOffset = /(Z|[+-]\d\d:?\d\d)$/i.test(text);
  const isIso = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i.test(text);
  const at = Date.parse(hasOffset || !text.includes(':') ? text.replace(' ', 'T') : `${text.replace(' ', 'T')}Z`);
  if (!isIso || Number.isNaN(at)) throw new InvalidArgumentError('It is a time like 2026-01-05T12:00:00Z.');
  return at;
}
