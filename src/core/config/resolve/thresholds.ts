import type { Threshold } from '../config.ts';
import { THRESHOLD } from '../schema/probes.ts';

/** `"> 80%"` as rooms read it; null when it is no threshold. */
export function toThreshold(written: string | undefined): Threshold | null {
  const match = THRESHOLD.exec(written ?? '');
  return match === null ? null : { operator: match[1] as Threshold['operator'], value: Number(match[2]) };
}
