/** Everybody may do everything, and nothing is secret. */
export const trusting = {
  mayRun: async () => ({ allowed: true, reason: '' }),
  mayApprove: async () => ({ allowed: true, reason: '' }),
  secretOf: () => 'nothing',
  redact: (text: string) => text,
};
