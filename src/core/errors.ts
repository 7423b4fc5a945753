/**
 * Errors the operator meets. Three families: a *refusal* is shown to the person who asked and says what to do; a
 * *transient* one is retried with back-off; a *bug* is logged in full and shown as a short reference.
 */
export type ErrorFamily = 'refusal' | 'transient' | 'bug';

export interface ErrorDetails {
  /** Stable, upper snake case: `INCIDENT_UNKNOWN`. */
  code: string;
  family: ErrorFamily;
  /** What happened and what did not, for the operator. Never a secret, never a stack. */
  message: string;
  /** What to do about it. */
  remedy: string;
  cause?: unknown;
}

/** The one error class of the project; everything else thrown is a bug. */
export class OpsError extends Error {
  readonly code: string;
  readonly family: ErrorFamily;
  readonly remedy: string;

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'OpsError';
    this.code = details.code;
    this.family = details.family;
    this.remedy = details.remedy;
  }
}

/** A refusal: the asker did something that cannot be done now. */
export function refuse(code: string, message: string, remedy: string): OpsError {
  return new OpsError({ code, family: 'refusal', message, remedy });
}

/** A failure of the outside that may pass by itself. */
export function transient(code: string, message: string, remedy: string, cause?: unknown): OpsError {
  return new OpsError({ code, family: 'transient', message, remedy, cause });
}

/** The shape every failure has on stderr with `--json` and on the Unix socket. */
export interface ErrorReport {
  error: { code: string; message: string; remedy: string; reference: string };
}

/** Turns anything thrown into the report shown outside; a bug's own text stays in the log, under `reference`. */
export function reportError(thrown: unknown, reference: string): ErrorReport {
  if (thrown instanceof OpsError && thrown.family !== 'bug') {
    return { error: { code: thrown.code, message: thrown.message, remedy: thrown.remedy, reference } };
  }
  return {
    error: {
      code: 'INTERNAL',
      message: 'Something went wrong inside gianna-ops; nothing further was done.',
      remedy: `Look for reference ${reference} in the log.`,
      reference,
    },
  };
}
