import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { incidentsButtonValue, incidentsOfRanges, rangesOf } from '../../../src/bot/button.ts';
import { connected, createTestDesk, type TestDesk, testIncident } from '../../support/desk.ts';
import { control, type LocalSlack, startLocalSlack } from '../../support/local-slack.ts';
import { type SlackProxy, startSlackProxy } from '../../support/slack-proxy/proxy.ts';

const PEOPLE = [
  { id: 'U01ONCALL', name: 'ana', real_name: 'Ana Oncall', email: 'ana@company.com' },
  { id: 'U09GUEST', name: 'gus', real_name: 'Gus Guest', email: 'gus@elsewhere.com' },
];

describe('one Ack for everything that a message names', () => {
  let slack: LocalSlack;
  let proxy: SlackProxy;
  let desk: TestDesk;
  let ts = '';

  beforeAll(async () => {
    slack = await startLocalSlack({
      users: PEOPLE,
      channels: [{ id: 'C01OPS', name: 'gianna-ops', members: ['U01ONCALL', 'U09GUEST', 'U0BOT'] }],
    });
  });
  beforeEach(async () => {
    proxy = await startSlackProxy({ upstream: slack.url, limits: 'off' });
    desk = await createTestDesk({ url: proxy.url });
    for (const id of ['GI-2', 'GI-3', 'GI-7']) desk.incidents.set(id, testIncident(id));
    desk.incidents.set('GI-9', testIncident('GI-9', { channel: 'security' }));
    const posted = await fetch(`${slack.url}/api/chat.postMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer xoxb-test-token' },
      body: JSON.stringify({ channel: 'C01OPS', text: 'page' }),
    });
    ts = ((await posted.json()) as { ts: string }).ts;
    desk.listener.start();
    await connected(desk);
  });
  afterEach(async () => {
    await desk.stop();
    await proxy.stop();
  });
  afterAll(() => slack.stop());

  function press(user: string, value: string) {
    const action = { type: 'button', action_id: 'gi.ack-all', block_id: 'b', value };
    return control(slack.url, 'interact', { channel: 'C01OPS', messageTs: ts, user, action });
  }

  async function told(): Promise<string> {
    await vi.waitFor(() => expect(proxy.callsOf('chat.postEphemeral').length).toBeGreaterThan(0));
    return String(proxy.callsOf('chat.postEphemeral')[0]?.body.text);
  }

  it('is a stored command for each, and tells how many', async () => {
    await press('U01ONCALL', incidentsButtonValue(['GI-1', 'GI-2', 'GI-3', 'GI-7']));

    expect(await told()).toContain('Acknowledged 4 of 4 incidents');
    expect(desk.commands.map(({ verb, incident, by }) => [verb, incident, by]).sort()).toEqual(
      ['GI-1', 'GI-2', 'GI-3', 'GI-7'].map((id) => ['ack', id, 'slack:U01ONCALL']),
    );
  });

  it('says which were not, and why', async () => {
    desk.decide = ({ incident, verb }) =>
      incident === 'GI-2' || incident === 'GI-3'
        ? {
            kind: 'refused',
            code: 'ALREADY_ACKNOWLEDGED',
            text: 'Already acknowledged by slack:U01ONCALL.',
            remedy: '',
          }
        : { kind: 'done', text: `${verb} done` };

    await press('U01ONCALL', incidentsButtonValue(['GI-1', 'GI-2', 'GI-3', 'GI-44']));

    const answer = await told();
    expect(answer).toContain('Acknowledged 1 of 4 incidents');
    expect(answer).toMatch(/GI-2–3: Already acknowledged by (?!slack:)/);
    expect(answer).toContain('GI-44: there is no such incident');
  });

  it('is refused whole to somebody who may not, and nothing is stored', async () => {
    await press('U09GUEST', incidentsButtonValue(['GI-1', 'GI-2']));

    expect(await told()).toContain('responder');
    expect(desk.commands).toEqual([]);
  });

  it.each([
    ['no list', '{"v":1,"n":0}'],
    ['words in place of numbers', '{"v":1,"f":"GI-1","n":0}'],
    ['a range without end', '{"v":1,"f":"1-999999999","n":0}'],
    ['a number that is none', '{"v":1,"f":"0","n":0}'],
  ])('refuses a value with %s, and says so', async (_what, value) => {
    await press('U01ONCALL', value);

    expect(await told()).not.toContain('Acknowledged');
    expect(desk.commands).toEqual([]);
  });
});

describe('the list of incidents in a button', () => {
  it.each([
    [['GI-1'], '1'],
    [['GI-3', 'GI-1', 'GI-2'], '1-3'],
    [['GI-1', 'GI-2', 'GI-3', 'GI-7', 'GI-9', 'GI-10'], '1-3,7,9-10'],
  ])('%j is written %s and read back', (ids, ranges) => {
    expect(rangesOf(ids)).toBe(ranges);
    expect(incidentsOfRanges(ranges).sort()).toEqual([...ids].sort());
  });
});
