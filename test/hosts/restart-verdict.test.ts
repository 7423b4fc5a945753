import { describe, expect, it } from 'vitest';
import { type Answer, judgeRestart } from '../../src/hosts/drivers/restart-verdict.ts';

const OLD = '2026-11-22T14:00:00.1Z';
const NEW = '2026-11-22T14:00:09.9Z';
const NEVER = '0001-01-01T00:00:00Z';
const ok: Answer = { kind: 'ok' };
const refused: Answer = { kind: 'refused', said: 'no space left' };
const lost: Answer = { kind: 'lost', said: 'the connection was closed before the answer' };

const trace = (startedAt: string, restarts = 0, running = true) => ({
  State: { Running: running, StartedAt: startedAt },
  RestartCount: restarts,
});

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
    const result = judgeRestart({ name: 'app', before: trace(OLD), after, answer });

    expect(result.outcome).toBe(outcome);
    expect(result.summary).toContain('app');
  });

  it('repeats in words what the engine said', () => {
    const result = judgeRestart({ name: 'app', before: trace(OLD), after: trace(OLD, 0, false), answer: refused });

    expect(result.summary).toBe('app was not restarted (no space left); it does not run now');
  });
});
