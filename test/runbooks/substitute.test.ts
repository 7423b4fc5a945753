import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scopeOf, substitute } from '../../src/runbooks/substitute.ts';
import { testConfig } from '../support/config.ts';

const scope = scopeOf({ service: 'gianna', mode: 'forced', count: 2 }, testConfig());

describe('a reference in a runbook', () => {
  it('keeps its type when it stands alone, a list among them', () => {
    expect(substitute('${service.probes}', scope)).toEqual(['gianna-health', 'gianna-ready']);
    expect(substitute('${count}', scope)).toBe(2);
  });

  it('is replaced at any depth', () => {
    expect(substitute({ a: [{ b: 'mode ${mode} of ${service}' }], c: 3 }, scope)).toEqual({
      a: [{ b: 'mode forced of gianna' }],
      c: 3,
    });
  });

  it('is refused when it names nothing, with what there is', () => {
    expect(() => substitute('${modus}', scope)).toThrowError('"${modus}" names nothing here.');
    expect(() => substitute('${constructor}', scope)).toThrowError('names nothing');
  });

  it('is refused when it is a list inside a longer text', () => {
    expect(() => substitute('all of ${service.probes}', scope)).toThrowError('a list inside a longer text');
  });

  it('is never read again: a value is taken as it is, whatever it holds', () => {
    const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
    const hostile = fc.constantFrom('${mode}', '$(id)', '`id`', '; rm -rf /', '$&', '$1', '\\n', '"', "'");
    fc.assert(
      fc.property(fc.array(fc.oneof(hostile, fc.string())), (parts) => {
        const value = parts.join('');
        const values = new Map([['text', value]]);
        expect(substitute('${text}', values)).toBe(value);
        expect(substitute(['a ${text} b'], values)).toEqual([`a ${value} b`]);
      }),
      { seed },
    );
  });
});
