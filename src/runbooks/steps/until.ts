import * as z from 'zod';
import type { Clock } from '../../core/clock.ts';
import { formatDuration, parseDuration } from '../../core/duration.ts';
import { refuse } from '../../core/errors.ts';
import type { CheckResult } from '../../probes/check.ts';
import { durationField, spanField } from './fields.ts';
import { tellChecks } from './probe.ts';
import type { StepKind, StepRunDeps, UnitOutcome } from './step.ts';

type Wanted = 'ok' | 'warn' | 'fail';
interface Body {
  readonly probe: string | readonly string[];
  readonly is: Wanted | readonly Wanted[];
  readonly within: string;
  readonly every: string;
}

const wanted = z.enum(['ok', 'warn', 'fail']);

/** Waits until every named probe says what is wanted, or the time is over; it only looks. */
export const untilStep: StepKind<Body> = {
  kind: 'until',
  says: 'Waits until probes say what is wanted.',
  body: (value) =>
    z.strictObject({
      probe: value(z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])).describe(
        'Probes by name, or "${service.probes}"; each must say it.',
      ),
      is: z
        .union([wanted, z.array(wanted).min(1)])
        .default('ok')
        .describe('ok, warn or fail, or several of them.'),
      within: value(durationField).describe('Time limit; it is looked at once at least.'),
      every: value(spanField).default('5s').describe('Time between two looks.'),
    }),
  needsHosts: false,
  mutates: () => false,
  isIdempotent: () => true,
  results: ['result', 'seconds'],
  plan: async (body, { id }, { config }) => {
    const probes = [body.probe].flat();
    const unknown = probes.find((name) => !Object.hasOwn(config.probes, name));
    if (unknown !== undefined) {
      throw refuse('PROBE_UNKNOWN', `The step "${id}" waits for "${unknown}", which is no probe.`, 'See probes.yml.');
    }
    const within = parseDuration(body.within) ?? 0;
    return {
      planned: {
        id,
        kind: 'until',
        target: probes.join(', '),
        call: `probe ${probes.join(', ')} every ${body.every} until ${[body.is].flat().join(' or ')}, within ${formatDuration(within)}`,
        effect: 'looks, changes nothing',
        undo: null,
        mutates: false,
      },
      targets: [],
      facts: [],
      changes: [],
      probes,
      blockedBy: [],
      units: [{ name: '-', run: (deps) => waitUntil(body, probes, deps) }],
    };
  },
};

async function waitUntil(body: Body, probes: readonly string[], deps: StepRunDeps): Promise<UnitOutcome> {
  const { clock, signal } = deps;
  const begun = clock.monotonicMs();
  const endsAt = begun + (parseDuration(body.within) ?? 0) * 1000;
  const everyMs = (parseDuration(body.every) ?? 1) * 1000;
  const values: readonly string[] = [body.is].flat();
  for (;;) {
    const checks = await deps.runProbes(probes, signal);
    const now = clock.monotonicMs();
    const isSo = checks.length > 0 && checks.every(({ result }) => values.includes(result));
    const told = { checks, results: { result: worstOf(checks), seconds: Math.round((now - begun) / 1000) } };
    if (isSo) return { status: 'done', summary: tellChecks(checks), ...told };
    if (signal.aborted) return { status: 'failed', summary: `the wait was stopped; ${tellChecks(checks)}`, ...told };
    if (now >= endsAt) {
      return { status: 'failed', summary: `not so within ${body.within}: ${tellChecks(checks)}`, ...told };
    }
    await pause(Math.min(everyMs, endsAt - now), clock, signal);
  }
}

function worstOf(checks: readonly CheckResult[]): string {
  const order = ['fail', 'unknown', 'warn', 'ok'] as const;
  return order.find((result) => checks.some((check) => check.result === result)) ?? 'unknown';
}

function pause(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(delayMs, end);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}
