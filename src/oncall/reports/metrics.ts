import { Counter, Histogram } from 'prom-client';
import type { ConfigSource } from '../../core/config/config.ts';
import type { Logger } from '../../core/logger.ts';
import type { Registry } from '../../core/metrics.ts';
import type { Journal, StoredEvent } from '../../journal/port.ts';
import { createBusinessClockCache } from '../business-time.ts';
import { DRILL } from '../drills/drill-state.ts';
import { type Cycle, followCycle, type IsFix, type MeasureKind } from './cycle.ts';
import { createPagedAt, type PageHour } from './hours.ts';

export interface NumbersMetricsDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly isFix: IsFix;
}

/** From a minute to three days. */
const BUCKETS = [60, 300, 900, 1800, 3600, 4 * 3600, 12 * 3600, 24 * 3600, 3 * 24 * 3600];
/** Incidents remembered; one that is not is read from the journal. */
const MOST_CYCLES = 20_000;

/** Measures as it happens what `stats` reads later, drills aside: times of incidents by severity, pages by person. Returns the end. */
export function measureNumbers(deps: NumbersMetricsDeps): () => void {
  const { journal, config, logger, isFix } = deps;
  const registers = [deps.metrics];
  const histograms: Record<MeasureKind, Histogram<'severity'>> = {
    acknowledge: timeHistogram(registers, 'gianna_ops_incidents_acknowledge_seconds', 'somebody owned it'),
    mitigate: timeHistogram(
      registers,
      'gianna_ops_incidents_mitigate_seconds',
      'it had recovered, or a run had fixed it',
    ),
    resolve: timeHistogram(registers, 'gianna_ops_incidents_resolve_seconds', 'it was resolved'),
  };
  const pages = new Counter({
    name: 'gianna_ops_oncall_pages_sent_total',
    help: 'Pages that were sent, by person (a key of oncall.yml), means and time of the day (night is outside business time too).',
    labelNames: ['person', 'means', 'hours'],
    registers,
  });
  const businessClock = createBusinessClockCache();
  const cycles = new Map<string, Cycle>();
  let turn: Promise<void> = Promise.resolve();

  async function cycleBefore(event: StoredEvent, incident: string): Promise<Cycle | null> {
    const known = cycles.get(incident);
    if (known !== undefined || event.type === 'incident.opened') return known ?? null;
    let cycle: Cycle | null = null;
    for (const earlier of await journal.eventsAbout(incident)) {
      if (earlier.seq < event.seq) cycle = followCycle(cycle, earlier, isFix).cycle;
    }
    return cycle;
  }

  async function measure(event: StoredEvent, incident: string): Promise<void> {
    const { cycle, measure } = followCycle(await cycleBefore(event, incident), event, isFix);
    cycles.delete(incident);
    if (cycle !== null && event.type !== 'incident.closed') cycles.set(incident, cycle);
    const [oldest] = cycles.keys();
    if (cycles.size > MOST_CYCLES && oldest !== undefined) cycles.delete(oldest);
    if (measure !== null) histograms[measure.kind].observe({ severity: measure.severity }, measure.seconds);
  }

  async function countPages({ at, data }: StoredEvent): Promise<void> {
    const { oncall } = config.current();
    const pagedAt = createPagedAt(oncall, await businessClock(oncall.businessTime));
    for (const person of Array.isArray(data.people) ? data.people.map(String) : []) {
      if (!Object.hasOwn(oncall.people, person)) continue;
      pages.inc({ person, means: String(data.means), hours: hoursOf(pagedAt(person, at)) });
    }
  }

  function isCounted(event: StoredEvent): boolean {
    return event.type === 'page.sent' || event.kind === 'incident' || isFix(event);
  }

  /** Its record is written with the event that opens it. */
  async function isDrill(incident: string | null): Promise<boolean> {
    return incident !== null && (await journal.aggregate(DRILL, incident)) !== null;
  }

  async function take(events: readonly StoredEvent[]): Promise<void> {
    for (const event of events) {
      if (isCounted(event) && (await isDrill(event.incident))) continue;
      if (event.type === 'page.sent') await countPages(event);
      else if (event.incident !== null && (event.kind === 'incident' || isFix(event))) {
        await measure(event, event.incident);
      }
    }
  }

  return journal.onChange(({ events }) => {
    if (events.length === 0) return;
    turn = turn.then(() => take(events)).catch((error: unknown) => logger.warn({ err: error }, 'numbers not measured'));
  });
}

function timeHistogram(registers: Registry[], name: string, until: string): Histogram<'severity'> {
  return new Histogram({
    name,
    help: `Time from the opening of an incident until ${until}, by its severity then.`,
    labelNames: ['severity'],
    buckets: BUCKETS,
    registers,
  });
}

function hoursOf({ isBusiness, isNight }: PageHour): 'business' | 'out-of-hours' | 'night' {
  if (isNight) return 'night';
  return isBusiness ? 'business' : 'out-of-hours';
}
