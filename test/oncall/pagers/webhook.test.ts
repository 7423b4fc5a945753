import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttp } from '../../../src/core/http.ts';
import type { OutgoingPage } from '../../../src/oncall/pagers/pager.ts';
import { createWebhookPager } from '../../../src/oncall/pagers/webhook.ts';
import { judgeWebhook, startWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';

const SECRET = 'shared secret of the receiver';

describe('pages by webhook', () => {
  let receiver: WebhookReceiver;
  beforeEach(async () => {
    receiver = await startWebhookReceiver(SECRET);
  });
  afterEach(() => receiver.stop());

  function page(secret: string | null = SECRET): OutgoingPage {
    const words = {
      incident: 'GI-42',
      severity: 'P0',
      title: 'Database is down\u0000',
      service: 'gianna',
      since: 0,
      now: 0,
      next: null,
      ackUrl: 'https://ops/a/x',
      isTest: false,
    } as const;
    const address = { kind: 'webhook', url: receiver.url, secret } as const;
    return { key: 'page|GI-42|1', person: 'ana', address, words, askedAt: 0, mayBeThere: false };
  }
  const pager = (now = Date.now) => createWebhookPager({ http: createHttp({ timeoutMs: 2000 }), timeoutMs: 2000, now });

  it('is genuine to a receiver that follows the docs, and has the same key at each try', async () => {
    receiver.answerNext(503);
    const first = await pager().send(page());
    const second = await pager().send(page());

    expect([first, second]).toEqual([
      { kind: 'later', error: 'webhook_503', mayBeThere: true },
      { kind: 'sent', reference: null, isFinal: true },
    ]);
    expect(receiver.received.map(({ verdict, headers }) => [verdict, headers['idempotency-key']])).toEqual([
      ['genuine', 'page|GI-42|1'],
      ['genuine', 'page|GI-42|1'],
    ]);
    expect(receiver.received[0]?.body).toEqual({
      event: 'page',
      incident: 'GI-42',
      severity: 'P0',
      title: 'Database is down',
      text: 'P0 GI-42 Database is down (gianna)',
      service: 'gianna',
      since: '1970-01-01T00:00:00.000Z',
      person: 'ana',
      next: null,
      others: [],
      acknowledge: { url: 'https://ops/a/x', or: 'on the host: gianna-ops ack GI-42' },
    });
  });

  it('has a field for what a page beside the policy asks', async () => {
    const call = {
      why: 'escalate',
      by: 'ben',
      says: 'ben escalates it to you',
      brief: 'escalated to you',
      message: 'the replica too',
      answer: 'take-over',
      taker: 'ana',
    } as const;
    const { words, ...rest } = page();
    await pager().send({ ...rest, words: { ...words, call, others: [{ ...words, incident: 'GI-43', call }] } });

    const asks = {
      why: 'escalate',
      text: 'ben escalates it to you: the replica too',
      by: 'ben',
      message: 'the replica too',
      answer: 'take-over',
    };
    expect(receiver.received[0]?.body).toMatchObject({
      text: 'P0 GI-42 +1 (GI-43) escalated to you: Database is down (gianna)',
      asks,
      others: [{ incident: 'GI-43', severity: 'P0', title: 'Database is down', asks }],
      acknowledge: { url: 'https://ops/a/x', or: 'on the host: gianna-ops incidents assign GI-42 ana' },
    });
  });

  it('is seen through when it is replayed later, forged, or has no secret', async () => {
    await pager(() => Date.now() - 301_000).send(page());
    await pager().send(page('another secret'));
    await pager().send(page(null));

    expect(receiver.received.map(({ verdict }) => verdict)).toEqual(['replayed', 'forged', 'unsigned']);
    const signed = { timestamp: '1000', body: '{}' };
    expect(judgeWebhook({ ...signed, signature: 'v1=00' }, SECRET, 1000)).toBe('forged');
  });

  it.each([
    [404, { kind: 'refused', error: 'webhook_404' }],
    [301, { kind: 'refused', error: 'webhook_301' }],
    [429, { kind: 'later', error: 'webhook_429', mayBeThere: false }],
    [500, { kind: 'later', error: 'webhook_500', mayBeThere: true }],
  ])('reads an answer of %i as %j', async (status, expected) => {
    receiver.answerNext(status);

    expect(await pager().send(page())).toEqual(expected);
  });

  it('says so when nobody listens', async () => {
    const dead = page();
    await receiver.stop();

    expect(await pager().send(dead)).toEqual({ kind: 'later', error: 'webhook_econnrefused', mayBeThere: false });
  });
});
