import { afterEach, describe, expect, it } from 'vitest';
import type { Config, Means, PersonConfig, PolicyLevel, Severity } from '../../src/core/config/config.ts';
import { MEANS } from '../../src/core/config/config.ts';
import { type EscalationRoom, openEscalationRoom } from '../oncall/escalation-room.ts';
import { testConfig } from '../support/config.ts';

const REFUSED = { error: 'user_disabled' } as const;

/** ana on call; every level of the severity by these means. */
function configOf(
  by: readonly Means[],
  change: { severity?: Severity; ana?: Partial<PersonConfig>; notify?: string[] },
) {
  const config: Config = testConfig();
  const { severity = 'P1', notify = ['schedule:primary'] } = change;
  const targets = notify.map((written) => {
    const [kind, name = ''] = written.split(':');
    return { kind: kind as PolicyLevel['notify'][number]['kind'], name };
  });
  const level = { afterSeconds: 0, notify: targets, by };
  const ana = { ...config.oncall.people.ana, ...change.ana } as PersonConfig;
  return testConfig({
    severities: { ...config.severities, [severity]: { ...config.severities[severity], levels: [level], repeat: null } },
    oncall: { ...config.oncall, people: { ...config.oncall.people, ana } },
  });
}

describe('a page that does not reach somebody goes to the next means at once', () => {
  let room: EscalationRoom;
  afterEach(() => room.close());

  async function open(
    by: readonly Means[],
    change: Parameters<typeof configOf>[1] = {},
    means: readonly Means[] = MEANS,
  ) {
    room = await openEscalationRoom({ config: configOf(by, change), means });
    await room.move({ severity: change.severity ?? 'P1' });
  }

  it('by another address, in the transaction that closes it, and says why in the timeline', async () => {
    await open(['dm', 'thread']);

    await room.end('ana dm', 'failed', REFUSED);

    expect(await room.asked()).toEqual(['ana thread', 'ana dm', 'ana email']);
    expect(await room.told()).toContain('ana by e-mail instead: Slack refuses the page (user_disabled)');
    const [email] = await room.journal().effects({ kinds: ['page.email'] });
    expect(email?.key).toBe('page|GI-1|1|1|0|person:ana|email');
    expect(email?.data).toMatchObject({ people: ['ana'], withoutSlack: true });
    expect(await room.metrics.metrics()).toContain('next_means_total{reason="refused",left="yes"} 1');
  });

  it('by the addresses one after the other, each once: e-mail, SMS, a call; then channel ops is told', async () => {
    await open(['dm']);

    for (const means of ['dm', 'email', 'sms', 'voice']) await room.end(`ana ${means}`, 'failed', REFUSED);

    expect(await room.asked()).toEqual(['ana dm', 'ana email', 'ana sms', 'ana voice', 'channel:ops thread']);
    const told = await room.told();
    expect(told).toContain('ana by SMS instead: e-mail failed (user_disabled)');
    expect(told).toContain('no other means is left for ana: phone failed (user_disabled)');
    expect(told.at(-1)).toContain('told channel ops instead');
    await room.end('channel:ops thread', 'failed', { error: 'is_archived' });
    expect(await room.asked(['wanted'])).toEqual([]);
  });

  it('by the means that the level names, in their order, and by no other address', async () => {
    await open(['dm', 'voice', 'email']);

    await room.end('ana dm', 'failed', REFUSED);
    expect(await room.asked()).toEqual(['ana dm', 'ana voice', 'ana email']);
    await room.end('ana voice', 'failed', { error: 'busy' });
    await room.end('ana email', 'failed', { error: '550' });

    expect(await room.asked(['wanted'])).toEqual(['channel:ops thread']);
    expect(await room.asked()).not.toContain('ana sms');
  });

  it('but not when another page reaches the same person: that one alone is recorded as failed', async () => {
    await open(['dm', 'email']);
    await room.end('ana dm', 'sent');

    await room.end('ana email', 'failed', { error: '550' });

    expect(await room.asked(['wanted'])).toEqual([]);
    expect(await room.types()).not.toContain('page.next-means');
  });

  it('when nobody knows whether it arrived', async () => {
    await open(['dm']);

    await room.end('ana dm', 'unknown', { error: 'answer_lost' });

    expect(await room.asked(['wanted'])).toEqual(['ana email']);
    expect(await room.told()).toContain('ana by e-mail instead: it is not known whether the page by Slack arrived');
  });

  it('for everybody whom a refused mention was for and whom no direct message reaches', async () => {
    await open(['thread'], { notify: ['schedule:primary', 'contact:manager'] });

    await room.end('ana+marco thread', 'failed', { error: 'channel_not_found' });

    expect(await room.asked(['wanted'])).toEqual(['ana email', 'marco email']);
  });

  it('counts the others of the level when nothing is left for one, and tells channel ops when they fail too', async () => {
    await open(['dm'], { notify: ['schedule:backup', 'contact:manager'] }, ['dm', 'thread', 'email']);

    await room.end('ben dm', 'failed', REFUSED);
    expect(await room.asked(['wanted'])).toEqual(['marco dm']);
    await room.end('marco dm', 'failed', REFUSED);
    await room.end('marco email', 'failed', { error: '550' });

    expect(await room.asked(['wanted'])).toEqual(['channel:ops thread']);
    expect((await room.types()).filter((type) => type === 'escalation.unreachable')).toHaveLength(1);
  });

  it('reaches a contact by its own address, before that of its person', async () => {
    const { oncall } = testConfig();
    const config = configOf(['dm'], { notify: ['contact:manager'] });
    const manager = {
      ...oncall.contacts.manager,
      person: 'marco',
      email: 'desk@company.com',
      phone: null,
      webhook: null,
    };
    const own = { ...config, oncall: { ...config.oncall, contacts: { ...oncall.contacts, manager } } };
    room = await openEscalationRoom({ config: own, means: MEANS });
    await room.move({ severity: 'P1' });

    await room.end('marco dm', 'failed', REFUSED);

    expect(await room.asked(['wanted'])).toEqual(['contact:manager email']);
  });

  it('asks for nothing more once somebody has acknowledged', async () => {
    await open(['dm']);
    const [dm] = await room.effects(['wanted']);
    if (dm === undefined) throw new Error('no page');
    await room.journal().claim(dm.key, room.clock.now());
    await room.move({ status: 'acknowledged', owner: 'slack:U1', acknowledgedAt: room.clock.now() });

    await room.end('ana dm', 'failed', REFUSED);

    expect(await room.asked()).toEqual(['ana dm']);
  });

  it('leaves a page of an earlier step to the step after it', async () => {
    room = await openEscalationRoom({ means: MEANS });
    await room.move({ severity: 'P1' });
    const [first] = await room.effects(['wanted']);
    await room.journal().claim(String(first?.key), room.clock.now());
    await room.pass(1800);
    const count = async () => (await room.types()).filter((type) => type === 'page.next-means').length;
    const before = await count();

    const result = { outcome: 'failed', reference: null, lateSeconds: 0, ...REFUSED } as const;
    if (first === undefined) throw new Error('no page');
    const closed = await room.escalation.pageClosed(first, result);

    expect(closed.effects?.map(({ op }) => op)).toEqual(['close']);
    expect(await count()).toBe(before);
  });

  it('notes Do Not Disturb, and for a P0 the next means follows at once', async () => {
    await open(['dm', 'thread'], { severity: 'P0' });
    await room.end('ana thread', 'sent');

    await room.end('ana dm', 'sent', { doNotDisturb: true });

    expect(await room.asked(['wanted'])).toEqual(['ana email']);
    expect(await room.told()).toEqual(
      expect.arrayContaining(['ana paged while in Do Not Disturb', 'ana by e-mail instead: in Do Not Disturb']),
    );
  });

  it('only notes it for less than a P0', async () => {
    await open(['dm', 'thread']);

    await room.end('ana dm', 'sent', { doNotDisturb: true });

    expect(await room.asked(['wanted'])).toEqual(['ana thread']);
    expect(await room.told()).toContain('ana paged while in Do Not Disturb');
  });
});
