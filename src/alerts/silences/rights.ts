import type { Command } from '../../core/command.ts';
import type { Risk } from '../../core/config/config.ts';
import type { SilenceRefusal } from './request.ts';
import type { SilenceDeps } from './sources.ts';

/** A silence up to this long is R1 (CONFIG.md, Rights). */
const LONGEST_R1_SECONDS = 4 * 3600;

/** The risk class of a silence that lasts this long from now. */
export function riskOfSilence(seconds: number): Extract<Risk, 'R1' | 'R2'> {
  return seconds <= LONGEST_R1_SECONDS ? 'R1' : 'R2';
}

/** Rights as they are now: the edge looked at the click, and they are looked at again. */
export async function refuseRight(
  { maySilence }: Pick<SilenceDeps, 'maySilence'>,
  { by }: Command,
  seconds: number,
  channel: string | null,
): Promise<SilenceRefusal | null> {
  const { allowed, reason } = await maySilence(by, riskOfSilence(seconds), channel);
  if (allowed) return null;
  return {
    field: 'matchers',
    code: 'NOT_ALLOWED',
    text: `Silencing ${reason}.`,
    remedy: 'Ask whoever is on call: oncall',
  };
}
