import { describe, expect, it } from 'vitest';
import { type Answer, judgeAction, judgeBefore, type Trace } from '../../src/hosts/drivers/action-verdict.ts';

const OLD = '2026-11-22T14:00:00.1Z';
const NEW = '2026-11-22T14:00:09.9Z';
const ok: Answer = { kind: 'ok' };
const refused: Answer = { kind: 'refused', said: 'no space left' };
const lost: Answer = { kind: 'lost', said: 'the connection was closed before the answer' };

const trace = (start: string | null, restarts = 0, alive = true): Trace => ({
  alive,
  running: alive,
  start,
  startedAt: start === null ? null : Date.parse(start),
  restarts,
  exitCode: alive ? null : 3,
});
const restart = { kind: 'restart', mode: 'graceful' } as const;
const NEVER = null;

describe('the verdict on a restart', () => {
  it.each([
    { why: 'a yes and a new start', answer: ok, after: trace(NEW), outcome: 'done' },
    { why: 'a yes and a new start of what crashed since', answer: ok, after: trace(NEW, 2, false), outcome: 'done' },
    { why: 'a yes without a new start', answer: ok, after: trace(OLD), outcome: 'unknown' },
    { why: 'no answer and a new start', answer: lost, after: trace(NEW), outcome: 'done' },
    { why: 'no answer and a start by its own policy', answer: lost, after: trace(NEW, 1), outcome: 'unknown' },
    { why: 'no answer, and it runs as before', answer: lost, after: trace(OLD), outcome: 'not-done' },
    { why: 'no answer, and it was only stopped', answer: lost, after: trace(OLD, 0, false), outcome: 'unknown' },
    { why: 'a no, and it runs as before', answer: refused, after: trace(OLD), outcome: 'not-done' },
    { why: 'a no, and it does not run', answer: refused, after: trace(OLD, 0, false), outcome: 'not-done' },
    { why: 'a no, and yet a new start', answer: refused, after: trace(NEW), outcome: 'unknown' },
    { why: 'no answer from one that never started', answer: lost, after: trace(NEVER, 0, false), outcome: 'unknown' },
  ])('is $outcome for $why', ({ answer, after, outcome }) => {
    const result = judgeAction({ name: 'app', action: restart, before: trace(OLD), after, answer });

    expect(result.outcome).toBe(outcome);
    expect(result.summary).toContain('app');
  });

  it('repeats in words what the engine said', () => {
    const result = judgeAction({
      name: 'app',
      action: restart,
      before: trace(OLD),
      after: trace(OLD, 0, false),
      answer: refused,
    });

    expect(result.summary).toBe('app was not restarted (no space left); it does not run now');
  });
});

describe('the verdict on a start', () => {
  const down = trace(OLD, 0, false);

  it.each([
    { why: 'a yes and a new start', answer: ok, after: trace(NEW), outcome: 'done', undo: { kind: 'stop' } },
    { why: 'no answer and a new start', answer: lost, after: trace(NEW), outcome: 'done', undo: { kind: 'stop' } },
    { why: 'a no, and it runs', answer: refused, after: trace(NEW), outcome: 'done', undo: undefined },
    {
      why: 'a start that ended at once',
      answer: ok,
      after: trace(NEW, 0, false),
      outcome: 'not-done',
      undo: undefined,
    },
    { why: 'a yes without a new start', answer: ok, after: down, outcome: 'unknown', undo: undefined },
    { why: 'a no, and it does not run', answer: refused, after: down, outcome: 'not-done', undo: undefined },
    { why: 'no answer, and it does not run', answer: lost, after: down, outcome: 'not-done', undo: undefined },
  ])('is $outcome for $why', ({ answer, after, outcome, undo }) => {
    const result = judgeAction({ name: 'app', action: { kind: 'start' }, before: down, after, answer });

    expect(result.outcome).toBe(outcome);
    expect(result.undo).toEqual(undo);
    expect(result.summary).toContain('app');
  });
});

describe('the verdict on a stop', () => {
  const up = trace(OLD);
  const back = { kind: 'start' };

  it.each([
    { why: 'a yes and no life', answer: ok, after: trace(OLD, 0, false), outcome: 'done', undo: back },
    { why: 'no answer and no life', answer: lost, after: trace(OLD, 0, false), outcome: 'done', undo: back },
    { why: 'a no and no life', answer: refused, after: trace(OLD, 0, false), outcome: 'done', undo: undefined },
    { why: 'a yes, and it runs as before', answer: ok, after: up, outcome: 'not-done', undo: undefined },
    { why: 'a yes, and it was started again', answer: ok, after: trace(NEW), outcome: 'not-done', undo: undefined },
    { why: 'no answer, and it runs as before', answer: lost, after: up, outcome: 'not-done', undo: undefined },
  ])('is $outcome for $why', ({ answer, after, outcome, undo }) => {
    const result = judgeAction({ name: 'app', action: { kind: 'stop' }, before: up, after, answer });

    expect(result.outcome).toBe(outcome);
    expect(result.undo).toEqual(undo);
    expect(result.summary).toContain('app');
  });
});

describe('a look before', () => {
  it.each([
    { why: 'a start of what runs', kind: 'start', before: trace(OLD), result: 'done' },
    { why: 'a stop of what does not', kind: 'stop', before: trace(OLD, 0, false), result: 'done' },
    {
      why: 'a start of what crash-loops',
      kind: 'start',
      before: { ...trace(OLD), running: false },
      result: 'not-done',
    },
    { why: 'a stop of what crash-loops', kind: 'stop', before: { ...trace(OLD), running: false }, result: null },
    { why: 'a start of what does not run', kind: 'start', before: trace(OLD, 0, false), result: null },
    { why: 'a stop of what runs', kind: 'stop', before: trace(OLD), result: null },
  ] as const)('says $result for $why, and nothing is to be undone', ({ kind, before, result }) => {
    const settled = judgeBefore('app', { kind }, before);

    expect(settled?.outcome ?? null).toBe(result);
    expect(settled?.undo).toBeUndefined();
  });
});
