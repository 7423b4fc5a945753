import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../src/core/command.ts';
import { OPS, type SlackDesk, startSlackDesk } from '../support/slack-desk.ts';
import type { SlackCall } from '../support/slack-proxy/call.ts';

const BEN: Actor = 'slack:U03DEV';
const MINUTE = 60_000;

describe('what Slack shows of an acknowledgement and its clock', () => {
  let desk: SlackDesk;
  beforeEach(async () => {
    desk = await startSlackDesk();
    await desk.untilShown();
    return () => desk.stop();
  });

  const direct = (): SlackCall[] => desk.taken('chat.postMessage').filter(({ body }) => body.channel === 'U03DEV');
  const threads = (): SlackCall[] =>
    desk.taken('chat.postMessage').filter(({ body }) => body.channel === OPS && body.thread_ts !== undefined);
  const said = (call: SlackCall | undefined) => JSON.stringify(call?.body ?? {});
  const verbs = (text: string) => [...text.matchAll(/gi\.([a-z-]+)/g)].map(([, verb]) => verb);

  async function channelOfBen(): Promise<string> {
    const page = (await desk.pages()).find(
      ({ data, result }) => data.means === 'dm' && result?.reference != null && isBen(data),
    );
    return String(page?.result?.reference).split('/')[0] ?? '';
  }
  const isBen = (data: Record<string, unknown>) => Array.isArray(data.people) && data.people[0] === 'ben';

  it('a direct page can be acknowledged, passed on, and leads to the thread', async () => {
    await desk.alert({ alertname: 'GiannaServiceDown' });
    await desk.untilShown();

    desk.advance(5 * MINUTE);
    await desk.escalate();
    await desk.untilShown();

    // the first one does not wait for its thread
    expect(verbs(said(direct()[0]))).toEqual(['ack', 'pass-on']);
    expect(verbs(said(direct()[1]))).toEqual(['ack', 'pass-on', 'open-thread']);
  });

  it('asks the owner by message and in the thread, and takes the question back once it is answered', async () => {
    await desk.alert({ alertname: 'GiannaServiceDown' });
    await desk.untilShown();
    await desk.command('ack', 'GI-1', BEN);
    await desk.untilShown();
    const parent = (await desk.messages(OPS))[0];
    desk.advance(30 * MINUTE);
    await desk.escalate();
    await desk.untilShown();

    const question = said(direct().at(-1));
    expect(JSON.stringify(parent?.blocks)).toContain('asked again');
    expect(question).toContain('Yes, 30 min more');
    expect(verbs(question)).toEqual(['still-on-it', 'need-help', 'pass-on', 'open-thread']);
    expect(said(threads().at(-1))).toContain('<@U03DEV> still on it? GI-1 (P0)');
    expect(said(threads().at(-1))).toContain('Without an answer ben is paged at');

    await desk.command('still-on-it', 'GI-1', BEN, { seconds: 1800 });
    await desk.untilShown();

    const last = (await desk.messages(await channelOfBen())).at(-1);
    expect(last?.text).toContain('✓ GI-1: asked whether somebody is still on it');
    expect(verbs(JSON.stringify(last?.blocks))).toEqual([]);
  });

  it('names its responders on the parent, and offers who is asked for help to take over', async () => {
    await desk.alert({ alertname: 'GiannaServiceDown' });
    await desk.untilShown();
    await desk.command('ack', 'GI-1', BEN);
    await desk.command('add-responder', 'GI-1', BEN, { person: 'marco' });
    await desk.command('need-help', 'GI-1', BEN);
    await desk.untilShown();

    const toMarco = desk.taken('chat.postMessage').filter(({ body }) => body.channel === 'U02MGR');
    expect(toMarco.map(said).some((text) => text.includes('U03DEV calls you in as a responder of GI-1 (P0)'))).toBe(
      true,
    );
    expect(said(direct().at(-1))).toContain('asks for help with GI-1 (P0)');
    expect(verbs(said(direct().at(-1)))).toContain('take-over');
    expect(JSON.stringify((await desk.messages(OPS))[0]?.blocks)).toContain('with marco');
  });

  it('says on a page that was on its way that somebody acknowledged meanwhile', async () => {
    desk.proxy.faults.add({ kind: 'delay', ms: 150, method: 'chat.postMessage', channel: 'U03DEV' });
    await desk.alert({ alertname: 'GiannaServiceDown' });
    await desk.until(async () =>
      (await desk.pages()).some(({ state, data }) => state === 'claimed' && data.means === 'dm' && isBen(data)),
    );
    await desk.command('ack', 'GI-1', BEN);
    await desk.untilShown();

    const events = await desk.journal().eventsOf('escalation', 'GI-1');
    const late = events.filter(({ type, data }) => type === 'page.sent' && data.meanwhile === 'acknowledged');
    expect(late.some(({ data }) => isBen(data) && data.means === 'dm')).toBe(true);
    const shown = (await desk.messages(await channelOfBen())).at(-1);
    expect(shown?.text).toBe('✓ GI-1 acknowledged by U03DEV meanwhile');
    expect(verbs(JSON.stringify(shown?.blocks))).toEqual([]);
    expect(JSON.stringify(shown)).not.toContain('<@');
  });

  it('does not send later what Slack did not take before somebody acknowledged', async () => {
    const back = desk.proxy.faults.add({ kind: 'status', status: 503, method: 'chat.postMessage', channel: 'U03DEV' });
    await desk.alert({ alertname: 'GiannaServiceDown' });
    await desk.until(async () =>
      (await desk.pages()).some(({ state, data }) => state === 'claimed' && data.means === 'dm' && isBen(data)),
    );
    await desk.command('ack', 'GI-1', BEN);
    await desk.until(async () => (await desk.pages()).every(({ state }) => state !== 'claimed'));
    back();
    await desk.untilShown();

    expect(direct()).toEqual([]);
    const page = (await desk.pages()).find(({ data }) => data.means === 'dm' && isBen(data));
    expect(page?.state).toBe('dropped');
  });
});
