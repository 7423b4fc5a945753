import { describe, expect, it } from 'vitest';
import type { ParameterConfig } from '../../src/core/config/config.ts';
import { OpsError } from '../../src/core/errors.ts';
import { readParameters } from '../../src/runbooks/parameters.ts';
import { testConfig, testParameter, testRunbook } from '../support/config.ts';

const plain = testParameter('text');
const facts = { config: testConfig(), incidentService: null };

function read(parameter: Partial<ParameterConfig>, value: unknown) {
  const runbook = testRunbook('try', { risk: 'R1', parameters: { it: { ...plain, ...parameter } } });
  return readParameters(runbook, value === undefined ? {} : { it: value }, facts);
}

describe('a parameter', () => {
  it.each<[Partial<ParameterConfig>, unknown, unknown]>([
    [{ type: 'service' }, 'redis', 'redis'],
    [{ type: 'choice', options: ['a', 'b'] }, 'b', 'b'],
    [{ type: 'number' }, '-2.5', -2.5],
    [{ type: 'number' }, 7, 7],
    [{ type: 'duration' }, '1h30m', '1h30m'],
    [{ type: 'text' }, 'because it hangs; $(id)', 'because it hangs; $(id)'],
    [{ type: 'choice', options: ['a', 'b'], default: 'a', required: false }, undefined, 'a'],
  ])('of %j takes %j', (parameter, given, expected) => {
    expect(read(parameter, given)).toEqual({ it: expected });
  });

  it.each<[Partial<ParameterConfig>, unknown, string]>([
    [{ type: 'service' }, 'nothing', 'It must be one of gianna, redis, worker.'],
    [{ type: 'service' }, '-oProxyCommand=x', 'It must be one of gianna, redis, worker.'],
    [
      { type: 'choice', options: ['graceful', 'forced'] },
      'forcd',
      'It must be one of graceful, forced (did you mean forced?).',
    ],
    [{ type: 'number' }, '0x10', 'It must be a number.'],
    [{ type: 'number' }, 'NaN', 'It must be a number.'],
    [{ type: 'number' }, Number.POSITIVE_INFINITY, 'It must be a number.'],
    [{ type: 'duration' }, 'soon', 'It must be a duration such as 90s, 15m or 1h30m.'],
    [{ type: 'text' }, 'two\nlines', 'It must be one line of plain text.'],
    [{ type: 'text' }, 'a'.repeat(501), 'It must be a text of at most 500 characters.'],
    [{ type: 'text' }, { toString: 'x' }, 'It must be one text or number.'],
    [{ type: 'text' }, undefined, 'Give it=<text>.'],
  ])('of %j refuses %j, saying what is allowed', (parameter, given, remedy) => {
    const refusal = catchRefusal(() => read(parameter, given));

    expect(refusal.remedy).toBe(remedy);
    expect(refusal.message).toContain('"it"');
  });

  it('that is optional and not given is left out', () => {
    expect(read({ required: false }, undefined)).toEqual({});
  });
});

function catchRefusal(act: () => unknown): OpsError {
  try {
    act();
  } catch (error) {
    if (error instanceof OpsError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
