import { afterEach, describe, expect, it } from 'vitest';
import { MEANS } from '../../src/core/config/config.ts';
import type { PageRequest } from '../../src/oncall/page.ts';
import { type EscalationRoom, openEscalationRoom } from '../oncall/escalation-room.ts';
import { testConfig } from '../support/config.ts';

const SLACK_DOWN = 'Slack has not taken the page for 30 s';

describe('a page that Slack has not taken for 30 seconds', () => {
  let room: EscalationRoom;
  afterEach(() => room.close());

  async function open(severity: 'P0' | 'P1' | 'P2') {
    room = await openEscalationRoom({ means: MEANS });
    await room.move({ severity });
  }
  const others = async (states?: Parameters<EscalationRoom['asked']>[0]) =>
    (await room.asked(states)).filter((page) => !/ (dm|thread)$/.test(page));
  const requests = async (kind: string) =>
    (await room.journal().effects({ kinds: [kind] })).map(({ data }) => data as PageRequest);

  it('goes by the second channel too, and stays wanted', async () => {
    await open('P1');
    await room.pass(29);
    expect(await others()).toEqual([]);

    await room.pass(1);

    expect(await room.asked(['wanted'])).toEqual(['ana thread', 'ana dm', 'ana email', 'marco email']);
    expect(await room.told()).toContain(`ana by e-mail instead: ${SLACK_DOWN}`);
    expect((await requests('page.email')).every(({ withoutSlack }) => withoutSlack === true)).toBe(true);
  });

  it('goes so although it was claimed, when no answer came', async () => {
    await open('P1');
    for (const { key } of await room.effects(['wanted'])) await room.journal().claim(key, room.clock.now());

    await room.pass(30);

    expect(await others()).toContain('ana email');
  });

  it('is asked for by Slack alone when Slack takes it in time', async () => {
    await open('P1');
    await room.sendAll();

    await room.pass(60);

    expect(await others()).toEqual([]);
    expect(await room.journal().timersOf('page', 'GI-1')).toEqual([]);
  });

  it('survives a restart, and comes at once after a long absence', async () => {
    await open('P1');
    await room.restart();

    await room.away(600);

    expect(await others()).toContain('ana email');
  });

  it('waits for Slack when it is a P2', async () => {
    await open('P2');

    await room.pass(3600);

    expect(await others()).toEqual([]);
  });

  it('goes no further once somebody has acknowledged', async () => {
    await open('P1');
    await room.move({ status: 'acknowledged', owner: 'slack:U01ONCALL', acknowledgedAt: room.clock.now() });

    await room.pass(600);

    expect(await others()).toEqual([]);
  });

  it('tries the next address when the second channel fails too', async () => {
    await open('P1');
    await room.pass(30);

    await room.end('ana email', 'failed', { error: '550' });
    await room.pass(1);

    expect(await others(['wanted'])).toEqual(['marco email', 'ana sms']);
  });

  it('tells an admin by the second channel, once an hour', async () => {
    await open('P1');
    await room.pass(30);
    const [notice] = (await requests('page.email')).filter((request) => request.notice === 'slack-silent');
    expect(notice).toMatchObject({ people: ['marco'], withoutSlack: true });
    expect(await room.told()).toContain('told marco by e-mail that Slack does not take pages');

    await room.pass(1860);

    const all = (await requests('page.email')).filter((request) => request.notice === 'slack-silent');
    expect(all).toHaveLength(1);
  });

  it('marks what later steps send while Slack is silent, so that it says how to act', async () => {
    await open('P0');
    expect((await requests('page.sms')).map(({ withoutSlack }) => withoutSlack)).toEqual([undefined]);

    await room.pass(600);

    const late = (await requests('page.sms')).filter(({ level }) => level === 3);
    expect(late.map(({ withoutSlack }) => withoutSlack)).toEqual([true]);
  });

  it('is looked at again when levels follow each other faster than that', async () => {
    const config = testConfig();
    const [level] = config.severities.P1.levels;
    if (level === undefined) throw new Error('P1 has no level');
    const levels = [0, 20, 40, 60].map((afterSeconds) => ({ ...level, afterSeconds }));
    const severities = { ...config.severities, P1: { ...config.severities.P1, levels } };
    room = await openEscalationRoom({ means: MEANS, config: testConfig({ severities }) });
    await room.move({ severity: 'P1' });

    await room.pass(95);

    const steps = (await requests('page.email')).filter(({ notice }) => notice === undefined);
    expect(steps.map(({ level, people }) => `${level} ${people.join()}`)).toEqual([1, 2, 3, 4].map((n) => `${n} ana`));
  });
});
