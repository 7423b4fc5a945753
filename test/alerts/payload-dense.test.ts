import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAlerts, readEnvelope, readPayload } from '../../src/alerts/payload.ts';
import { isDense, takeApart } from '../../src/alerts/payload-dense.ts';
import { payload, payloadAlert } from '../support/payloads.ts';

const SEED = Number(process.env.GIANNA_TEST_SEED ?? 20261122);
const MANY = 1_000_000;

function bodyOf(value: unknown): Buffer {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

/** A good envelope whose list of alerts is this text. */
function withList(list: string, more: Record<string, unknown> = {}): Buffer {
  const envelope = JSON.stringify({ ...payload([]), status: 'firing', ...more });
  return bodyOf(envelope.replace('"alerts":[]', () => `"alerts":[${list}]`));
}

describe('a payload of very many values', { timeout: 60_000 }, () => {
  it('is known by them, and not by its length', () => {
    const long = payload([{ annotations: { summary: 'x'.repeat(4_000_000) } }]);

    expect(isDense(bodyOf(long))).toBe(false);
    expect(isDense(withList(Array(MANY).fill('{}').join(',')))).toBe(true);
  });

  it('takes apart what JSON.parse reads, with the same alerts and the same envelope', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', '[', '{', ',', ':', '}', ']', '\u2028', 'alerts') });
    const odd = fc.oneof(
      fc.json(),
      text.map((value) => JSON.stringify(value)),
      fc.constantFrom('{}', '[]', 'null', '[[],[{}]]'),
    );
    const unknown = fc.dictionary(
      text.filter((name) => name !== 'alerts'),
      text,
    );

    await fc.assert(
      fc.asyncProperty(fc.array(odd, { maxLength: 8 }), unknown, text, async (alerts, more, name) => {
        const body = withList(alerts.join(' , '), {
          ...more,
          receiver: name,
          nested: { alerts: [1, { alerts: [2] }] },
        });
        const apart = await takeApart(body, { withAlerts: true });
        const whole = JSON.parse(body.toString('utf8'));

        expect(apart.alerts).toEqual(whole.alerts);
        expect(apart.envelope).toEqual({ ...whole, alerts: [] });
        expect(apart.leftOut).toEqual({ unreadable: 0, 'too-many': 0 });
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  it('lets a good alert among a million empty ones live, and counts the others', async () => {
    const good = JSON.stringify(payloadAlert({ fingerprint: 'good' }));
    const body = withList(`${good},${Array(MANY).fill('{}').join(',')}`);

    const read = await readPayload(body, { withAlerts: true });
    const { alerts, rejected } = readAlerts(read.kind === 'ok' ? read.envelope : { ...empty(), alerts: [] });

    expect(alerts.map(({ fingerprint }) => fingerprint)).toEqual(['good']);
    expect(rejected.count).toBe(MANY);
    expect(Object.fromEntries(rejected.byReason)).toEqual({ status: 131_071, 'too-many': MANY - 131_071 });
  });

  it.each([
    ['an alert of far too many values', `{"labels":{${Array(400_000).fill('"a":"b"').join(',')}}}`],
    ['an alert that is no JSON', `${Array(100_000).fill('[1,2,3,4]').join(',')},{"labels":nonsense}`],
  ])('leaves out %s', async (_what, list) => {
    const good = JSON.stringify(payloadAlert({ fingerprint: 'good' }));
    const read = await readPayload(withList(`${list},${good}`), { withAlerts: true });

    const { rejected, alerts } = readAlerts(read.kind === 'ok' ? read.envelope : empty());

    expect(rejected.byReason.get('unreadable')).toBe(1);
    expect(alerts.at(-1)?.fingerprint).toBe('good');
  });

  it.each([
    ['no end', withList(Array(MANY).fill('{}').join(',')).subarray(0, -2), 'body'],
    ['another version', withList(Array(MANY).fill('{}').join(','), { version: '3' }), 'version'],
    ['no alerts but many other values', bodyOf(`{"version":"4","x":[${Array(MANY).fill('{}').join(',')}]}`), 'body'],
  ])('is refused by the field when it has %s', async (_what, body, field) => {
    expect(await readPayload(body, { withAlerts: false })).toMatchObject({ kind: 'refused', field });
  });

  it('gives others their turn while it is read', async () => {
    const body = withList(
      Array(3 * MANY)
        .fill('{}')
        .join(','),
    );
    const gaps: number[] = [];
    let last = performance.now();
    const timer = setInterval(() => {
      gaps.push(performance.now() - last);
      last = performance.now();
    }, 1);
    const begun = performance.now();
    await readPayload(body, { withAlerts: true });
    const inSteps = performance.now() - begun;
    clearInterval(timer);
    const alone = performance.now();
    readEnvelope(body);
    const atOnce = performance.now() - alone;

    console.log(
      `in steps ${inSteps.toFixed(0)} ms, others waited ${Math.max(...gaps).toFixed(0)} ms at most; at once ${atOnce.toFixed(0)} ms`,
    );
    expect(Math.max(...gaps)).toBeLessThan(atOnce / 2);
  });
});

function empty() {
  const read = readEnvelope(bodyOf(payload([])));
  if (read.kind !== 'ok') throw new Error('not an envelope');
  return read.envelope;
}
