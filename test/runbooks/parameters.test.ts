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
    [{ type: 'text', pattern: '[a-z]+' }, 'word', 'word'],
    [{ type: 'host' }, 'docker-1', 'docker-1'],
    [{ type: 'number', min: 1, max: 3 }, '3', 3],
    [{ type: 'duration', min: 60, max: 3600 }, '60m', '60m'],
    [{ type: 'ip' }, '192.0.2.7', '192.0.2.7'],
    [{ type: 'ip' }, '2001:db8::7', '2001:db8::7'],
    [{ type: 'cidr' }, '192.0.2.0/24', '192.0.2.0/24'],
    [{ type: 'address' }, '192.0.2.7', '192.0.2.7'],
    [{ type: 'address' }, '2001:db8::/48', '2001:db8::/48'],
    [{ type: 'address', list: true }, '192.0.2.7, 192.0.2.0/24  192.0.2.7', ['192.0.2.7', '192.0.2.0/24']],
    [{ type: 'address', list: true }, ['192.0.2.7'], ['192.0.2.7']],
    [{ type: 'hosts', list: true }, 'all', ['local']],
    [{ type: 'hosts', list: true }, 'docker-1 all -local', ['docker-1']],
    [{ type: 'secret' }, 'DB_PASSWORD', { secret: 'DB_PASSWORD' }],
    [{ type: 'secret' }, { secret: 'DB_PASSWORD' }, { secret: 'DB_PASSWORD' }],
    [{ type: 'secret', default: 'DB_PASSWORD', required: false }, undefined, { secret: 'DB_PASSWORD' }],
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
    [{ type: 'text' }, { secret: 'DB_PASSWORD' }, 'It must be one text or number.'],
    [{ type: 'text', pattern: '[a-z]+' }, 'two words', 'It must be a text that matches [a-z]+.'],
    [{ type: 'host' }, 'web-9', 'It must be one of local, docker-1.'],
    [{ type: 'number', min: 1, max: 3 }, '4', 'It must be a number, from 1 to 3.'],
    [{ type: 'number', min: 1 }, '0', 'It must be a number, at least 1.'],
    [{ type: 'duration', max: 3600 }, '61m', 'It must be a duration such as 90s, 15m or 1h30m, at most 1h.'],
    [{ type: 'ip' }, '010.0.0.1', 'It must be an IP address in its canonical form, such as 192.0.2.7 or 2001:db8::7.'],
    [{ type: 'address' }, '192.0.2.7/24', 'It must be the address of a network: 192.0.2.0/24.'],
    [
      { type: 'address', list: true },
      '192.0.2.7\n',
      'It must be a list; in it "192.0.2.7\n" must be an IP address in its canonical form, such as 192.0.2.7 or 2001:db8::7.',
    ],
    [{ type: 'address', list: true }, ' , ', 'It must be a list of 1 to 100 values, parted by commas or blanks.'],
    [{ type: 'cidr' }, '192.0.2.7/24', 'It must be the address of a network: 192.0.2.0/24.'],
    [{ type: 'secret' }, undefined, 'Give it=<NAME OF A VARIABLE>.'],
    [{ type: 'text' }, undefined, 'Give it=<text>.'],
  ])('of %j refuses %j, saying what is allowed', (parameter, given, remedy) => {
    const refusal = catchRefusal(() => read(parameter, given));

    expect(refusal.remedy).toBe(remedy);
    expect(refusal.message).toContain('"it"');
  });

  it('that was read once is read again to the same', () => {
    const parameters = { it: testParameter('secret'), count: testParameter('number') };
    const runbook = testRunbook('try', { parameters });
    const once = readParameters(runbook, { it: 'DB_PASSWORD', count: '2' }, facts);

    const again = readParameters(runbook, JSON.parse(JSON.stringify(once)), facts);

    expect(again).toEqual({ it: { secret: 'DB_PASSWORD' }, count: 2 });
  });

  it('takes the name of a secret; the secret itself is refused and not repeated', () => {
    const refusal = catchRefusal(() => read({ type: 'secret' }, 'hunter2-the-password'));

    expect(`${refusal.message} ${refusal.remedy}`).toBe(
      'The parameter "it" cannot be that. It must be the name of an environment variable, such as DB_PASSWORD, never the secret itself.',
    );
  });

  it('that is optional and not given is left out', () => {
    expect(read({ required: false }, undefined)).toEqual({});
  });
});

const HOSTILE: Readonly<Record<string, readonly string[]>> = {
  shell: ['; id', '$(id)', '`id`', 'a && b', 'a | b', '> /tmp/x', "'; id; '", '*', '~'],
  option: ['-oProxyCommand=id', '--help', '-', '--'],
  path: ['../../etc/passwd', '/etc/passwd', 'file:///etc/passwd', '%2e%2e%2f', './x'],
  template: ['${service}', '${service.probes}', '${DB_PASSWORD}', '{{ .Labels }}', '${jndi:ldap://127.0.0.1/x}', '%s'],
  yaml: ['!!js/function x', '{ a: b }', '[a]', '&a *a', 'a: b', '# x', '- x', 'null', '~'],
  mrkdwn: ['<!channel>', '<@U01ANA>', '*bold*', '<https://evil.example|x>', '&lt;!here&gt;'],
  prototype: ['__proto__', 'constructor', 'toString', 'hasOwnProperty'],
};
const UNPLAIN: Readonly<Record<string, readonly string[]>> = {
  newline: ['gianna\n', 'a\nb', 'a\r', 'a\u2028b', 'a\u0085b', '\n'],
  unseen: ['gianna\u200b', '\ufeffgianna', 'a\u2060b', 'a\u00adb', '\u{e0041}', '\u202egnp', '\u2066a\u2069'],
  surrogate: ['\ud800', 'a\udfff'],
  control: ['\0', 'gianna\0', '\u001b[31mred', 'a\tb', '\u0007', '\u007f'],
  space: ['', ' ', ' gianna', 'gianna '].filter((text) => text !== ''),
};
const OTHERS: ReadonlyArray<readonly [string, Partial<ParameterConfig>]> = [
  ['service', { type: 'service' }],
  ['host', { type: 'host' }],
  ['choice', { type: 'choice', options: ['graceful', 'forced'] }],
  ['text of a pattern', { type: 'text', pattern: '[a-z0-9]+' }],
  ['number', { type: 'number' }],
  ['duration', { type: 'duration' }],
  ['ip', { type: 'ip' }],
  ['cidr', { type: 'cidr' }],
  ['secret', { type: 'secret' }],
];
/** Words that a pattern of letters takes for what they are. */
const WORDS = ['null', 'constructor'];

describe('a hostile string', () => {
  it.each(OTHERS)('of any class is refused by a %s, naming the field', (_, parameter) => {
    for (const text of [HOSTILE, UNPLAIN].flatMap((classes) => Object.values(classes).flat())) {
      if (parameter.pattern !== undefined && WORDS.includes(text)) continue;
      const refusal = catchRefusal(() => read(parameter, text));

      expect([text, refusal.code]).toEqual([text, 'PARAMETER_WRONG']);
      expect(refusal.message).toContain('"it"');
      expect(refusal.message).not.toMatch(/[\p{Cc}\u202e\u2066]/u);
    }
  });

  it.each(Object.entries(UNPLAIN))('of class %s is refused by a free text too', (_, texts) => {
    for (const text of texts) {
      expect([text, catchRefusal(() => read({ type: 'text' }, text)).code]).toEqual([text, 'PARAMETER_WRONG']);
    }
  });

  it.each(Object.entries(HOSTILE))('of class %s is one plain value to a free text', (_, texts) => {
    for (const text of texts) expect(read({ type: 'text' }, text)).toEqual({ it: text });
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
