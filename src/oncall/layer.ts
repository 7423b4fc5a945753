import type { LayerConfig } from '../core/config/config.ts';
import { spanAt, spanEdges } from './calendars/span-at.ts';
import { isCovered, nextEdge } from './coverage.ts';
import { turnAt } from './rotation.ts';

/** What a layer says at a moment: who is on call by it, nobody by it (an empty list), or null: what lies beneath counts. */
export interface Said {
  readonly people: readonly string[];
  /** Tells two shifts of the same people apart. */
  readonly shift: number;
}

/** What a layer says at `at`. */
export function layerAt(layer: LayerConfig, zone: string, at: number): Said | null {
  if (!isCovered(layer, zone, at)) return null;
  switch (layer.kind) {
    case 'rotation': {
      const turn = turnAt(layer, zone, at);
      return turn.kind === 'on' ? { people: turn.shift.people, shift: turn.shift.index } : null;
    }
    case 'always':
      return { people: layer.people, shift: 0 };
    case 'calendar': {
      const span = spanAt(layer.spans, at);
      return span === null ? null : { people: span.people, shift: span.from };
    }
    default:
      return layer satisfies never;
  }
}

/** Moments of which the earliest after `at` is the next at which the layer may say something else. */
export function changesOf(layer: LayerConfig, zone: string, at: number): number[] {
  const edge = nextEdge(layer, zone, at);
  const moments = edge === null ? [] : [edge];
  if (layer.kind === 'calendar') return [...moments, ...spanEdges(layer.spans, at)];
  if (layer.kind !== 'rotation') return moments;
  const turn = turnAt(layer, zone, at);
  return [...moments, turn.kind === 'on' ? turn.shift.until : turn.startsAt];
}
