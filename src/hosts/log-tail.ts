import type { DriverOf, LogLine, LogOptions, ServiceTarget } from './driver.ts';
import { printable } from './printable.ts';

/** The last lines of a service, of all that runs it; free of control sequences, not of secrets. */
export interface LogTail {
  /** `gianna_1`, or `3 of gianna` when several write. */
  readonly from: string;
  /** Oldest first; each begins with who wrote it when several did. */
  readonly lines: readonly string[];
}

/** null: what runs the service keeps no log that can be read. */
export type TailLogs = (service: string, options: LogOptions) => Promise<LogTail | null>;

const MOST_TARGETS = 3;
const LONGEST_LINE = 4_000;

/** Reads logs by the service's driver. */
export function createTailLogs(driverOf: DriverOf): TailLogs {
  return async (service, options) => {
    const driver = driverOf(service);
    if (driver.logs === undefined) return null;
    const targets = await driver.targets();
    const [first] = targets;
    if (first === undefined) return null;
    const read = async (target: ServiceTarget) =>
      ((await driver.logs?.(target, options)) ?? []).map((line) => ({ ...line, target }));
    const written = (await Promise.all(targets.slice(0, MOST_TARGETS).map(read))).flat();
    const isAlone = targets.length === 1;
    const lines = written.sort(byTime).slice(-options.tail);
    return {
      from: isAlone ? nameOf(first) : `${targets.length} of ${service}`,
      lines: lines.map(({ text, target }) => `${isAlone ? '' : `${nameOf(target)}: `}${shown(text)}`),
    };
  };
}

/** A line without a time stays where it is. */
function byTime(one: LogLine, other: LogLine): number {
  return one.at === null || other.at === null ? 0 : one.at - other.at;
}

/** Without the id in brackets. */
function nameOf({ name }: ServiceTarget): string {
  return name.replace(/ \([0-9a-f]{12}\)$/, '');
}

function shown(text: string): string {
  return printable(text.slice(0, LONGEST_LINE)).replaceAll('\t', '  ').trimEnd();
}
