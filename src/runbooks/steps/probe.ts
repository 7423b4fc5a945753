import * as z from 'zod';
import type { CheckResult } from '../../probes/check.ts';
import { readBody, type StepKind } from './step.ts';

const Names = z.union([z.string().transform((name) => [name]), z.array(z.string())]);
const Body = z.union([Names, z.object({ probe: Names }).transform(({ probe }) => probe)]);

const WORST_FIRST = ['fail', 'unknown', 'warn', 'ok'] as const;

/** Runs probes and records what they say. It looks, so what they say never fails the step itself. */
export const probeStep: StepKind = {
  kind: 'probe',
  plan: async (input) => {
    const probes = readBody(Body, input);
    const names = probes.join(', ');
    return {
      planned: {
        id: input.id,
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
      run: async ({ runProbes, signal }) => {
        const checks = probes.length === 0 ? [] : await runProbes(probes, signal);
        return { status: 'done', summary: tellChecks(checks), checks };
      },
    };
  },
};

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
