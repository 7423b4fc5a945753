import { SEVERITIES } from '../../core/config/config.ts';
import { formatDuration } from '../../core/duration.ts';
import { MEASURES, type MeasureKind } from './cycle.ts';
import type { NoiseRow, Numbers, PersonPages } from './numbers.ts';
import { countText } from './words.ts';

const MOST_NOISY = 5;
const MOST_PEOPLE = 10;

/** `Time to acknowledge, median (p90): P0 3m (12m) of 4 · P1 …`, one line a measure. */
export function timesTexts({ times }: Numbers): string[] {
  return MEASURES.map((kind) => `Time to ${kind}, median (p90): ${spreadsText(times[kind])}`);
}

/** The noisiest alerts, a line each after a line that says so. Names of alerts are foreign text. */
export function noiseTexts(noise: readonly NoiseRow[]): string[] {
  if (noise.length === 0) return ['No alert opened anything.'];
  return ['Noisiest alerts:', ...noise.slice(0, MOST_NOISY).map(noiseText)];
}

/** `Pages: ana 12 (3 out of hours, 1 at night) · ben 2`. */
export function pagesText(pages: readonly PersonPages[]): string {
  if (pages.length === 0) return 'Nobody was paged.';
  const people = pages.slice(0, MOST_PEOPLE).map(({ person, pages: count, outOfHours, night }) => {
    const when = outOfHours === 0 ? '' : ` (${outOfHours} out of hours${night === 0 ? '' : `, ${night} at night`})`;
    return `${person} ${count}${when}`;
  });
  return `Pages: ${people.join(' · ')}`;
}

function spreadsText(spreads: Numbers['times'][MeasureKind]): string {
  const parts = SEVERITIES.flatMap((severity) => {
    const { n, p50, p90 } = spreads[severity];
    if (p50 === null || p90 === null) return [];
    return [`${severity} ${formatDuration(p50)} (${formatDuration(p90)}) of ${n}`];
  });
  return parts.length === 0 ? 'nothing to measure' : parts.join(' · ');
}

function noiseText({ alertname, incidents, acknowledged, resolvedByItself, firedAgain }: NoiseRow): string {
  const again = firedAgain === 0 ? '' : `, fired again ${firedAgain === 1 ? 'once' : `${firedAgain} times`}`;
  const ended = `${acknowledged} acknowledged, ${resolvedByItself} resolved by ${incidents === 1 ? 'itself' : 'themselves'}`;
  return `• ${alertname}: ${countText(incidents, 'incident')}, ${ended}${again}`;
}
