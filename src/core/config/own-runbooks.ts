/** Asks for a silence that one person alone may not have. */
export const WIDE_SILENCE = 'wide-silence';

/** Runbooks that the bot brings with it; a file cannot have their names. */
export const OWN_RUNBOOKS: readonly string[] = [WIDE_SILENCE];
