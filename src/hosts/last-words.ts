import type { Clock } from '../core/clock.ts';
import { OpsError } from '../core/errors.ts';
import type { ServiceDriver, ServiceTarget } from './driver.ts';
import { firstLine } from './printable.ts';

const TAIL = 5;
const WITHIN_MS = 10 * 60_000;
const PATIENCE_MS = 5000;

/** The last lines of a target that does not come up, oldest first; none when they cannot be read. Not redacted. */
export async function lastWords(
  driver: Pick<ServiceDriver, 'logs'>,
  target: ServiceTarget,
  clock: Clock,
): Promise<string[]> {
  const tooLong = new AbortController();
  const cancel = clock.after(PATIENCE_MS, () => tooLong.abort());
  try {
    const options = { tail: TAIL, since: clock.now() - WITHIN_MS, signal: tooLong.signal };
    const lines = (await driver.logs?.(target, options)) ?? [];
    return lines
      .map(({ text }) => firstLine(text))
      .filter((text) => text !== '')
      .slice(-TAIL);
  } catch (error) {
    if (error instanceof OpsError) return []; // The reason that it is unwell stands without them.
    throw error;
  } finally {
    cancel();
  }
}
