import type { IncidentAbout, IncidentState } from '../../alerts/incident-state.ts';
import type { ConfigSource } from '../../core/config/config.ts';
import { SEVERITIES } from '../../core/config/config.ts';
import type { JournalReader } from '../../journal/port.ts';
import type { ActiveSilences } from '../reports/daily-digest.ts';
import type { ReadNumbers } from '../reports/read-numbers.ts';
import { countText, severitiesText, totalOf } from '../reports/words.ts';
import type { BriefFacts } from './brief.ts';

export interface FactsDeps {
  readonly journal: JournalReader;
  readonly config: ConfigSource;
  readonly readNumbers: ReadNumbers;
  readonly silences: ActiveSilences;
  /** Probes that fail or warn now, one line each; null: they could not be run in time. */
  readonly failing: () => Promise<readonly string[] | null>;
  readonly nameOf: (actor: string) => string;
}

const DAY_MS = 86_400_000;

/** Learns what a brief says. What does not answer is said to be unknown, never left out. */
export function createFacts(deps: FactsDeps): (now: number) => Promise<BriefFacts> {
  return async (now) => {
    const [open, silences, failing, happened] = await Promise.all([
      openIncidents(deps),
      deps.silences().catch(() => null),
      deps.failing().catch(() => null),
      whatHappened(deps, now),
    ]);
    return { open, silences, failing, happened };
  };
}

async function openIncidents({ journal, nameOf }: FactsDeps): Promise<string[]> {
  const rows = await journal.aggregates<IncidentState>('incident', { open: true });
  const isOpen = ({ status, digest }: IncidentState) => status !== 'resolved' && status !== 'closed' && !digest;
  const states = rows.map(({ state }) => state).filter(isOpen);
  const texts = await journal.payloads([...new Set(states.map(({ about }) => about))]);
  const rank = ({ severity }: IncidentState) => SEVERITIES.indexOf(severity);
  return states
    .sort((one, other) => rank(one) - rank(other) || one.openedAt - other.openedAt)
    .map(({ id, severity, status, owner, about }) => {
      const whose = owner === null ? 'nobody has it' : `${nameOf(owner)} has it`;
      return `${id} ${severity} ${status}: ${titleIn(texts.get(about))} (${whose})`;
    });
}

function titleIn(about: string | undefined): string {
  return about === undefined ? 'its text was erased' : (JSON.parse(about) as IncidentAbout).title;
}

/** The last day in numbers. */
async function whatHappened({ config, readNumbers }: FactsDeps, now: number): Promise<string[]> {
  const numbers = await readNumbers(config.current(), { since: now - DAY_MS, until: now });
  if (totalOf(numbers.opened) === 0 && numbers.pages.length === 0) return [];
  const pages = numbers.pages.reduce((sum, { pages: count }) => sum + count, 0);
  const [noisiest] = numbers.noise;
  return [
    `in the last 24 hours ${countText(totalOf(numbers.opened), 'incident')} (${severitiesText(numbers.opened)})`,
    `${countText(pages, 'page')} to ${countText(numbers.pages.length, 'person').replace('persons', 'people')}`,
    ...(noisiest === undefined
      ? []
      : [`most often: ${noisiest.alertname} (${countText(noisiest.incidents, 'incident')})`]),
  ];
}
