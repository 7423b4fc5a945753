import * as z from 'zod';
import type { CheckResult } from '../../probes/check.ts';
import type { StepKind } from './step.ts';

type Body = string | readonly string[];

const WORST_FIRST = ['fail', 'unknown', 'warn', 'ok'] as const;

/** Runs probes and records what they say. It looks, so what they say never fails the step itself. */
export const probeStep: StepKind<Body> = {
  kind: 'probe',
  says: 'Runs probes by name, or "${service.probes}"; records what they say.',
  body: (value) => value(z.union([z.string().min(1), z.array(z.string().min(1))])),
  needsHosts: false,
  mutates: () => false,
  isIdempotent: () => true,
  results: ['result', 'ok', 'warn', 'fail'],
  plan: async (body, { id }) => {
    const probes = typeof body === 'string' ? [body] : body;
    const names = probes.join(', ');
    return {
      planned: {
        id,
        kind: 'probe',
        target: names === '' ? 'no probe' : names,
        call: probes.map((name) => `probe ${name}`).join('; '),
        effect: 'looks, changes nothing',
        undo: null,
        mutates: false,
      },
      targets: [],
      facts: [],
      changes: [],
      probes,
      blockedBy: [],
      units: [
        {
          name: '-',
          run: async ({ runProbes, signal }) => {
            const checks = probes.length === 0 ? [] : await runProbes(probes, signal);
            return { status: 'done', summary: tellChecks(checks), checks, results: resultsOf(checks) };
          },
        },
      ],
    };
  },
};

/** `result` is the worst of all. */
function resultsOf(checks: readonly CheckResult[]): Record<string, string | number> {
  const count = (wanted: readonly string[]) => checks.filter(({ result }) => wanted.includes(result)).length;
  const worst = WORST_FIRST.find((result) => checks.some((check) => check.result === result)) ?? 'ok';
  return { result: worst, ok: count(['ok']), warn: count(['warn']), fail: count(['fail', 'unknown']) };
}

/** `gianna-health fail: 503 in 5 ms; expected 200; 2 ok`: worst first, what is well as a count. May hold foreign text. */
export function tellChecks(checks: readonly CheckResult[]): string {
  if (checks.length === 0) return 'no probes to run';
  const sorted = [...checks].sort((a, b) => WORST_FIRST.indexOf(a.result) - WORST_FIRST.indexOf(b.result));
  const unwell = sorted.filter(({ result }) => result !== 'ok');
  const well = checks.length - unwell.length;
  if (unwell.length === 0) return well === 1 ? `${checks[0]?.probe ?? 'it'} ok` : `all ${well} ok`;
  const told = unwell.map((check) => `${check.probe} ${check.result}: ${check.summary}`);
  return [...told, ...(well === 0 ? [] : [`${well} ok`])].join('; ');
}
