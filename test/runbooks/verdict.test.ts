import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/probes/check.ts';
import { conclude } from '../../src/runbooks/conclude.ts';
import type { PlannedStep } from '../../src/runbooks/run-state.ts';
import { judge } from '../../src/runbooks/verdict.ts';
import { check } from '../support/run-world.ts';

type Word = CheckResult['result'];
const all = (words: readonly Word[]) => words.map((word, index) => check(`p${index + 1}`, word));

describe('the verdict of two looks', () => {
  it.each<[Word[], Word[], string | null]>([
    [['fail'], ['ok'], 'fixed'],
    [['unknown'], ['ok'], 'fixed'],
    [['warn'], ['ok'], 'fixed'],
    [['fail', 'ok'], ['ok', 'ok'], 'fixed'],
    [['fail'], ['fail'], 'no-effect'],
    [['fail'], ['unknown'], 'no-effect'],
    [['unknown'], ['fail'], 'no-effect'],
    [['fail'], ['warn'], 'no-effect'],
    [['warn'], ['warn'], 'no-effect'],
    [['fail', 'fail'], ['ok', 'fail'], 'no-effect'],
    [['ok'], ['fail'], 'worse'],
    [['ok'], ['unknown'], 'worse'],
    [['ok'], ['warn'], 'worse'],
    [['warn'], ['fail'], 'worse'],
    [['fail', 'ok'], ['ok', 'fail'], 'worse'],
    [['ok'], ['ok'], null],
    [[], ['ok'], null],
    [[], ['fail'], 'no-effect'],
    [['fail'], [], null],
  ])('of %j and then %j is %s', (before, after, verdict) => {
    const judgement = judge(all(before), all(after));

    expect(judgement.verdict).toBe(verdict);
  });

  it('names what it was and what it is', () => {
    const { summary } = judge(all(['fail', 'ok']), all(['ok', 'ok']));

    expect(summary).toBe('p1 was failing, both probes are ok now');
  });

  it.each<[Word[], string]>([
    [['fail'], 'p1 was failing, is ok now'],
    [['fail', 'fail', 'ok'], 'p1 and p2 were failing, all 3 probes are ok now'],
    [['fail', 'warn', 'unknown'], 'p1, p2 and p3 were not well, all 3 probes are ok now'],
  ])('tells in words what was mended of %j', (before, words) => {
    const { summary } = judge(all(before), all(before.map(() => 'ok')));

    expect(summary).toBe(words);
  });
});

describe('the end of a run', () => {
  const step = (kind: string, status: 'done' | 'failed' | 'unknown') => {
    const planned: PlannedStep = { id: kind, kind, target: '', call: '', effect: '', undo: null, mutates: false };
    return { planned, status, summary: `${kind} says so` };
  };
  const done = [step('service.restart', 'done'), step('wait', 'done')];

  it('has succeeded when every step is done and no verification fails', () => {
    expect(conclude(done, all(['fail']), all(['ok']))).toMatchObject({ status: 'succeeded', verdict: 'fixed' });
    expect(conclude(done, all(['warn']), all(['warn']))).toMatchObject({ status: 'succeeded', verdict: 'no-effect' });
  });

  it.each<Word>(['fail', 'unknown'])('has failed when a verification says %s', (word) => {
    expect(conclude(done, all(['fail']), all([word]))).toMatchObject({ status: 'failed', verdict: 'no-effect' });
  });

  it('is never fixed when a step failed, whatever the probes say', () => {
    const looped = [step('service.restart', 'done'), step('wait', 'failed')];

    expect(conclude(looped, all(['fail']), all(['ok']))).toEqual({
      status: 'failed',
      verdict: null,
      summary: 'restarted but unhealthy: wait says so',
    });
  });

  it('has no verdict when nobody knows whether the step acted', () => {
    expect(conclude([step('service.restart', 'unknown')], all(['fail']), all(['ok']))).toMatchObject({
      status: 'interrupted',
      verdict: null,
      summary: 'outcome unknown: service.restart says so; now p1 ok',
    });
  });
});
