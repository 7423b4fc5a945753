import type { Config } from '../../core/config/config.ts';
import type { JournalReader } from '../../journal/port.ts';
import { createBusinessClockCache } from '../business-time.ts';
import type { IsFix } from './cycle.ts';
import { readHistory, type Window } from './history.ts';
import { createPagedAt } from './hours.ts';
import { countNumbers, type Numbers } from './numbers.ts';

export interface ReadNumbersDeps {
  readonly journal: JournalReader;
  readonly isFix: IsFix;
}

/** Numbers of a window by a configuration (zones and business time); `timezone`: whose days are counted. */
export type ReadNumbers = (config: Config, window: Window, timezone?: string) => Promise<Numbers>;

/** Makes the reader of numbers: of the running bot, or of a store that no bot holds. */
export function createReadNumbers({ journal, isFix }: ReadNumbersDeps): ReadNumbers {
  const businessClock = createBusinessClockCache();
  return async ({ oncall }, window, timezone = oncall.businessTime.timezone) => {
    const pagedAt = createPagedAt(oncall, await businessClock(oncall.businessTime));
    return countNumbers(await readHistory(journal, window, isFix), window, timezone, pagedAt);
  };
}
