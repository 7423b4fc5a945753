/**
 * The on-call room as app.ts wires it. In: changes of incidents, timers, commands. Out: pages, and the events that say
 * who was asked, when, by what and with what answer. Each capability is one part of the list below.
 */
import type { Clock } from '../core/clock.ts';
import type { ConfigSource, Means } from '../core/config/config.ts';
import type { MeansSettings } from '../core/config/means-settings.ts';
import type { Logger } from '../core/logger.ts';
import type { Registry } from '../core/metrics.ts';
import type { Journal } from '../journal/port.ts';
import { createDrills } from './drills/drills.ts';
import { createDutyRecord } from './duty-record/duty-record.ts';
import { createEscalation, type Escalation } from './escalation.ts';
import { createFacts } from './handoff/facts.ts';
import { createHandoffs } from './handoff/handoffs.ts';
import { createDutyShown, type ShowDuty } from './handoff/shown.ts';
import { type AckLinks, createAckLinks, type DecideIncident } from './links/ack-links.ts';
import { loadLinkKeys } from './links/link-keys.ts';
import { createOverrides } from './overrides/overrides.ts';
import { createPagerPart } from './pagers/part.ts';
import { createPagers } from './pagers/registry.ts';
import { joinParts, type OncallPart } from './part.ts';
import type { ActiveSilences } from './reports/daily-digest.ts';
import type { ReadNumbers } from './reports/read-numbers.ts';
import { createTokens } from './tokens/token-commands.ts';

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
  /** What the environment sets up of other means than Slack. */
  readonly means: MeansSettings;
  /** Base of links; null: none are made. */
  readonly publicUrl: string | null;
  readonly decideIncident: DecideIncident;
}

/** Everything of this room, joined. */
export interface OncallRoom extends Required<OncallPart> {
  readonly escalation: Pick<Escalation, 'viewOf' | 'pageClosed'>;
  readonly links: Pick<AckLinks, 'look' | 'use'>;
  /** The means that are set up. */
  readonly means: ReadonlySet<Means>;
}

export function createOncall(deps: OncallDeps): OncallRoom {
  const { journal, config, logger, metrics, clock, publicUrl } = deps;
  const set = createPagers(deps.means, { publicUrl, now: clock.now });
  const escalation = createEscalation({ journal, config, logger, metrics, means: set.available });
  const keys = publicUrl === null ? [] : loadLinkKeys(deps.means.linkKeys, deps.means.linkKeyFile);
  const links = createAckLinks({ journal, config, clock, keys, publicUrl, decideIncident: deps.decideIncident });
  const paging = { journal, config, clock, logger, metrics, set, escalation, nameOf: deps.nameOf };
  const pagers = createPagerPart({ ...paging, ackUrl: links.urlOf });
  const overrides = createOverrides({ journal, config, logger, metrics, nameOf: deps.nameOf });
  const { readNumbers, silences, failingProbes: failing, nameOf } = deps;
  const facts = createFacts({ journal, config, readNumbers, silences, failing, nameOf });
  const handoffs = createHandoffs({ ...deps, facts });
  const shown = createDutyShown({ ...deps, show: deps.showDuty });
  const dutyRecord = createDutyRecord(deps);
  const tokens = createTokens(deps);
  const parts = [escalation, links.part, pagers, overrides, handoffs, shown, dutyRecord, createDrills(deps), tokens];
  return { ...joinParts(parts), escalation, links, means: set.available };
}
