import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXAMPLES, EXAMPLES_ENV, loadTexts, readTexts, SHIPPED } from './folder.ts';

const SEED = 20261122;
const shipped = readTexts(SHIPPED);
const FILES = [...shipped.keys()];

const scrap = fc.oneof(
  fc.constantFrom(
    '',
    '{}',
    '[]',
    'null',
    '*a',
    '&a [*a]',
    '<<: *x',
    '!!js/function x',
    '__proto__: 1',
    'constructor: { prototype: 1 }',
    '"${HOME}"',
    '/(a+)+$/',
    '\u0000',
    '\t',
    '- ',
    ': ',
    '? ',
    '---\n',
    '1e999',
    '.nan',
    '[[[[[[[[',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

/** Cuts a piece out of one file and puts a scrap in its place. */
const mutation = fc.record({ file: fc.constantFrom(...FILES), at: fc.nat(4000), length: fc.nat(60), scrap });

function mutate(
  changes: ReadonlyArray<{ file: string; at: number; length: number; scrap: string }>,
): Map<string, string> {
  const texts = new Map(shipped);
  for (const { file, at, length, scrap: piece } of changes) {
    const text = texts.get(file) ?? '';
    const start = at % (text.length + 1);
    texts.set(file, text.slice(0, start) + piece + text.slice(start + length));
  }
  return texts;
}

describe('hostile files', () => {
  it('never throw, and give a configuration exactly when nothing is an error', async () => {
    let refused = 0;
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (changes) => {
        const { config, problems } = await loadTexts(mutate(changes));

        const hasError = problems.some((problem) => problem.severity === 'error');
        expect(config === null).toBe(hasError);
        for (const { line, column } of problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(column).toBeGreaterThanOrEqual(1);
        }
        if (hasError) refused += 1;
        else taken += 1;
      }),
      { seed: SEED, numRuns: 150, verbose: true },
    );
    console.info(`seed ${SEED}: ${refused} refused, ${taken} taken`);
    expect(refused).toBeGreaterThan(50);
  }, 60_000);

  it('of any values in any place never throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...FILES), fc.jsonValue({ maxDepth: 4 }), async (file, value) => {
        const { config } = await loadTexts(new Map(shipped).set(file, JSON.stringify(value)));

        const isOptional = !['slack.yml', 'oncall.yml', 'severities.yml', 'routes.yml'].includes(file);
        if (!isOptional) expect(config).toBeNull();
      }),
      { seed: SEED, numRuns: 80, verbose: true },
    );
  }, 60_000);

  it.each([
    ['deep lists', '['.repeat(100_000)],
    ['deep groups', Array.from({ length: 3000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['deep dashes', `${'- '.repeat(50_000)}x`],
    ['deep questions', `${'? '.repeat(50_000)}x`],
    ['a circle', '&a { channels: *a }'],
    ['a circle of a group in itself', 'channels: &a { ops: "#a", more: *a }'],
    [
      'an expansion',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((key, index) => `${key}: &${key} [${Array(9).fill(`*${'abcdefg'[index]}`).join(',')}]`).join('\n')}`,
    ],
    ['two megabytes', 'a'.repeat(2 * 1024 * 1024)],
    ['several documents', 'channels: {}\n---\nroles: {}\n'],
    ['a tag of code', 'channels: !!js/function "function(){}"'],
  ])('of %s are refused', async (_case, text) => {
    const { config, problems } = await loadTexts(new Map(shipped).set('slack.yml', text));

    expect(config).toBeNull();
    expect(problems.filter((problem) => problem.file === 'slack.yml' && problem.severity === 'error')).not.toEqual([]);
  });
});

describe('secrets', () => {
  const SECRET = 'tops3cret/value';

  it('never stand in a problem, whatever is wrong around them', async () => {
    const examples = readTexts(EXAMPLES);
    const places = fc.constantFrom('token: "${S}"', 'key_file: "${S}"', 'url: "${S}"', 'bearer: "${S}"', 'x: "${S}"');
    const files = fc.constantFrom(...examples.keys());
    await fc.assert(
      fc.asyncProperty(files, fc.nat(3000), places, fc.nat(20), async (file, at, place, length) => {
        const text = examples.get(file) ?? '';
        const start = at % (text.length + 1);
        const texts = new Map(examples).set(file, `${text.slice(0, start)}, ${place} ${text.slice(start + length)}`);
        const env = {
          ...EXAMPLES_ENV,
          S: SECRET,
          GIANNA_ADMIN_TOKEN: `${SECRET}-2`,
          WEB_1_KEY: `-----BEGIN ${SECRET}`,
        };

        const { problems } = await loadTexts(texts, env);

        expect(JSON.stringify(problems)).not.toContain(SECRET);
      }),
      { seed: SEED, numRuns: 80, verbose: true },
    );
  }, 60_000);

  it('are known for redaction in every form in which they may be printed', async () => {
    const texts = new Map(readTexts(EXAMPLES));
    texts.set(
      'probes.yml',
      'probes: { a: { kind: redis, url: "redis://:p%40ssword@127.0.0.1" }, b: { kind: redis, url: "redis://:${PW}@h" } }',
    );
    texts.set(
      'hosts.yml',
      (texts.get('hosts.yml') ?? '').replace('gianna-health, gianna-ready', 'a').replace('[cache]', '[b]'),
    );
    const key = '-----BEGIN KEY-----\nabc\n-----END KEY-----';

    const { secrets } = await loadTexts(texts, { ...EXAMPLES_ENV, WEB_1_KEY: key, PW: 'pw-from-env' });

    const all = ['p%40ssword', 'p@ssword', 'pw-from-env', 'admin-token-1', key, key.replaceAll('\n', '\\n')];
    expect(secrets).toEqual(expect.arrayContaining(all));
  });
});
