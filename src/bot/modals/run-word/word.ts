import type { Right } from '../../roles.ts';

/**
 * One form in which a person gives a word on a run: its verb, how it is called, whether a reason is asked. Its
 * `callback_id` is `gi.<verb>`; its plan is the one that the request is about.
 */
export interface WordSpec {
  readonly verb: 'approve' | 'deny' | 'break-glass';
  /** At most 24 characters. */
  readonly title: string;
  readonly submit: string;
  /** Begins the sentence of a refusal: `Approving`. */
  readonly doing: string;
  readonly right: (risk: string) => Right;
  readonly asksReason: boolean;
  /** What stands above the plan. */
  readonly warning: string;
}

/** Every form of this kind. */
export const WORDS: readonly WordSpec[] = [
  {
    verb: 'approve',
    title: 'Approve a run',
    submit: 'Approve exactly this',
    doing: 'Approving',
    right: () => 'approve',
    asksReason: false,
    warning: '⚠️ *You agree to exactly this plan.* It starts at once, and it does not start if anything of it changed.',
  },
  {
    verb: 'deny',
    title: 'Deny a run',
    submit: 'Deny',
    doing: 'Denying',
    right: () => 'read',
    asksReason: true,
    warning: 'Nothing is run. Whoever asked sees your reason.',
  },
  {
    verb: 'break-glass',
    title: 'Break the glass',
    submit: 'Run without second',
    doing: 'Breaking the glass',
    right: () => 'R2',
    asksReason: true,
    warning:
      '🚨 *It runs without a second person.* Only the owner of the acknowledged P0 or P1 may; admins are told at once, and it is reviewed.',
  },
];
