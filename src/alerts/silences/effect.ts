import type { JsonObject } from '../../core/json.ts';
import type { Effect, EffectChange } from '../../journal/port.ts';

/** The kind of effects that ask Alertmanager about silences. */
export const SILENCE_EFFECT = 'silence';

/** What is asked of Alertmanager. */
export type SilenceOp = 'create' | 'extend' | 'lift' | 'warn';
export type SilenceEffect = { readonly silence: string; readonly op: SilenceOp };

/** Asks for an effect once for ever: `version` is the silence's when it was asked. */
export function askEffect(data: SilenceEffect, incident: string | null, version: number): EffectChange {
  const key = `${SILENCE_EFFECT}|${data.silence}|${data.op}|${version}`;
  return { op: 'ask', key, kind: SILENCE_EFFECT, incident, data: data as JsonObject };
}

/** Reads what an effect of ours asks for. */
export function effectOf({ data }: Effect): SilenceEffect {
  return data as SilenceEffect;
}
