/**
 * The on-call room as app.ts wires it. In: changes of incidents, timers, commands. Out: pages, and the events that say
 * who was asked, when, by what and with what answer. Each capability is one part of the list below.
 */
import type { Clock } from '../core/clock.ts';
import type { ConfigSource } from '../core/config/config.ts';
import type { Logger } from '../core/logger.ts';
import type { Registry } from '../core/metrics.ts';
import type { Journal } from '../journal/port.ts';
import { createDrills } from './drills/drills.ts';
import { createDutyRecord } from './duty-record/duty-record.ts';
import { createEscalation, type Escalation } from './escalation.ts';
import { createOverrides } from './overrides/overrides.ts';
import { joinParts, type OncallPart } from './part.ts';

export interface OncallDeps {
  readonly journal: Journal;
  /** The roster: the configuration with what people laid over it. */
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
}

/** Everything of this room, joined. */
export interface OncallRoom extends Required<OncallPart> {
  readonly escalation: Pick<Escalation, 'viewOf' | 'pageClosed'>;
}

export function createOncall({ journal, config, clock, logger, metrics }: OncallDeps): OncallRoom {
  const escalation = createEscalation({ journal, config, logger, metrics });
  const overrides = createOverrides({ journal, config, logger, metrics });
  const dutyRecord = createDutyRecord({ journal, config, clock, logger });
  return { ...joinParts([escalation, overrides, dutyRecord, createDrills({ journal })]), escalation };
}
