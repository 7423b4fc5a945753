import { beforeEach, describe, expect, it } from 'vitest';
import { type SlackDesk, startSlackDesk } from '../support/slack-desk.ts';
import type { SlackCall } from '../support/slack-proxy/call.ts';

const ONCALL = 'U03DEV';

describe('a person gets at most one direct page a minute, and it names everything', () => {
  let desk: SlackDesk;
  beforeEach(async () => {
    desk = await startSlackDesk();
    await desk.untilShown();
    return () => desk.stop();
  });

  const critical = (n: number) => ({ alertname: `Thing${n}`, severity: 'critical' });
  const worst = { alertname: 'GiannaServiceDown', severity: 'critical' };
  const direct = (): SlackCall[] => desk.taken('chat.postMessage').filter(({ body }) => body.channel === ONCALL);
  const said = (call: SlackCall | undefined) => JSON.stringify(call?.body);

  async function shown(): Promise<string> {
    const channel = desk.taken('chat.update').find(({ body }) => String(body.channel).startsWith('D'))?.body.channel;
    return JSON.stringify((await desk.messages(String(channel))).at(-1));
  }

  async function directPages(state: string) {
    const pages = await desk.pages();
    return pages.filter(
      (page) =>
        page.data.means === 'dm' &&
        page.state === state &&
        Array.isArray(page.data.people) &&
        page.data.people[0] === 'ben',
    );
  }

  it('carries in one message what is wanted at the same moment, each closed as sent in it', async () => {
    await desk.flood([1, 2, 3, 4, 5].map(critical));
    await desk.untilShown();

    expect(direct()).toHaveLength(1);
    const [message] = direct();
    expect(said(message)).toContain('5 incidents');
    for (const id of ['GI-1', 'GI-5']) expect(said(message)).toContain(id);
    const sent = await directPages('done');
    expect(sent).toHaveLength(5);
    expect(new Set(sent.map(({ result }) => result?.reference)).size).toBe(1);
    expect(sent[0]?.result).toMatchObject({ outcome: 'sent', folded: 5 });
  });

  it('folds what comes within the minute into the message that is there', async () => {
    await desk.alert(critical(1));
    await desk.until(() => direct().length === 1);
    await desk.alert(critical(2));
    await desk.alert(critical(3));
    await desk.until(async () => (await directPages('done')).length === 3);

    expect(direct()).toHaveLength(1);
    const text = await shown();
    for (const part of ['3 incidents', 'GI-1', 'GI-2', 'GI-3', 'Ack all 3']) expect(text).toContain(part);
  });

  it('rings once more at the end of the minute for what was added and that nobody took', async () => {
    await desk.alert(critical(1));
    await desk.until(() => direct().length === 1);
    const at = direct()[0]?.at ?? 0;
    await desk.alert(critical(2));
    await desk.until(async () => (await directPages('done')).length === 2);
    await desk.until(() => direct().length === 2);

    const again = direct()[1];
    expect((again?.at ?? 0) - at).toBeGreaterThanOrEqual(60_000);
    expect(said(again)).toContain('GI-2');
    expect(said(again)).not.toContain('GI-1');
  });

  it('does not ring again when somebody has taken it meanwhile', async () => {
    await desk.alert(critical(1));
    await desk.until(() => direct().length === 1);
    await desk.alert(critical(2));
    await desk.until(async () => (await directPages('done')).length === 2);
    await desk.command('ack', 'GI-2');
    desk.advance(61_000);
    await desk.untilShown();

    expect(direct()).toHaveLength(1);
  });

  it('never holds a P0 back behind something lesser', async () => {
    await desk.alert(critical(1));
    await desk.until(() => direct().length === 1);
    const at = desk.test().clock.monotonicMs();
    await desk.alert(worst);
    await desk.until(() => direct().length === 2);

    expect(said(direct()[1])).toContain('P0');
    expect((direct()[1]?.at ?? 0) - at).toBeLessThan(2_000);
  });

  it('says so in the timeline of what was folded', async () => {
    await desk.flood([1, 2, 3].map(critical));
    await desk.untilShown();

    const timelines = desk.taken('chat.postMessage').concat(desk.taken('chat.update')).map(said);
    expect(timelines.some((text) => text.includes('in one message with 2 others'))).toBe(true);
  });

  it('takes its button away once nobody waits for any of them', async () => {
    await desk.flood([1, 2].map(critical));
    await desk.untilShown();
    await desk.command('ack', 'GI-1');
    await desk.untilShown();
    const half = await shown();
    await desk.command('ack', 'GI-2');
    await desk.untilShown();

    expect(half).toContain('1 incident ');
    expect(half).toContain('gi.ack-all');
    const whole = await shown();
    expect(whole).toContain('2 acked');
    expect(whole).not.toContain('gi.ack');
  });

  it('is not sent again, in whole or in part, when only the answer was lost', async () => {
    desk.proxy.faults.add({ kind: 'drop-after-accept', method: 'chat.postMessage', channel: ONCALL, times: 1 });
    await desk.flood([1, 2, 3].map(critical));
    await desk.untilShown();

    const posts = desk.proxy.callsOf('chat.postMessage').filter(({ body }) => body.channel === ONCALL);
    expect(posts).toHaveLength(1);
    expect(await directPages('done')).toHaveLength(3);
  });

  it('is found whole after a crash between its post and its record', async () => {
    desk.proxy.faults.add({ kind: 'drop-after-accept', method: 'chat.postMessage', channel: ONCALL, times: 1 });
    desk.proxy.faults.add({ kind: 'status', status: 503, method: 'conversations.open' });
    await desk.flood([1, 2, 3].map(critical));
    await desk.until(() => desk.proxy.callsOf('conversations.open').length > 0);

    await desk.crash();
    desk.proxy.faults.clear();
    await desk.untilShown();

    const posts = desk.proxy.callsOf('chat.postMessage').filter(({ body }) => body.channel === ONCALL);
    expect(posts).toHaveLength(1);
    expect(await directPages('done')).toHaveLength(3);
  });

  it('becomes a message of its own when the one of the minute was deleted', async () => {
    await desk.alert(critical(1));
    await desk.until(() => direct().length === 1);
    desk.proxy.faults.add({ kind: 'error', code: 'message_not_found', method: 'chat.update', times: 1 });
    await desk.alert(critical(2));
    await desk.until(() => direct().length === 2);

    expect(said(direct()[1])).toContain('GI-2');
  });
});
