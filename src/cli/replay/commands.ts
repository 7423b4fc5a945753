import type { IncidentState } from '../../alerts/incident-state.ts';
import type { Command } from '../../core/command.ts';
import type { Journal, JournalReader } from '../../journal/port.ts';

/** Verbs about an incident that mean the same in a replay; what acts on hosts or on Alertmanager is left out. */
const REPLAYED: ReadonlySet<string> = new Set([
  'ack',
  'resolve',
  'note',
  'severity',
  'assign',
  'snooze',
  'unsnooze',
  'reopen',
  'merge',
  'unmerge',
  'split',
]);

/** A person opened an incident within this time of asking for it. */
const OPENED_WITHIN_MS = 60_000;

/** Finds the incidents of a replay that a command of the journal is about. */
export interface TranslateCommand {
  /** The same command for each of them; empty: it does not fit here. */
  (command: Command): Promise<readonly Command[]>;
  /** Remembers which incident of the replay a command to open one came to. */
  opened(command: Command, incident: string): Promise<void>;
}

/**
 * Translates commands from the journal that they were given in to a replay, whose incidents have other ids: an
 * incident is known by its alerts, or by the command that opened it. An acknowledgement counts for every incident that
 * now holds one of its alerts.
 */
export function createTranslateCommand(
  store: JournalReader,
  replay: Pick<Journal, 'latestOccurrences'>,
): TranslateCommand {
  const alertsOf = new Map<string, readonly string[]>();
  const byHand = new Map<string, string>();

  async function fingerprintsOf(id: string): Promise<readonly string[]> {
    const known = alertsOf.get(id) ?? (await store.occurrencesOf(id)).map(({ fingerprint }) => fingerprint);
    alertsOf.set(id, known);
    return known;
  }
  async function incidentsFor(id: string): Promise<readonly string[]> {
    const opened = byHand.get(id);
    if (opened !== undefined) return [opened];
    const found = await replay.latestOccurrences(await fingerprintsOf(id));
    return [...new Set([...found.values()].map(({ incident }) => incident))].filter((incident) => incident !== '');
  }
  async function intoOf({ args }: Command): Promise<Partial<Command>> {
    if (typeof args.into !== 'string') return {};
    const [into] = await incidentsFor(args.into);
    return into === undefined ? {} : { args: { ...args, into } };
  }

  const translate = async (command: Command): Promise<readonly Command[]> => {
    if (command.verb === 'open') return [command];
    if (command.incident === undefined || !REPLAYED.has(command.verb)) return [];
    const about = await incidentsFor(command.incident);
    const changed = await intoOf(command);
    // what a person saw was a version of another journal
    const { seen: _seen, ...rest } = command;
    return about.map((incident) => ({ ...rest, ...changed, incident }));
  };
  const opened = async ({ at }: Command, incident: string): Promise<void> => {
    const rows = await store.aggregates<IncidentState>('incident', { since: at });
    const fits = rows.filter(({ id, state }) => {
      return state.openedAt >= at && state.openedAt <= at + OPENED_WITHIN_MS && !byHand.has(id);
    });
    for (const { id } of fits.sort((one, other) => one.state.openedAt - other.state.openedAt)) {
      if ((await fingerprintsOf(id)).length > 0) continue;
      byHand.set(id, incident);
      return;
    }
  };
  return Object.assign(translate, { opened });
}
