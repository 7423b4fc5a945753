import type { Simulation } from './simulate.ts';

/** A simulation as it goes over the socket; `rows` alone are what `simulate --json` prints (DESIGN.md, Shapes). */
export type SimulationJson = {
  readonly severity: string;
  readonly startsAt: string;
  readonly note: string | null;
  readonly digest: boolean;
  readonly respondBy: string | null;
  readonly rows: readonly SimulatedRowJson[];
};
export type SimulatedRowJson = {
  readonly at: string;
  readonly afterSeconds: number;
  readonly level: number;
  readonly target: string;
  readonly person: string | null;
  readonly by: readonly string[];
  readonly reason: string;
  readonly kind: string;
  /** 0 the level itself, then its repeats. */
  readonly repeat: number;
};

export function simulationJson({ startsAt, respondBy, rows, ...rest }: Simulation): SimulationJson {
  return {
    ...rest,
    startsAt: iso(startsAt),
    respondBy: respondBy === null ? null : iso(respondBy),
    rows: rows.map(({ at, afterSeconds, level, target, person, by, reason, kind, round }) => {
      return { at: iso(at), afterSeconds, level, target, person, by, reason, kind, repeat: round };
    }),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
