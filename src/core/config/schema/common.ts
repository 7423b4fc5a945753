import { DateTime, IANAZone } from 'luxon';
import * as z from 'zod';
import { parseDuration } from '../../duration.ts';
import { WEEKDAYS } from '../config.ts';

/** Ten years: longer is a slip, and dates beyond it cannot be computed with. */
const LONGEST_SECONDS = 3650 * 86_400;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;

/** A key that an operator chooses: of a person, channel, service, probe … */
export const name = z
  .string()
  .regex(NAME, 'a name is made of letters, digits, "-", "_" and ".", begins with a letter or digit, at most 63 long');

/** A reference to a name that stands elsewhere; whether it does is checked across the files. */
export const reference = (what: string) => z.string().min(1, 'must not be empty').describe(what);

/** `90s 15m 4h 2d 1w`, also `1h30m`; zero is `0m`. */
export const duration = z
  .string({ error: 'must be a duration such as 90s, 15m, 4h, 2d or 1w' })
  .regex(/^(\d+[smhdw])+$/, 'must be a duration such as 90s, 15m, 4h, 2d or 1w')
  .refine((text) => (parseDuration(text) ?? Number.POSITIVE_INFINITY) <= LONGEST_SECONDS, 'must be at most ten years');

/** A duration above zero. */
export const positiveDuration = duration.refine((text) => parseDuration(text) !== 0, 'must be longer than zero');

/** `HH:MM`, wall time. */
export const timeOfDay = z
  .string({ error: 'must be a time of day such as "09:00"' })
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as "09:00"');

/** `HH:MM` at which something ends; `24:00` is the end of the day. */
export const endOfDay = z
  .string({ error: 'must be a time of day such as "18:00"' })
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of day such as "18:00", at most "24:00"');

/** `2026-01-05`, a day of the calendar. */
export const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, { error: 'must be a date such as 2026-01-05', abort: true })
  .refine((text) => DateTime.fromISO(text).isValid, 'must be a date that exists');

/** A zone of the IANA list: `America/Sao_Paulo`, `UTC`. */
export const timezone = z
  .string()
  .refine((zone) => IANAZone.isValidZone(zone), 'must be a zone of the IANA list, such as America/Sao_Paulo or UTC');

export const weekdays = z.array(z.enum(WEEKDAYS)).min(1, 'must name at least one day');

/** A value that may come from the environment as `${NAME}` and is never printed. */
export const secret = (what: string) =>
  z.string().min(1, 'must not be empty').meta({ writeOnly: true }).describe(`${what} May be "\${NAME}" (environment).`);

/** An http or https URL, not secret. */
export const httpUrl = z
  .string()
  .regex(/^https?:\/\/\S+$/i, 'must be a URL that begins with http:// or https://')
  .refine((url) => URL.canParse(url), 'must be a URL that begins with http:// or https://');

/** A URL that may carry a password, so that it may come from the environment. */
export const secretHttpUrl = (what: string) =>
  httpUrl.meta({ writeOnly: true }).describe(`${what} May contain "\${NAME}" (environment).`);

export const email = z.string().regex(/^[^\s@<>,;]+@[^\s@<>,;]+$/, 'must be an e-mail address');

/** A command as a list of arguments: it is started as it stands, no shell parses it. */
export const argv = z
  .array(z.string().regex(/^[^\0]*$/, 'must not contain a NUL'), {
    error: 'must be a list of arguments, such as [systemctl, start, worker]; no shell parses it',
  })
  .min(1, 'must name at least the program')
  .refine((words) => words[0] !== '', 'the program must not be empty');

/** Where a person or contact takes signed HTTP posts. */
export const webhook = z
  .strictObject({
    url: secretHttpUrl('Address that is posted to.'),
    secret: secret('Signs each post (HMAC).').optional(),
  })
  .describe('Webhook of this person or contact.');
