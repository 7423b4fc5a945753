/**
 * A secret by the name of the environment's variable that holds it (or whose `…_FILE` does). Plans, events, messages
 * and logs hold the name only; the value is read when the step runs and goes by stdin or environment, never in an argv.
 */
export interface SecretRef {
  readonly secret: string;
}

export const SECRET_NAME = /^[A-Z][A-Z0-9_]{0,99}$/;

/** Whether a substituted value is a secret's name and not a value. */
export function isSecretRef(value: unknown): value is SecretRef {
  return value !== null && typeof value === 'object' && 'secret' in value && typeof value.secret === 'string';
}
