import type { OncallConfig } from '../core/config/config.ts';
import type { StoredEvent } from '../journal/port.ts';

/** One kind of what people lay over oncall.yml at run time, such as an override: an aggregate, and what it changes. */
export interface Overlay<S extends object> {
  /** The aggregate's kind. */
  readonly kind: string;
  readonly evolve: (state: S | null, event: StoredEvent) => S;
  /** The configuration with every one of them laid over it, oldest first. Pure: what ends, ends by the times it names. */
  readonly over: (config: OncallConfig, states: readonly S[]) => OncallConfig;
}

/** An overlay whose states are the roster's to keep and nobody's to look into. */
export type AnyOverlay = Overlay<object>;

/** Makes an overlay one of many. The states that it is given are those that its own `evolve` returned. */
export function defineOverlay<S extends object>({ kind, evolve, over }: Overlay<S>): AnyOverlay {
  return {
    kind,
    evolve: (state, event) => evolve(state as S | null, event),
    over: (config, states) => over(config, states as readonly S[]),
  };
}
