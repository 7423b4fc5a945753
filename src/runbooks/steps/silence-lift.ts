import * as z from 'zod';
import { lineField } from './fields.ts';
import { outcomeOfDoor } from './silence.ts';
import type { StepKind } from './step.ts';

interface Body {
  readonly id: string;
}

/** Ends a silence before its time. */
export const silenceLiftStep: StepKind<Body> = {
  kind: 'silence.lift',
  says: 'Lifts a silence.',
  body: (value) => z.strictObject({ id: value(lineField).describe('Id of the silence, such as "${mute.id}".') }),
  needsHosts: false,
  mutates: () => true,
  isIdempotent: () => true,
  results: [],
  plan: async ({ id: silence }, { id }) => ({
    planned: {
      id,
      kind: 'silence.lift',
      target: silence,
      call: `lift silence ${silence}`,
      effect: 'what it silenced notifies again',
      undo: null,
      mutates: true,
    },
    targets: [],
    facts: [],
    changes: [],
    probes: [],
    blockedBy: [],
    units: [
      {
        name: '-',
        run: async ({ doors, by }) => {
          try {
            await doors.liftSilence(silence, by);
            return { status: 'done', summary: `silence ${silence} is lifted` };
          } catch (error) {
            return outcomeOfDoor(error);
          }
        },
      },
    ],
  }),
};
