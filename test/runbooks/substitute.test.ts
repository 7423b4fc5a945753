import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPending, scopeOf, substitute } from '../../src/runbooks/substitute.ts';
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

  it('leads to the parts of a service, and to results of steps that have ended', () => {
    const results = { before: { result: 'fail', ok: 2 }, run: { 'json.count': 3, done: true } };
    const both = scopeOf({ service: 'gianna' }, testConfig(), results);

    expect(
      substitute(['${service.host}', '${service.environment}', '${before.ok}', 'n=${run.json.count}'], both),
    ).toEqual(['docker-1', 'production', 2, 'n=3']);
    expect(substitute('${run.done}', both)).toBe(true);
  });

  it('to a part that a service does not have is refused', () => {
    const without = scopeOf({ service: 'redis' }, testConfig());

    expect(() => substitute('${service.environment}', without)).toThrowError('names nothing here');
  });

  it('to a secret becomes the name of its variable, and stands alone', () => {
    const secrets = scopeOf({ password: { secret: 'DB_PASSWORD' } }, testConfig());

    expect(substitute({ a: '${API_TOKEN}', b: '${password}' }, secrets)).toEqual({
      a: { secret: 'API_TOKEN' },
      b: { secret: 'DB_PASSWORD' },
    });
    for (const text of ['Bearer ${API_TOKEN}', 'p=${password}']) {
      expect(() => substitute(text, secrets)).toThrowError('is a secret inside a longer text');
    }
  });

  it.each<[unknown, boolean]>([
    [{ a: ['${service} ${before.result}'] }, true],
    ['${run.json.count}', true],
    [{ a: '${service.probes}', b: '${API_TOKEN}', c: 3 }, false],
    ['${mode.result}', false],
    ['${nothing}', false],
  ])('of %j waits for an earlier step: %s', (written, expected) => {
    expect(isPending(written, scope)).toBe(expected);
  });

  it('waits no longer once the step that it leads to has ended', () => {
    const after = scopeOf({ service: 'redis' }, testConfig(), { before: { result: 'ok' } });

    expect(isPending('${before.result}', after)).toBe(false);
    expect(isPending('${service.environment}', after)).toBe(false);
    expect(() => substitute('${service.environment}', after)).toThrowError('names nothing here');
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
