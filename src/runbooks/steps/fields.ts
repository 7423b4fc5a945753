import * as z from 'zod';
import { parseDuration } from '../../core/duration.ts';

/** A duration as an operator writes it: `90s`, `15m`, `1h30m`. */
export const durationField = z
  .string()
  .refine((text) => parseDuration(text) !== null, 'must be a duration such as 90s, 15m or 1h30m');
