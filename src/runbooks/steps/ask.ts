import * as z from 'zod';
import { ROLES, type Role } from '../../core/config/config.ts';
import { lineField } from './fields.ts';
import { printWord } from './printed.ts';
import type { StepKind } from './step.ts';

interface Body {
  readonly question: string;
  readonly roles: readonly Role[];
}

/** Stops the run until a person has answered. The engine asks and waits; there is nothing to carry out. */
export const askStep: StepKind<Body> = {
  kind: 'ask',
  says: 'Waits until a person says to go on, to skip or to abort.',
  body: (value) =>
    z.strictObject({
      question: value(lineField.refine((text) => text.length <= 500, 'must be at most 500 characters')).describe(
        'What is asked, in one line.',
      ),
      roles: z.array(z.enum(ROLES)).default([]).describe('Who may answer; else whoever may carry on a run.'),
    }),
  needsHosts: false,
  mutates: () => false,
  isIdempotent: () => true,
  results: [],
  plan: async ({ question, roles }, { id }) => ({
    planned: {
      id,
      kind: 'ask',
      target: roles.length === 0 ? 'whoever may' : roles.join(', '),
      call: `ask ${printWord(question)}`,
      effect: 'the run waits for an answer',
      undo: null,
      mutates: false,
    },
    targets: [],
    facts: [],
    changes: [],
    probes: [],
    blockedBy: [],
    asks: { question, roles },
    units: [],
  }),
};
