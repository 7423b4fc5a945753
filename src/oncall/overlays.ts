import { handoffOverlay } from './handoff/lay-over.ts';
import type { AnyOverlay } from './overlay.ts';
import { overrideOverlay } from './overrides/lay-over.ts';

/** What may lie over the configuration; a later one covers an earlier one. */
export const OVERLAYS: readonly AnyOverlay[] = [handoffOverlay, overrideOverlay];
