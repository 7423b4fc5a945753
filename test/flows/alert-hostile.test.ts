import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDesk, type TestDesk } from '../support/alert-desk.ts';
import { payload, payloadAlert, T0 } from '../support/payloads.ts';
import { post, startServer, type TestServer } from '../web/support.ts';

const SEED = Number(process.env.GIANNA_TEST_SEED ?? 20261122);
const MEBIBYTE = 1024 * 1024;

/** What a hostile sender posts, and the statuses that the contract allows for it. */
interface Shot {
  readonly body: Buffer;
  readonly allowed: readonly number[];
  readonly encoding?: string;
}

const foreign = fc.constantFrom(
  '<!channel>',
  '<!here|now>',
  '<@U01ONCALL>',
  '<https://evil.example|click here>',
  '*bold* _it_ ~no~ `code`',
  '&lt;!everyone&gt;',
  '\u202Etxt.exe\u202C',
  '\u200B\u200D\uFEFF',
  'a\u0000b',
  '\uD800 lone \uDFFF',
  '👩‍👩‍👧‍👦'.repeat(50),
  'Z̷̢͓͂͌a̵l̶g̷o̸'.repeat(100),
  '"; DROP TABLE event; --',
  '$(reboot) `id` ${HOME}',
  '../../../etc/passwd',
  'x'.repeat(100_000),
);
const anything = fc.anything({ maxDepth: 3, withNullPrototype: false, withBigInt: false });

function shot(value: unknown, allowed: readonly number[]): Shot {
  return { body: Buffer.from(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined')), allowed };
}

function withAlert(fields: Record<string, unknown>): Record<string, unknown> {
  return { ...payload([{}]), alerts: [{ ...payloadAlert({}), ...fields }, payloadAlert({ fingerprint: 'sibling' })] };
}

function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`;
}

/** Every class by name; each makes a shot. */
const CLASSES: Record<string, { weight: number; shots: fc.Arbitrary<Shot> }> = {
  malformed: {
    weight: 60,
    shots: fc.oneof(
      fc.string().map((text) => shot(text, [400])),
      fc.nat(400).map((at) => shot(JSON.stringify(payload([{}])).slice(0, at), [400])),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ body: Buffer.from(bytes), allowed: [400] })),
    ),
  },
  'wrong envelope types': {
    weight: 60,
    shots: fc
      .tuple(fc.constantFrom('version', 'status', 'receiver', 'groupLabels', 'commonLabels', 'alerts'), anything)
      .map(([field, value]) => shot({ ...payload([{}]), [field]: value }, [200, 400])),
  },
  'wrong alert types': {
    weight: 80,
    shots: fc
      .tuple(
        fc.constantFrom('status', 'labels', 'annotations', 'startsAt', 'endsAt', 'generatorURL', 'fingerprint'),
        anything,
      )
      .map(([field, value]) => shot(withAlert({ [field]: value }), [200])),
  },
  'unicode and injection': {
    weight: 80,
    shots: fc
      .tuple(foreign, foreign, foreign)
      .map(([name, label, note]) =>
        shot(withAlert({ labels: { alertname: name, [label]: label }, annotations: { summary: note } }), [200]),
      ),
  },
  'prototype keys': {
    weight: 40,
    shots: fc
      .tuple(fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'), fc.boolean())
      .map(([key, isObject]) => {
        const value = isObject ? '{"polluted":"yes"}' : '"polluted"';
        const text = JSON.stringify(withAlert({ labels: { MARK: 'x' } }));
        return shot(text.replace('"MARK":"x"', `"alertname":"X","${key}":${value}`), [200]);
      }),
  },
  'doubled keys': {
    weight: 10,
    shots: fc.constant(
      shot(JSON.stringify(payload([{}])).replace('"labels":{', '"labels":{"alertname":"A","alertname":"B",'), [200]),
    ),
  },
  deep: {
    weight: 10,
    shots: fc.constantFrom(
      shot(nested(10_000), [400]),
      shot(nested(1_000_000), [400]),
      shot(JSON.stringify(withAlert({ labels: 'MARK' })).replace('"MARK"', nested(10_000)), [200]),
      shot(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, [400]),
    ),
  },
  huge: {
    weight: 8,
    shots: fc.constantFrom(
      shot(`[${'0,'.repeat(6 * MEBIBYTE)}0]`, [413]),
      { body: gzipSync(Buffer.alloc(50 * MEBIBYTE)), allowed: [413], encoding: 'gzip' },
      shot(
        JSON.stringify({ ...payload([{}]), alerts: 'MARK' }).replace('"MARK"', `[${'{},'.repeat(999_999)}{}]`),
        [200],
      ),
      shot({ ...payload([{}]), commonAnnotations: { a: 'x'.repeat(9 * MEBIBYTE) } }, [200]),
    ),
  },
  'odd times': {
    weight: 40,
    shots: fc
      .tuple(
        fc.constantFrom(
          '0001-01-01T00:00:00Z',
          '9999-12-31T23:59:59Z',
          '2026-11-22T14:00:00.123456789+02:00',
          'now',
          '',
        ),
        fc.constantFrom('0001-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '2026-02-31T00:00:00Z', 'later'),
        fc.constantFrom('firing', 'resolved'),
      )
      .map(([startsAt, endsAt, status]) => shot(withAlert({ startsAt, endsAt, status }), [200])),
  },
};

describe(`hostile payloads (seed ${SEED})`, () => {
  let desk: TestDesk;
  let server: TestServer;
  const stored: Uint8Array[] = [];
  beforeAll(async () => {
    desk = await openTestDesk();
    server = await startServer({
      store: async (body) => {
        stored.push(body);
        return { kind: 'stored' };
      },
    });
  });
  afterAll(async () => {
    await server.close();
    await desk.verifyAndRemove();
  });

  it('are each answered as the contract says, and decided without a crash', async () => {
    const counts: Record<string, Record<number, number>> = {};
    for (const [name, { weight, shots }] of Object.entries(CLASSES)) {
      for (const { body, allowed, encoding } of fc.sample(shots, { seed: SEED, numRuns: weight })) {
        const answer = await post(server, body, encoding === undefined ? {} : { 'content-encoding': encoding });
        await answer.arrayBuffer();
        expect({ name, status: answer.status, allowed: allowed.includes(answer.status) }).toMatchObject({
          allowed: true,
        });
        const ofClass = counts[name] ?? {};
        ofClass[answer.status] = (ofClass[answer.status] ?? 0) + 1;
        counts[name] = ofClass;
      }
    }
    for (const body of stored) await desk.deliverBody(new TextDecoder().decode(body));
    console.log('hostile payloads answered, by class and status:', JSON.stringify(counts));

    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    expect(stored.length).toBeGreaterThan(100);
  }, 120_000);

  it('change no prototype', () => {
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('let the sibling of every bad alert live', async () => {
    const known = await desk.journal.latestOccurrences(['sibling']);

    expect(known.get('sibling')).toMatchObject({ status: 'firing', startsAt: T0 });
  });
});
