import { createHash } from 'node:crypto';
import type { CalendarLayer, CalendarSpan, OncallConfig } from '../../core/config/config.ts';

/** A calendar where it stands in oncall.yml. */
export interface CalendarPlace {
  readonly schedule: string;
  /** Position among the layers that say who is on call. */
  readonly index: number;
  readonly layer: CalendarLayer;
  /** Zone of the schedule. */
  readonly zone: string;
  /** The same while schedule and source stay: names the copy that is kept. No address can be read from it. */
  readonly key: string;
}

/** Every calendar of oncall.yml. */
export function calendarsIn({ schedules }: OncallConfig): CalendarPlace[] {
  return Object.entries(schedules).flatMap(([schedule, { layers, timezone: zone }]) =>
    layers.flatMap((layer, index) =>
      layer.kind === 'calendar' ? [{ schedule, index, layer, zone, key: keyOf(schedule, layer) }] : [],
    ),
  );
}

/** The configuration with spans laid into its calendars, by key; the same object when it has none. */
export function laySpans(config: OncallConfig, spansOf: (key: string) => readonly CalendarSpan[]): OncallConfig {
  const places = calendarsIn(config);
  if (places.length === 0) return config;
  const schedules = { ...config.schedules };
  for (const { schedule, index, layer, key } of places) {
    const rules = schedules[schedule];
    if (rules === undefined) continue;
    schedules[schedule] = { ...rules, layers: rules.layers.with(index, { ...layer, spans: spansOf(key) }) };
  }
  return { ...config, schedules };
}

/** `calendar team.ics`, `calendar at cal.example.com`: the address itself may be a secret. */
export function sourceText({ source }: CalendarLayer): string {
  return 'file' in source ? `calendar ${source.file}` : `calendar at ${new URL(source.url).host}`;
}

function keyOf(schedule: string, { source }: CalendarLayer): string {
  const address = 'file' in source ? `file ${source.file}` : `url ${source.url}`;
  return `${schedule}-${createHash('sha256').update(address).digest('hex').slice(0, 16)}`;
}
