import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IncidentState } from '../../src/alerts/incident-state.ts';
import type { Actor, SubmitCommand } from '../../src/core/command.ts';
import type { Config, PolicyLevel } from '../../src/core/config/config.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Effect } from '../../src/journal/port.ts';
import { answersText } from '../../src/oncall/links/link-answers.ts';
import type { PageRequest } from '../../src/oncall/page.ts';
import { testConfig } from '../support/config.ts';
import { openPagerWorld, type PagerWorld } from '../support/pager-world.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const OPS = 'https://ops.company.com/a/';
const ANA: Actor = 'slack:U01ONCALL';
const BEN: Actor = 'slack:U03DEV';
const STEP = { ms: 30_000, most: 400 };
/** Monday 2026-11-23 10:00 in São Paulo. */
const MONDAY_TEN = Date.UTC(2026, 10, 23, 13, 0, 0);
const alertNamed = (alertname: string, component = 'application') => {
  return { fingerprint: alertname, labels: { alertname, severity: 'critical', component } };
};

interface Page {
  readonly incident: string;
  readonly person: string;
  readonly text: string;
  readonly next: string | null;
  readonly asks?: { readonly why: string; readonly text: string; readonly message: string | null };
  readonly acknowledge: { readonly url: string; readonly or: string };
  readonly others: readonly JsonObject[];
}

/** Its end is stored, and with it what else its message named. */
function isSent({ state, data }: Effect, why: string, to: string): boolean {
  const { beyond, people } = data as PageRequest;
  return state === 'done' && beyond?.why === why && people[0] === to;
}

describe('the link of a page beside the policy, while Slack takes no pages,', () => {
  let receiver: WebhookReceiver;
  let world: PagerWorld;
  beforeEach(async () => {
    receiver = await startWebhookReceiver('secret', () => world.clock.now());
  });
  afterEach(async () => {
    await world.verifyAndRemove();
    await receiver.stop();
  });

  /** ana, then ben after 15 minutes, each by a webhook, where the test reads what they are told. */
  function configOf(accounts: { readonly ana?: string[]; readonly ben?: string[] }): Config {
    const config = testConfig();
    const { ana, ben, marco } = config.oncall.people;
    if (ana === undefined || ben === undefined || marco === undefined) throw new Error('somebody is missing');
    const webhook = { url: receiver.url, secret: 'secret' };
    const people = {
      ...config.oncall.people,
      ana: { ...ana, email: null, phone: null, slack: accounts.ana ?? ana.slack, webhook },
      ben: { ...ben, email: null, phone: null, slack: accounts.ben ?? ben.slack, webhook },
      marco: { ...marco, email: null, phone: null, webhook },
    };
    const level = (afterSeconds: number, name: string): PolicyLevel => {
      return { afterSeconds, notify: [{ kind: 'person', name }], by: ['webhook'] };
    };
    const P0 = { ...config.severities.P0, levels: [level(0, 'ana'), level(900, 'ben')], repeat: null };
    const P1 = { ...P0, name: 'High' };
    return { ...config, severities: { ...config.severities, P0, P1 }, oncall: { ...config.oncall, people } };
  }

  async function open(accounts: Parameters<typeof configOf>[0] = {}): Promise<void> {
    const config = configOf(accounts);
    world = await openPagerWorld({ config, means: {}, publicUrl: 'https://ops.company.com', startAt: MONDAY_TEN });
    await world.deliver([alertNamed('DatabaseDown')]);
    await world.until(() => pages().length === 1);
  }
  const pages = () => receiver.received.map(({ body }) => body as unknown as Page);
  /** Waits for the page to somebody that says why. */
  async function paged(why: string, to: string): Promise<Page> {
    const find = () => pages().find(({ asks, person }) => asks?.why === why && person === to);
    await world.until(() => find() !== undefined, STEP);
    const page = find();
    if (page === undefined) throw new Error(`no page ${why} to ${to}`);
    await world.until(async () => (await world.effects('page.webhook')).some((each) => isSent(each, why, to)));
    return page;
  }
  const tokenOf = ({ acknowledge }: Page) => acknowledge.url.slice(OPS.length);
  const say = (verb: string, by: Actor, args: JsonObject = {}) =>
    world.submit({ v: 1, verb, by, at: world.clock.now(), via: 'button', incident: 'GI-1', args });
  const submit: SubmitCommand = async (_key, command) => ({ duplicate: false, outcome: world.submit(command) });
  const look = (page: Page) => world.oncall().links.look(tokenOf(page));
  /** Presses the button as it is shown now, or was shown. */
  async function press(page: Page, shown?: string): Promise<void> {
    const view = await look(page);
    const now = view.kind === 'open' ? answersText(view.answers) : null;
    await world.oncall().links.use(tokenOf(page), submit, shown ?? now);
  }
  const answersOf = async (page: Page) => {
    const view = await look(page);
    return view.kind === 'open' ? answersText(view.answers) : view.kind;
  };
  const incident = async (id = 'GI-1') => (await world.journal().aggregate<IncidentState>('incident', id))?.state;
  const said = async () => {
    const events = (await world.events('GI-1')).filter(({ kind }) => kind === 'incident');
    return events.slice(1).map(({ type, actor }) => `${type.slice('incident.'.length)} ${actor}`);
  };

  it('asks the owner, and by it they say that they are still on it, once', async () => {
    await open();
    await say('ack', ANA);
    const page = await paged('ask', 'ana');
    const shown = await answersOf(page);
    const before = await said();
    await press(page);
    await press(page, shown);

    expect(page).toMatchObject({
      person: 'ana',
      text: expect.stringContaining('P0 GI-1 still on it? '),
      next: expect.stringMatching(/^Without an answer: ana at \d\d:\d\d UTC$/),
      asks: {
        why: 'ask',
        by: null,
        text: 'You acknowledged it, and nobody has said anything for a while: still on it?',
        answer: 'still-on-it',
      },
      acknowledge: { or: 'on the host: gianna-ops incidents still-on-it GI-1' },
    });
    expect(shown).toBe('GI-1=still-on-it');
    expect(before).toEqual([`acknowledged ${ANA}`]);
    expect(await said()).toEqual([`acknowledged ${ANA}`, `kept ${ANA}`]);
    expect(await look(page)).toMatchObject({ kind: 'settled', isUsed: true, isOwn: true, status: 'acknowledged' });
  });

  it('has the clock count anew when its owner was paged and answers by it', async () => {
    await open();
    await say('ack', ANA);
    const page = await paged('owner', 'ana');
    await press(page);
    const answeredAt = world.clock.now();
    await world.until(() => world.clock.now() - answeredAt > 25 * 60_000, STEP);

    expect(page.asks?.text).toBe('You acknowledged it and have not answered: still on it?');
    expect(pages().map(({ asks }) => asks?.why)).not.toContain('level');
  });

  it('asks the next level to look, and by it they take it from its owner', async () => {
    await open();
    await say('ack', ANA);
    const page = await paged('level', 'ben');
    const shown = await answersOf(page);
    await press(page);

    expect(page).toMatchObject({
      person: 'ben',
      next: null,
      asks: { text: 'ana has it and does not answer: please look.', answer: 'take-over' },
      acknowledge: { or: 'on the host: gianna-ops incidents assign GI-1 ben' },
    });
    expect(shown).toBe('GI-1=take-over');
    expect(await said()).toEqual([`acknowledged ${ANA}`, `assigned ${BEN}`]);
    expect(await incident()).toMatchObject({ status: 'acknowledged', owner: BEN });
    expect(await look(page)).toMatchObject({ kind: 'settled', isUsed: true, isOwn: true });
  });

  it('tells who calls and what they wrote, and acknowledges while it fires', async () => {
    await open();
    await say('escalate', ANA, { to: 'marco', message: 'the replica\nis gone <b>too</b>' });
    const page = await paged('escalate', 'marco');
    await press(page);

    expect(page).toMatchObject({
      person: 'marco',
      asks: {
        by: 'ana',
        text: `ana escalates it to you: the replica is gone <b>too</b>`,
        message: 'the replica is gone <b>too</b>',
        answer: 'ack',
      },
      acknowledge: { or: 'on the host: gianna-ops ack GI-1' },
    });
    expect(await incident()).toMatchObject({ status: 'acknowledged', owner: 'slack:U02MGR' });
  });

  it.each([
    ['pass-on', 'pass-on', 'passes it on to you: please take it.'],
    ['need-help', 'help', 'asks for help.'],
  ] as const)('takes over what its owner called about by %s', async (verb, why, words) => {
    await open();
    await say('ack', ANA);
    await say(verb, ANA);
    const page = await paged(why, 'ben');
    const shown = await answersOf(page);
    await press(page);

    expect(page.asks?.text).toBe(`ana ${words}`);
    expect(shown).toBe('GI-1=take-over');
    expect(await incident()).toMatchObject({ status: 'acknowledged', owner: BEN });
  });

  it('does what was shown or nothing: whoever was faster keeps it, and the link stays good', async () => {
    await open();
    await say('escalate', ANA, { to: 'marco' });
    const page = await paged('escalate', 'marco');
    const shown = await answersOf(page);
    await say('ack', BEN);
    await press(page, shown);
    const kept = await incident();
    const offered = await answersOf(page);
    await press(page);

    expect([shown, offered]).toEqual(['GI-1=ack', 'GI-1=take-over']);
    expect(kept).toMatchObject({ owner: BEN });
    expect(await incident()).toMatchObject({ owner: 'slack:U02MGR' });
  });

  it('is for nothing once the incident is over', async () => {
    await open();
    await say('ack', ANA);
    const page = await paged('ask', 'ana');
    const shown = await answersOf(page);
    await say('resolve', BEN);
    const after = await answersOf(page);
    await press(page, shown);

    expect(after).toBe('settled');
    expect(await said()).toEqual([`acknowledged ${ANA}`, `resolved ${BEN}`]);
  });

  it('stays used, whatever the process and the incident do', async () => {
    await open();
    await say('ack', ANA);
    const page = await paged('ask', 'ana');
    const shown = await answersOf(page);
    await press(page);
    await world.restart();
    await say('assign', ANA, { to: 'ben' });
    await press(page, 'GI-1=take-over');
    await press(page, shown);

    expect(await look(page)).toMatchObject({ kind: 'settled', isUsed: true, isOwn: false });
    expect(await incident()).toMatchObject({ owner: BEN });
    expect((await said()).at(-1)).toBe(`assigned ${ANA}`);
  });

  it('offers nothing by a page of the policy once somebody has the incident', async () => {
    await open();
    const [page] = pages();
    if (page === undefined) throw new Error('no page');
    const shown = await answersOf(page);
    await say('ack', BEN);

    expect([shown, await answersOf(page)]).toEqual(['GI-1=ack', 'settled']);
    expect(page).not.toHaveProperty('asks');
  });

  it('serves people without a Slack account: they take over, are asked as its owner, and their answer counts', async () => {
    await open({ ben: [] });
    await say('ack', ANA);
    const page = await paged('level', 'ben');
    await press(page);
    const taken = await incident();
    await press(await paged('owner', 'ben'));
    const answeredAt = world.clock.now();
    const known = pages().length;
    await world.until(() => world.clock.now() - answeredAt > 25 * 60_000, STEP);

    expect(page.acknowledge.or).toBe('on the host: gianna-ops incidents unack GI-1 && gianna-ops ack GI-1');
    expect(taken).toMatchObject({ status: 'acknowledged', owner: 'person:ben' });
    expect((await said()).slice(1)).toEqual(['assigned person:ben', 'kept person:ben']);
    expect(pages()).toHaveLength(known);
  });

  it('answers for everything that its message names, each as it stands', async () => {
    await open();
    await say('ack', ANA);
    await say('escalate', BEN, { to: 'ana', message: 'the replica too' });
    await world.deliver([alertNamed('CacheDown', 'cache')]);
    const page = await paged('escalate', 'ana');
    const shown = await answersOf(page);
    await press(page);

    expect(page.others).toEqual([{ incident: 'GI-2', severity: 'P1', title: 'High error rate in Gianna' }]);
    expect(shown).toBe('GI-1=still-on-it GI-2=ack');
    expect(await said()).toEqual([`acknowledged ${ANA}`, `escalated ${BEN}`, `kept ${ANA}`]);
    expect(await incident('GI-2')).toMatchObject({ status: 'acknowledged', owner: ANA });
  });

  it('is told to an admin as what somebody has, not as a question to them', async () => {
    await open();
    await say('ack', ANA);
    await paged('ask', 'ana');
    const told = pages().find(({ person }) => person === 'marco');
    if (told === undefined) throw new Error('no admin was told');

    expect(told).toMatchObject({
      text: expect.stringContaining('P0 GI-1 somebody has it: Slack takes no pages'),
      asks: { why: 'slack-silent', text: 'ana has it.', answer: 'take-over' },
      acknowledge: { or: 'on the host: gianna-ops incidents assign GI-1 marco' },
    });
    expect(await answersOf(told)).toBe('GI-1=take-over');
  });
});
