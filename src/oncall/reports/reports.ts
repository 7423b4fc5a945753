/**
 * What the bot tells of its own accord, once a slot each: the daily digest and the weekly report. In: slots that were
 * taken, as effects; out: notices, which mention nobody.
 */
import type { Clock } from '../../core/clock.ts';
import type { ConfigSource } from '../../core/config/config.ts';
import type { EffectExecutor } from '../../journal/effects.ts';
import { askNotice, type Notice } from '../../journal/notice.ts';
import type { Journal } from '../../journal/port.ts';
import type { ReportRequest, SlotJob } from '../../journal/slots.ts';
import { createBusinessClockCache } from '../business-time.ts';
import type { IsFix } from './cycle.ts';
import { type ActiveSilences, writeDigest } from './daily-digest.ts';
import { createReadNumbers } from './read-numbers.ts';
import { nextDigest, nextWeekly } from './times.ts';
import { weekOf, writeWeekly } from './weekly-report.ts';

export interface ReportsDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly silences: ActiveSilences;
  readonly isFix: IsFix;
}

export interface Reports {
  readonly jobs: readonly SlotJob[];
  /** Of effects of kind `report`. */
  readonly executor: EffectExecutor;
}

const DIGEST = 'daily-digest';
const WEEKLY = 'weekly-report';

/** Wires the reports; `createSlots` keeps their slots. */
export function createReports(deps: ReportsDeps): Reports {
  const { clock } = deps;
  const businessClock = createBusinessClockCache();
  const readNumbers = createReadNumbers(deps);

  async function write(request: ReportRequest): Promise<Notice | null> {
    const config = deps.config.current();
    const { digest, weekly } = config.reports;
    if (request.report === DIGEST && digest !== null) return writeDigest(deps, request, digest);
    if (request.report !== WEEKLY || weekly === null) return null;
    const { week, before } = weekOf(request.slot, weekly.timezone);
    const numbers = await readNumbers(config, week, weekly.timezone);
    const earlier = await readNumbers(config, before, weekly.timezone);
    return writeWeekly(numbers, earlier, { config: weekly, request, window: week });
  }

  return {
    jobs: [
      {
        id: DIGEST,
        next: async (after) => {
          const { reports, oncall } = deps.config.current();
          if (reports.digest === null) return null;
          return nextDigest(reports.digest, await businessClock(oncall.businessTime), after);
        },
      },
      {
        id: WEEKLY,
        next: async (after) => {
          const { weekly } = deps.config.current().reports;
          return weekly === null ? null : nextWeekly(weekly, after);
        },
      },
    ],
    executor: {
      // what it writes is asked for once, in the batch that closes it
      idempotent: true,
      concurrency: 1,
      run: async ({ data }) => {
        const request = data as ReportRequest;
        const notice = await write(request);
        const result = { told: notice !== null };
        if (notice === null) return { state: 'done', result };
        const part = askNotice(`${request.report}|${request.slot}`, notice);
        return { state: 'done', result, batch: async () => ({ at: clock.now(), actor: 'auto', ...part }) };
      },
    },
  };
}
