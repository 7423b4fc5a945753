/**
 * The configuration in force with what people laid over it: overrides, swaps. In: the configuration, the journal. Out: a
 * configuration whose schedules say who is on call, whoever asks. Nothing is read when it is asked.
 */
import type { Config, ConfigSource, OncallConfig } from '../core/config/config.ts';
import type { Journal, JournalReader, StoredEvent } from '../journal/port.ts';
import type { AnyOverlay } from './overlay.ts';
import { OVERLAYS } from './overlays.ts';

/** Who is on call as configuration and people say together. */
export interface Roster extends ConfigSource {
  /** Stops following the journal. */
  stop(): void;
}

export interface RosterDeps {
  readonly journal: Pick<Journal, 'aggregates' | 'onChange'>;
  readonly config: ConfigSource;
}

/** Reads what was laid over so far, and follows each commit from then on. */
export async function createRoster({ journal, config }: RosterDeps): Promise<Roster> {
  const layers = OVERLAYS.map(createLayer);
  const early: StoredEvent[] = [];
  let isLoaded = false;
  let laid: { base: Config; config: Config } | null = null;
  const take = (event: StoredEvent) => {
    for (const layer of layers) if (layer.take(event)) laid = null;
  };
  const stop = journal.onChange(({ events }) => {
    for (const event of events) isLoaded ? take(event) : early.push(event);
  });
  for (const layer of layers) await layer.load(journal);
  isLoaded = true;
  for (const event of early) take(event);
  return {
    current: () => {
      const base = config.current();
      if (laid?.base !== base) laid = { base, config: layAll(base, layers) };
      return laid.config;
    },
    stop,
  };
}

/** The same from a store that nobody follows, once. */
export async function readRoster(journal: Pick<JournalReader, 'aggregates'>, config: Config): Promise<Config> {
  const layers = OVERLAYS.map(createLayer);
  for (const layer of layers) await layer.load(journal);
  return layAll(config, layers);
}

interface Layer {
  load(journal: Pick<JournalReader, 'aggregates'>): Promise<void>;
  /** Whether the event changed something here. */
  take(event: StoredEvent): boolean;
  over(config: OncallConfig): OncallConfig;
}

function createLayer(overlay: AnyOverlay): Layer {
  const known = new Map<string, { version: number; state: object }>();
  return {
    load: async (journal) => {
      const newestFirst = await journal.aggregates<object>(overlay.kind);
      for (const { id, version, state } of newestFirst.reverse()) known.set(id, { version, state });
    },
    take: (event) => {
      const before = known.get(event.id) ?? null;
      if (event.kind !== overlay.kind || event.version <= (before?.version ?? 0)) return false;
      known.set(event.id, { version: event.version, state: overlay.evolve(before?.state ?? null, event) });
      return true;
    },
    over: (config) => {
      const states = [...known.values()].map(({ state }) => state);
      return states.length === 0 ? config : overlay.over(config, states);
    },
  };
}

function layAll(config: Config, layers: readonly Layer[]): Config {
  const oncall = layers.reduce((below, layer) => layer.over(below), config.oncall);
  return oncall === config.oncall ? config : { ...config, oncall };
}
