/**
 * The on-call room as app.ts wires it. In: changes of incidents, timers, commands. Out: pages, and the events that say
 * who was asked, when, by what and with what answer. Each capability is one part of the list below.
 */
import type { Clock } from '../core/clock.ts';
import type { ConfigSource } from '../core/config/config.ts';
import type { Logger } from '../core/logger.ts';
import type { Registry } from '../core/metrics.ts';
import type { Journal } from '../journal/port.ts';
import { createDutyRecord } from './duty-record/duty-record.ts';
import { createEscalation, type Escalation } from './escalation.ts';
import { createFacts } from './handoff/facts.ts';
import { createHandoffs } from './handoff/handoffs.ts';
import { createDutyShown, type ShowDuty } from './handoff/shown.ts';
import { createOverrides } from './overrides/overrides.ts';
import { joinParts, type OncallPart } from './part.ts';
import type { ActiveSilences } from './reports/daily-digest.ts';
import type { ReadNumbers } from './reports/read-numbers.ts';

export interface OncallDeps {
  readonly journal: Journal;
  /** The roster: the configuration with what people laid over it. */
  readonly config: ConfigSource;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly clock: Clock;
  /** Plain name of an actor or of a key of oncall.people. */
  readonly nameOf: (actor: string) => string;
  readonly readNumbers: ReadNumbers;
  readonly silences: ActiveSilences;
  /** One line each; null: they could not be run in time. */
  readonly failingProbes: () => Promise<readonly string[] | null>;
  /** Shows who is on call in Slack, beside the bot. */
  readonly showDuty: ShowDuty;
}

/** Everything of this room, joined. */
export interface OncallRoom extends Required<OncallPart> {
  readonly escalation: Pick<Escalation, 'viewOf' | 'pageClosed'>;
}

export function createOncall(deps: OncallDeps): OncallRoom {
  const { journal, config, logger, metrics } = deps;
  const escalation = createEscalation({ journal, config, logger, metrics });
  const overrides = createOverrides({ journal, config, logger, metrics, nameOf: deps.nameOf });
  const { readNumbers, silences, failingProbes: failing, nameOf } = deps;
  const facts = createFacts({ journal, config, readNumbers, silences, failing, nameOf });
  const handoffs = createHandoffs({ ...deps, facts });
  const shown = createDutyShown({ ...deps, show: deps.showDuty });
  const dutyRecord = createDutyRecord(deps);
  return { ...joinParts([escalation, overrides, handoffs, shown, dutyRecord]), escalation };
}
