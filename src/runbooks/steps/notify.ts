import * as z from 'zod';
import { refuse } from '../../core/errors.ts';
import { lineField, textField } from './fields.ts';
import { printWord } from './printed.ts';
import { outcomeOfDoor } from './silence.ts';
import type { StepKind } from './step.ts';

interface Body {
  readonly text: string;
  readonly channel?: string | undefined;
}

/** Posts a text to a channel, or to the thread of the incident that the run is for. */
export const notifyStep: StepKind<Body> = {
  kind: 'notify',
  says: 'Posts a text to a channel or the incident’s thread.',
  body: (value) =>
    z.strictObject({
      text: value(
        textField.refine((text) => text.trim() !== '' && text.length <= 3000, 'must be 1 to 3000 characters'),
      ).describe('What is said; it mentions nobody.'),
      channel: value(lineField)
        .optional()
        .describe('Channel by its name in slack.yml; else the thread of the incident.'),
    }),
  needsHosts: false,
  mutates: () => true,
  isIdempotent: () => false,
  results: [],
  plan: async ({ text, channel = null }, { id, incident }, { config }) => {
    if (channel !== null && !Object.hasOwn(config.slack.channels, channel)) {
      throw refuse(
        'CHANNEL_UNKNOWN',
        `The step "${id}" names no channel of slack.yml: ${printWord(channel)}.`,
        'Name one.',
      );
    }
    const target = channel ?? (incident === null ? 'nobody' : `the thread of ${incident}`);
    const nowhere = { kind: 'incident', reason: `"${id}" posts to the incident’s thread, and the run is for none` };
    return {
      planned: {
        id,
        kind: 'notify',
        target,
        call: `post ${printWord(text)}`,
        effect: 'people read it',
        undo: null,
        mutates: true,
      },
      targets: [],
      facts: [],
      changes: [],
      probes: [],
      blockedBy: channel === null && incident === null ? [nowhere] : [],
      units: [
        {
          name: '-',
          run: async ({ doors, run, key }) => {
            try {
              await doors.notify({ run, key, channel, incident, text });
              return { status: 'done', summary: `posted to ${target}` };
            } catch (error) {
              return outcomeOfDoor(error);
            }
          },
        },
      ],
    };
  },
};
