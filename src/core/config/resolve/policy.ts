import type { PolicyConfig } from '../config.ts';

/** What holds without a policy.yml: R3 alone needs a second person, nothing is frozen, nothing runs of itself. */
export const NO_POLICY: PolicyConfig = {
  approvals: { expireSeconds: 1200, required: [], breakGlass: true },
  freeze: [],
  remediation: [],
};
