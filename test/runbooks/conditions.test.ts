import { describe, expect, it } from 'vitest';
import type { StepCondition, Threshold } from '../../src/core/config/config.ts';
import { holds } from '../../src/runbooks/conditions.ts';
import { scopeOf } from '../../src/runbooks/substitute.ts';
import { testConfig } from '../support/config.ts';

const RESULTS = { before: { result: 'ok', fail: 2, isOn: true, text: '12 MB', empty: '' } };
const scope = scopeOf({ service: 'gianna', mode: 'soft', count: 3, password: { secret: 'X' } }, testConfig(), RESULTS);
const values = (...wanted: Array<string | number | boolean>): StepCondition => ({ kind: 'values', values: wanted });
const threshold = (operator: Threshold['operator'], value: number): StepCondition => {
  return { kind: 'threshold', threshold: { operator, value } };
};

describe('a condition', () => {
  it.each<[string, StepCondition]>([
    ['before.result', values('warn', 'ok')],
    ['before.fail', values('2')],
    ['before.fail', values(2)],
    ['before.isOn', values(true)],
    ['mode', values('soft')],
    ['service.environment', values('production')],
    ['count', threshold('>', 2)],
    ['count', threshold('>=', 3)],
    ['count', threshold('<', 4)],
    ['count', threshold('<=', 3)],
    ['count', threshold('==', 3)],
    ['count', threshold('!=', 4)],
  ])('on %s holds for %j', (name, condition) => {
    expect(holds({ [name]: condition }, scope)).toEqual({ holds: true });
  });

  it.each<[string, StepCondition, string]>([
    ['before.result', values('fail', 'unknown'), 'before.result is ok, not fail or unknown'],
    ['before.isOn', values(false), 'before.isOn is true, not false'],
    ['before.empty', values('x'), 'before.empty is empty, not x'],
    ['later.result', values('ok'), 'later.result is not known'],
    ['constructor', values('x'), 'constructor is not known'],
    ['service.probes', values('cache'), 'service.probes is no single value'],
    ['password', values('X'), 'password is no single value'],
    ['count', threshold('>', 3), 'count is 3, not > 3'],
    ['count', threshold('>=', 4), 'count is 3, not >= 4'],
    ['count', threshold('<', 3), 'count is 3, not < 3'],
    ['count', threshold('<=', 2), 'count is 3, not <= 2'],
    ['count', threshold('==', 4), 'count is 3, not == 4'],
    ['count', threshold('!=', 3), 'count is 3, not != 3'],
    ['before.text', threshold('>', 3), 'before.text is 12 MB, which is no number'],
    ['before.empty', threshold('<', 3), 'before.empty is empty, which is no number'],
    ['before.isOn', threshold('>', 0), 'before.isOn is true, which is no number'],
  ])('on %s does not hold for %j, and says why', (name, condition, reason) => {
    expect(holds({ [name]: condition }, scope)).toEqual({ holds: false, reason });
  });

  it('is one of several that must all hold', () => {
    const both = { mode: values('soft'), count: threshold('>', 9) };

    expect(holds(both, scope)).toEqual({ holds: false, reason: 'count is 3, not > 9' });
    expect(holds({}, scope)).toEqual({ holds: true });
  });
});
