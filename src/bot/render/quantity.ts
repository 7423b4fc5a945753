import type { ChartUnit } from '../../alerts/context/context.ts';

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const THOUSANDS = ['', 'k', 'M', 'G', 'T'] as const;

/** A value as people read it: `92 %`, `1.5 GiB`, `340 ms`, `12.4/s`, `10k`. */
export function sayQuantity(value: number, unit: ChartUnit): string {
  switch (unit) {
    case 'bytes':
      return scaled(value, 1024, BINARY, ' ');
    case 'bytes/s':
      return `${scaled(value, 1024, BINARY, ' ')}/s`;
    case 'seconds':
      return saySeconds(value);
    case 'percent':
      return `${digits(value)} %`;
    case '/s':
      return `${scaled(value, 1000, THOUSANDS, '')}/s`;
    case null:
      return scaled(value, 1000, THOUSANDS, '');
    default:
      return unit satisfies never;
  }
}

function saySeconds(seconds: number): string {
  const size = Math.abs(seconds);
  if (size === 0) return '0 s';
  if (size < 0.001) return `${digits(seconds * 1_000_000)} µs`;
  if (size < 1) return `${digits(seconds * 1000)} ms`;
  if (size < 120) return `${digits(seconds)} s`;
  if (size < 7200) return `${digits(seconds / 60)} min`;
  return size < 172_800 ? `${digits(seconds / 3600)} h` : `${digits(seconds / 86_400)} d`;
}

function scaled(value: number, base: number, names: readonly string[], gap: string): string {
  const size = Math.abs(value);
  const step = size < base ? 0 : Math.min(names.length - 1, Math.floor(Math.log(size) / Math.log(base) + 1e-9));
  const name = names[step] ?? '';
  return `${digits(value / base ** step)}${name === '' ? '' : gap}${name}`;
}

/** Three digits that count, without trailing zeros; very small and very large ones as powers of ten. */
function digits(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return value.toExponential(1);
  if (size >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}
