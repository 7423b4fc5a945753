import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LinkView } from '../../src/oncall/links/ack-links.ts';
import type { LinkAnswer } from '../../src/oncall/links/link-answers.ts';
import type { AckDoor } from '../../src/web/ack-page.ts';
import { startServer, type TestServer } from './support.ts';

const SHOWN = {
  incident: 'GI-42',
  severity: 'P0',
  title: '<script>alert(1)</script> & "down"',
  service: 'gianna',
  status: 'firing',
  owner: null,
  person: 'ana',
  openedAt: Date.UTC(2026, 10, 23, 14, 2),
  others: [],
  isBeside: false,
} as const;
const ACK = { incident: 'GI-42', answer: 'ack' } as const;
const TAKEN = { kind: 'settled', ...SHOWN, status: 'acknowledged', isUsed: false, isOwn: false } as const;

describe('the page behind a link', () => {
  let server: TestServer;
  let view: LinkView;
  let used: string[];
  let shownWith: Array<string | null>;
  let door: AckDoor | null;
  beforeEach(async () => {
    used = [];
    view = { kind: 'open', answers: [ACK], ...SHOWN };
    shownWith = [];
    door = {
      look: async () => view,
      use: async (token, shown) => {
        used.push(token);
        shownWith.push(shown);
      },
      nameOf: (actor) => `name of ${actor}`,
    };
    server = await startServer({ ackLinks: () => door });
  });
  afterEach(() => server.close());

  const get = (path = '/a/some.token') => fetch(`${server.url}${path}`, { redirect: 'manual' });
  const press = () => fetch(`${server.url}/a/some.token`, { method: 'POST', redirect: 'manual' });

  it('shows what is wrong and a button, and changes nothing', async () => {
    const response = await get();
    const text = await response.text();
    await fetch(`${server.url}/a/some.token`, { method: 'HEAD' });

    expect(response.status).toBe(200);
    expect(text).toContain('P0 GI-42: &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;down&quot;');
    expect(text).toContain('<form method="post">');
    expect(text).not.toContain('<script');
    expect(used).toEqual([]);
  });

  it('loads nothing, leaks nothing, is neither kept nor indexed', async () => {
    const { headers } = await get();

    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-robots-tag')).toContain('noindex');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('acts on the button alone, and leads back to itself', async () => {
    const response = await press();

    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('some.token');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(used).toEqual(['some.token']);
  });

  it.each([
    ['ack', 'firing', null, 'Acknowledge GI-42 as ana', 'Its pages stop, and it is yours.'],
    ['still-on-it', 'acknowledged', 'slack:U1', 'Still on it: GI-42 as ana', 'It stays yours'],
    ['take-over', 'acknowledged', 'slack:U2', 'Take over GI-42 as ana', 'name of slack:U2 has it now.'],
  ] as const)(
    'shows the one button that fits, and says what it does: %s',
    async (answer, status, owner, label, does) => {
      view = { kind: 'open', ...SHOWN, status, owner, isBeside: true, answers: [{ incident: 'GI-42', answer }] };
      const text = await (await get()).text();

      expect(text.match(/<button[^>]*>([^<]*)</g)).toEqual([
        `<button type="submit" name="shown" value="GI-42=${answer}">${label}<`,
      ]);
      expect(text).toContain(does);
      expect(used).toEqual([]);
    },
  );

  it('says what the button does to each incident that the message named, and hands that on', async () => {
    const others: LinkAnswer[] = [
      { incident: 'GI-43', answer: 'ack' },
      { incident: 'GI-44', answer: 'take-over' },
      { incident: 'GI-45', answer: 'ack' },
    ];
    view = { kind: 'open', ...SHOWN, others: ['GI-43', 'GI-44', 'GI-45'], answers: [ACK, ...others] };
    const text = await (await get()).text();
    const [, value = ''] = /name="shown" value="([^"]*)"/.exec(text) ?? [];
    const body = new URLSearchParams({ shown: value });
    await fetch(`${server.url}/a/some.token`, { method: 'POST', redirect: 'manual', body });

    expect(text).toContain('And GI-43, GI-45, which the same message named: they are acknowledged with it.');
    expect(text).toContain('And GI-44, which the same message named: you take them over with it.');
    expect(shownWith).toEqual(['GI-42=ack GI-43=ack GI-44=take-over GI-45=ack']);
  });

  it('takes no more than a button has to say', async () => {
    const body = `shown=${'x'.repeat(20_000)}`;
    const response = await fetch(`${server.url}/a/some.token`, { method: 'POST', redirect: 'manual', body });

    expect(response.status).toBe(413);
    expect(used).toEqual([]);
  });

  it.each([
    [{ ...TAKEN, isOwn: true, isUsed: true, isBeside: true, owner: 'slack:U1' }, 200, 'GI-42 is yours: that is noted'],
    [{ ...TAKEN, isOwn: true, owner: 'slack:U1' }, 200, 'You have acknowledged GI-42.'],
    [{ ...TAKEN, owner: 'slack:U2' }, 200, 'GI-42 is already acknowledged by name of slack:U2.'],
    [{ ...TAKEN, status: 'resolved' }, 200, 'GI-42 is resolved: there is nothing to acknowledge.'],
    [{ ...TAKEN, status: 'firing', isUsed: true }, 200, 'This link was used already.'],
    [{ kind: 'expired', incident: 'GI-42' }, 410, 'This link has expired'],
    [{ kind: 'unknown' }, 404, 'This link is not valid'],
  ] as const)('says plainly what holds: %j', async (state, status, words) => {
    view = state;
    const response = await get();
    const text = await response.text();
    await press();

    expect(response.status).toBe(status);
    expect(text).toContain(words);
    expect(text).not.toContain('<button');
    expect(used).toEqual([]);
  });

  it('makes whoever guesses wait', async () => {
    view = { kind: 'unknown' };
    const statuses: number[] = [];
    for (let guess = 0; guess < 21; guess += 1) statuses.push((await get(`/a/guess-${guess}`)).status);

    expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 404));
    expect(statuses[20]).toBe(429);
  });

  it('asks for patience while the bot starts', async () => {
    door = null;

    expect((await get()).status).toBe(503);
  });
});
