import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

/** One row of the table: a value beside its peer's or limit's, taken in the same run. */
export interface Row {
  figure: number;
  name: string;
  case: string;
  value: number;
  unit: string;
  reference: number | null;
  ratio: number | null;
  /** What has to be reached, in words: `≥ 0.60`; `none` for a figure that is only told. */
  must: string;
  /** null: there is nothing to reach, or the peer is not installed here and nothing was compared. */
  met: boolean | null;
  machine: string;
}

/** A figure of docs/benchmarks.md: its number, its name, and the run that measures it beside its peer. */
export interface Figure {
  figure: number;
  name: string;
  run(): Promise<Row[]>;
}

/** The machine, as the table names it. */
export function machineName(): string {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
}

/** The commit under test; `unknown` outside a checkout. */
export function commitName(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

/** Builds a row that compares `value` with `reference` by ratio against a lowest or highest bound. */
export function ratioRow(
  base: Pick<Row, 'figure' | 'name' | 'case' | 'value' | 'unit'>,
  reference: number | null,
  bound: { atLeast: number } | { atMost: number },
): Row {
  const ratio = reference === null ? null : base.value / reference;
  const must = 'atLeast' in bound ? `≥ ${bound.atLeast} ×` : `≤ ${bound.atMost} ×`;
  const met = ratio === null ? null : 'atLeast' in bound ? ratio >= bound.atLeast : ratio <= bound.atMost;
  return { ...base, reference, ratio, must, met, machine: machineName() };
}

/** Builds a row whose value itself has a highest bound; the peer's value stands beside it. */
export function limitRow(
  base: Pick<Row, 'figure' | 'name' | 'case' | 'value' | 'unit'>,
  reference: number | null,
  atMost: number,
): Row {
  const ratio = reference === null || reference === 0 ? null : base.value / reference;
  return {
    ...base,
    reference,
    ratio,
    must: `≤ ${atMost} ${base.unit}`,
    met: base.value <= atMost,
    machine: machineName(),
  };
}

/** Builds a row that is only told. */
export function toldRow(base: Pick<Row, 'figure' | 'name' | 'case' | 'value' | 'unit'>, reference: number | null): Row {
  const ratio = reference === null || reference === 0 ? null : base.value / reference;
  return { ...base, reference, ratio, must: 'none', met: null, machine: machineName() };
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}
