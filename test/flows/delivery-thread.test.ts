import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check, run } from '../bot/render/cards.ts';
import { OPS, parentsOf, type SlackDesk, startSlackDesk } from '../support/slack-desk.ts';

describe('one incident is one thread', () => {
  let desk: SlackDesk;
  beforeEach(async () => {
    desk = await startSlackDesk();
  });
  afterEach(() => desk.stop());

  it('opens the thread, then pages into it and by direct message, and tells what happened', async () => {
    await desk.alert({ alertname: 'GiannaServiceDown', severity: 'critical' });
    await desk.untilShown();

    const messages = await desk.messages(OPS);
    const parents = messages.filter(({ thread_ts }) => thread_ts === undefined);
    expect(parents).toHaveLength(1);
    expect(parents[0]?.text).toMatch(/P0 FIRING GiannaServiceDown .* GI-1$/);
    const replies = messages.filter(({ thread_ts }) => thread_ts === parents[0]?.ts);
    expect(replies.map(({ text }) => text).join('\n')).toContain('please ack GI-1 (P0)');
    expect(replies.map(({ text }) => text).join('\n')).toContain('Timeline of GI-1');
    const pages = await desk.pages();
    expect(pages.filter(({ state }) => state === 'done').length).toBeGreaterThanOrEqual(3);
  });

  it('edits the parent in place and takes mention and button from old pings once somebody acknowledges', async () => {
    await desk.alert({ alertname: 'GiannaServiceDown', severity: 'critical' });
    await desk.untilShown();

    await desk.command('ack', 'GI-1');
    await desk.untilShown();

    const messages = await desk.messages(OPS);
    const parent = messages.find(({ thread_ts }) => thread_ts === undefined);
    expect(parent?.text).toContain('ACKED by');
    const ping = messages.find(({ text }) => text.includes('GI-1 paged'));
    expect(ping?.text).toMatch(/^✓ GI-1 paged .*, acked /);
    expect(JSON.stringify(ping)).not.toMatch(/<@|gi\.ack/);
    expect(parentsOf(desk.taken('chat.postMessage'), 'GI-1')).toHaveLength(1);
    expect(messages.some(({ text }) => text.includes('please ack'))).toBe(false);
  });

  it('replies with what the probes found, and edits that reply when they are asked again', async () => {
    await desk.alert({ alertname: 'GiannaServiceDown', severity: 'critical' });
    await desk.untilShown();
    const at = Date.UTC(2026, 10, 22, 14, 1, 0);
    desk.diagnoses.set('GI-1', { at, by: 'slack:U1', checks: [check('gianna-health', 'fail', 'answers 503')] });
    await desk.command('ack', 'GI-1');
    await desk.untilShown();

    desk.diagnoses.set('GI-1', { at, by: 'slack:U1', checks: [check('gianna-health', 'ok', 'answers 200')] });
    await desk.command('resolve', 'GI-1');
    await desk.untilShown();

    const messages = await desk.messages(OPS);
    const parent = messages.find(({ thread_ts }) => thread_ts === undefined);
    const evidence = messages.filter(({ text }) => text.includes('Diagnosis of GI-1'));
    expect(evidence).toHaveLength(1);
    expect(evidence[0]?.thread_ts).toBe(parent?.ts);
    expect(evidence[0]?.text).toContain('answers 200');
  });

  it('follows a run in one message of the thread', async () => {
    await desk.alert({ alertname: 'GiannaServiceDown', severity: 'critical' });
    await desk.untilShown();
    const card = run({ id: 'RUN-1', incident: 'GI-1' });
    const happened = async (type: string) => {
      const row = await desk.journal().aggregate('run', 'RUN-1');
      const events = [{ type, v: 1, data: {} }];
      const change = { kind: 'run', id: 'RUN-1', expected: row?.version ?? 0, key: null, state: {}, events };
      await desk.journal().append({ at: 1, actor: 'auto', aggregates: [{ ...change, incident: 'GI-1' }] });
      await desk.untilShown();
    };
    desk.runs.set('RUN-1', card);
    await happened('run.started');
    const during = (await desk.messages(OPS)).filter(({ text }) => text.includes('RUN-1'));

    desk.runs.set('RUN-1', { ...card, status: 'succeeded', verdict: 'fixed', endedAt: (card.startedAt ?? 0) + 5_000 });
    await happened('run.finished');

    const after = (await desk.messages(OPS)).filter(({ text }) => text.includes('RUN-1'));
    expect(during.map(({ text }) => text).join()).toContain('Under way');
    expect(after.map(({ ts }) => ts)).toEqual(during.map(({ ts }) => ts));
    expect(after[0]?.text).toContain('Fixed');
    const posted = desk.taken('chat.postMessage').find(({ body }) => String(body.text).includes('RUN-1'));
    expect(posted?.body.metadata).toMatchObject({ event_type: 'gianna_run', event_payload: { id: 'RUN-1' } });
  });

  it('forgets where the messages of incidents are that closed more than thirty days ago, and of no other', async () => {
    await desk.alert({ alertname: 'GiannaServiceDown', severity: 'critical' });
    await desk.alert({ alertname: 'Lasting', severity: 'critical' });
    await desk.command('resolve', 'GI-1');
    await desk.untilShown();
    await desk.close('GI-1');
    await desk.untilShown();

    desk.advance(31 * 24 * 3600_000);
    await desk.until(async () => (await desk.journal().document('slack', 'timeline:GI-1')) === null);

    expect(desk.delivery().threadOf('GI-1')).toBeNull();
    expect(desk.delivery().threadOf('GI-2')).not.toBeNull();
    expect(await desk.journal().document('slack', 'parent:GI-1')).toBeNull();
  });

  it('opens no thread for planned work', async () => {
    await desk.alert({ alertname: 'Nothing', severity: 'info' });
    await desk.untilShown();

    expect(await desk.messages(OPS)).toEqual([]);
  });
});
