import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideRun, type RunCommand } from '../../src/runbooks/run.ts';
import { evolveRun } from '../../src/runbooks/run-evolve.ts';
import type { RunEvent, RunRecord } from '../../src/runbooks/run-record.ts';

const REQUEST: RunCommand = {
  kind: 'request',
  runbook: 'restart',
  service: 'gianna',
  risk: 'R2',
  plan: 'p',
  planHash: 'h',
  locks: ['docker-1/gianna'],
  reason: null,
  steps: [
    { id: 'before', kind: 'probe' },
    { id: 'restart', kind: 'service.restart' },
    { id: 'verify-1', kind: 'probe' },
  ],
  dry: false,
  approvals: 0,
  expiresAt: null,
  cause: null,
};

interface Story {
  readonly run: RunRecord | null;
  readonly events: readonly RunEvent[];
}

function play(commands: readonly RunCommand[]): Story {
  let run: RunRecord | null = null;
  const events: RunEvent[] = [];
  for (const [at, command] of commands.entries()) {
    const decision = decideRun(run, command);
    if (decision.kind === 'impossible') continue;
    for (const event of decision.events) {
      const stored = { ...event, id: 'RUN-1', at, actor: 'local', incident: 'GI-1' };
      events.push(stored);
      run = evolveRun(run, stored);
    }
  }
  return { run, events };
}

const step = fc.constantFrom('before', 'restart', 'verify-1', 'nothing');
const anyCommand: fc.Arbitrary<RunCommand> = fc.oneof(
  fc.constant(REQUEST),
  fc.constant<RunCommand>({ kind: 'start' }),
  step.map((id): RunCommand => ({ kind: 'start-step', step: id })),
  fc.tuple(step, fc.constantFrom('done', 'failed', 'unknown')).map(
    ([id, status]): RunCommand => ({
      kind: 'finish-step',
      step: id,
      status,
      summary: 's',
      checks: 'c',
      role: id === 'before' ? 'before' : null,
      results: null,
      undo: id === 'restart' ? 'u' : null,
      keep: null,
      log: null,
    }),
  ),
  fc.constant<RunCommand>({ kind: 'end', status: 'succeeded', verdict: 'fixed', summary: 's', at: 99 }),
  fc.constant<RunCommand>({ kind: 'interrupt', mutating: ['restart'], summary: 's' }),
  fc.constant<RunCommand>({ kind: 'refuse', code: 'NOT_ALLOWED', summary: 's' }),
  fc.constant<RunCommand>({ kind: 'probed', checks: 'c', summary: 's' }),
);
const anyStory = fc
  .array(anyCommand, { maxLength: 40 })
  .map((commands) => play([REQUEST, { kind: 'start' }, ...commands]));
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

describe('a run', () => {
  it('starts no step twice, and none beside another, whatever is asked of it', () => {
    fc.assert(
      fc.property(anyStory, ({ events }) => {
        const open = new Set<unknown>();
        const begun = new Set<unknown>();
        for (const { type, data } of events) {
          if (type === 'run.step-started') {
            expect(begun.has(data.step)).toBe(false);
            expect(open.size).toBe(0);
            begun.add(data.step);
            open.add(data.step);
          }
          if (type === 'run.step-finished') expect(open.delete(data.step)).toBe(true);
        }
      }),
      { seed, numRuns: 500 },
    );
  });

  it('ends once: after its end nothing but a look at an interrupted one is recorded', () => {
    const ends = ['run.ended', 'run.interrupted', 'run.refused'];
    fc.assert(
      fc.property(anyStory, ({ events }) => {
        const at = events.findIndex(({ type }) => ends.includes(type));
        if (at < 0) return;
        const later = events.slice(at + 1).map(({ type }) => type);
        expect(later.every((type) => type === 'run.probed' && events[at]?.type === 'run.interrupted')).toBe(true);
      }),
      { seed, numRuns: 500 },
    );
  });

  it('leaves no step waiting or under way once it has ended', () => {
    fc.assert(
      fc.property(anyStory, ({ run }) => {
        if (run === null || run.endedAt === null) return;
        expect(run.steps.some(({ status }) => status === 'waiting' || status === 'running')).toBe(false);
      }),
      { seed, numRuns: 500 },
    );
  });

  it('calls the step unknown that changes something and was under way when the bot died', () => {
    const { run } = play([
      REQUEST,
      { kind: 'start' },
      { kind: 'start-step', step: 'restart' },
      { kind: 'interrupt', mutating: ['restart'], summary: 's' },
    ]);

    expect(run?.steps.map(({ status }) => status)).toEqual(['skipped', 'unknown', 'skipped']);
  });

  it('calls a step that only looks skipped when the bot died in it', () => {
    const { run } = play([
      REQUEST,
      { kind: 'start' },
      { kind: 'start-step', step: 'before' },
      { kind: 'interrupt', mutating: ['restart'], summary: 's' },
    ]);

    expect(run?.steps.map(({ status }) => status)).toEqual(['skipped', 'skipped', 'skipped']);
  });

  it('does not begin a step before it has started', () => {
    const decision = decideRun(play([REQUEST]).run, { kind: 'start-step', step: 'before' });

    expect(decision).toEqual({ kind: 'impossible', reason: 'is waiting' });
  });
});
