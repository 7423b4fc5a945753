import * as z from 'zod';
import { parseDuration } from '../../core/duration.ts';
import { SECRET_NAME, type SecretRef } from '../secret-ref.ts';

/** A duration as an operator writes it: `90s`, `15m`, `1h30m`. */
export const durationField = z
  .string()
  .refine((text) => parseDuration(text) !== null, 'must be a duration such as 90s, 15m or 1h30m');

/** A duration above zero. */
export const spanField = durationField.refine((text) => parseDuration(text) !== 0, 'must be longer than zero');

/** A text that a number may stand for: `${count}` that stands alone stays a number until here. */
export const textField = z.union([z.string(), z.number()]).transform(String);

/** A text of one line that says something. */
export const lineField = textField.refine(
  (text) => text.trim() !== '' && !/[\p{Cc}\u2028\u2029]/u.test(text),
  'must be one line of text',
);

/** One argument of a program or command: whatever it holds, it stays one. */
export const wordField = textField.refine((text) => !text.includes('\0'), 'must not contain a NUL');

/** A secret by its variable's name, or a text that is kept from view as if it were one. */
export type SecretField = string | SecretRef;
const secretRef = z.strictObject({
  secret: z
    .string()
    .regex(SECRET_NAME, 'must be the name of a variable')
    .describe('Name of the environment’s variable that holds it.'),
});

/** A field that may hold `"${NAME}"`: the value of that variable, which nothing ever shows. */
export const secretField: z.ZodType<SecretField> = z.union([textField, secretRef]).meta({ writeOnly: true });

/** A text that the author of the runbook writes out: no `${…}`, since what it says is more than a value. */
export const writtenField = z
  .string()
  .min(1, 'must not be empty')
  .refine((text) => !text.includes('${'), 'must be written out, without ${…}');

/** An absolute path without `.`, `..`, `//` or control characters; not the root. */
export const pathField = z
  .string()
  .max(1000)
  .refine((path) => path.startsWith('/') && path.length > 1, 'must be an absolute path')
  .refine((path) => !/\p{Cc}/u.test(path), 'must not contain control characters')
  .refine(
    (path) =>
      path
        .slice(1)
        .split('/')
        .every((part) => part !== '' && part !== '.' && part !== '..'),
    'must be a plain path: no "..", no ".", no "//", no "/" at its end',
  );

/** The name of an environment variable. */
export const variableField = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'must be the name of a variable');
