import { describe, expect, it } from 'vitest';
import type { RiskRule, StepCondition } from '../../src/core/config/config.ts';
import { riskOf } from '../../src/runbooks/risk.ts';
import type { PreparedStep } from '../../src/runbooks/steps/step.ts';
import { scopeOf } from '../../src/runbooks/substitute.ts';
import { testConfig, testRunbook } from '../support/config.ts';

const below = (value: number): StepCondition => ({ kind: 'threshold', threshold: { operator: '<', value } });
const is = (...values: Array<string | number>): StepCondition => ({ kind: 'values', values });
const rule = (when: RiskRule['when'], risk: RiskRule['risk'] = 'R3', says: string | null = null): RiskRule => {
  return { when, risk, says };
};
const SCOPE = scopeOf(
  { service: 'gianna', mode: 'hard', count: 0, net: '198.51.0.0/20', net6: '2001:db8::/40', from: '192.0.2.7' },
  testConfig(),
);
const risk = (riskWhen: RiskRule[], steps: ReadonlyArray<Pick<PreparedStep, 'raises'>> = []) =>
  riskOf(testRunbook('try', { risk: 'R2', riskWhen }), SCOPE, steps as PreparedStep[]);

describe('the risk of a run', () => {
  it('is what its runbook says while no rule holds', () => {
    expect(risk([rule({ mode: is('soft') }), rule({ count: below(0) })])).toEqual({ risk: 'R2', because: [] });
  });

  it.each<[string, RiskRule['when'], string]>([
    ['a choice', { mode: is('hard', 'harder') }, 'mode is hard or harder'],
    ['a number', { count: is(0) }, 'count is 0'],
    ['a threshold', { count: below(1) }, 'count < 1'],
    ['the width of a network', { 'net.family': is(4), 'net.prefix': below(24) }, 'net.family is 4 and net.prefix < 24'],
    [
      'the width of a network of IPv6',
      { 'net6.family': is(6), 'net6.prefix': below(48) },
      'net6.family is 6 and net6.prefix < 48',
    ],
    ['a part of a service', { 'service.environment': is('production') }, 'service.environment is production'],
  ])('is raised by %s', (_by, when, because) => {
    expect(risk([rule(when)])).toEqual({ risk: 'R3', because: [because] });
  });

  it('is not raised while one condition of several does not hold, nor by what is not known', () => {
    const rules = [
      rule({ mode: is('hard'), count: is(1) }),
      rule({ 'from.prefix': below(32) }),
      rule({ 'note.family': is(4) }),
    ];

    expect(risk(rules).risk).toBe('R2');
  });

  it('says why in the words of its author', () => {
    expect(risk([rule({ mode: is('hard') }, 'R3', 'all at once')]).because).toEqual(['all at once']);
  });

  it('is raised by what a step comes to, whatever the runbook says', () => {
    const steps = [{}, { raises: { risk: 'R3', because: 'nothing of gianna would run' } as const }];

    expect(risk([], steps)).toEqual({ risk: 'R3', because: ['nothing of gianna would run'] });
  });

  it('is never lowered', () => {
    const steps = [{ raises: { risk: 'R1', because: 'harmless' } as const }];

    expect(risk([rule({ mode: is('hard') }, 'R1')], steps)).toEqual({ risk: 'R2', because: [] });
  });
});
