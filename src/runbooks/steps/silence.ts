import * as z from 'zod';
import { formatDuration, parseDuration } from '../../core/duration.ts';
import { OpsError } from '../../core/errors.ts';
import { lineField, spanField } from './fields.ts';
import { printWord } from './printed.ts';
import type { StepInput, StepKind, StepRunDeps, UnitOutcome } from './step.ts';

interface Body {
  readonly matchers: Readonly<Record<string, string>> | string;
  readonly for: string;
  readonly reason: string;
}

const label = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be the name of a label');

/** Makes a silence in Alertmanager under the rules of silences; it ends by itself, and undoing lifts it. */
export const silenceStep: StepKind<Body> = {
  kind: 'silence',
  says: 'Silences alerts by their labels for a time.',
  body: (value) =>
    z.strictObject({
      matchers: z
        .union([
          z
            .record(label, value(lineField))
            .refine((labels) => Object.keys(labels).length > 0, 'must name at least one label'),
          value(lineField),
        ])
        .describe('Label → value, all equal; or a line such as alertname=~"Api.*", severity!="critical".'),
      for: value(spanField).describe('For how long.'),
      reason: value(lineField).describe('Why, for whoever sees it.'),
    }),
  needsHosts: false,
  mutates: () => true,
  isIdempotent: () => false,
  results: ['id'],
  plan: async (body, input, { doors }) => {
    const said = sayMatchers(body.matchers);
    const { incident } = input;
    const asked = { matchers: body.matchers, seconds: secondsOf(body), reason: body.reason, incident };
    const { blocked, shown, because } = await doors.foreseeSilence(asked);
    const unseen = input.isLate === true ? (because[0] ?? null) : null;
    return {
      planned: {
        id: input.id,
        kind: 'silence',
        target: said,
        call: `silence ${said} for ${formatDuration(secondsOf(body))}: ${printWord(body.reason)}`,
        effect: effectOf(shown),
        undo: 'the silence is lifted',
        mutates: true,
      },
      targets: [],
      facts: shown.map((mutes) => ({ mutes })),
      changes: [],
      needs: because,
      probes: [],
      blockedBy: [blocked, unseen].flatMap((reason) => (reason === null ? [] : [{ kind: 'silence', reason }])),
      units: [{ name: '-', run: (deps) => makeSilence(body, input, shown, deps) }],
    };
  },
};

/** In words that do not move with every alert: a yes is bound to them. */
function effectOf(shown: readonly string[]): string {
  const also = shown.length === 0 ? '' : `; it mutes ${shown.join(', ')}`;
  return `alerts with these labels notify nobody meanwhile${also}`;
}

function sayMatchers(matchers: Body['matchers']): string {
  if (typeof matchers === 'string') return `{${matchers}}`;
  return `{${Object.entries(matchers)
    .map(([name, value]) => `${name}=${printWord(value)}`)
    .join(', ')}}`;
}

function secondsOf(body: Body): number {
  return parseDuration(body.for) ?? 0;
}

async function makeSilence(
  body: Body,
  input: StepInput,
  agreed: readonly string[],
  deps: StepRunDeps,
): Promise<UnitOutcome> {
  try {
    const made = await deps.doors.silence({
      matchers: body.matchers,
      seconds: secondsOf(body),
      reason: body.reason,
      incident: input.incident,
      by: deps.by,
      key: deps.key,
      run: deps.run,
      agreed,
    });
    return {
      status: 'done',
      summary: `silence ${made.id} until ${new Date(made.until).toISOString()}`,
      results: { id: made.id },
      undo: { kind: 'silence.lift', body: { id: made.id } },
    };
  } catch (error) {
    return outcomeOfDoor(error);
  }
}

/** A refusal did nothing; after a failure of the outside nobody knows. */
export function outcomeOfDoor(error: unknown): UnitOutcome {
  if (!(error instanceof OpsError) || error.family === 'bug') throw error;
  const summary = `${error.message} ${error.remedy}`;
  return { status: error.family === 'refusal' ? 'failed' : 'unknown', summary };
}
