import { beforeEach, describe, expect, it } from 'vitest';
import { OPS, SECURITY, type SlackDesk, startSlackDesk } from '../support/slack-desk.ts';

describe("Slack's limits hold nobody else up", () => {
  let desk: SlackDesk;
  beforeEach(async () => {
    desk = await startSlackDesk();
    return () => desk.stop();
  });

  it('goes on in one channel while another answers 429', async () => {
    desk.proxy.faults.add({
      kind: 'rate-limit',
      retryAfterSeconds: 30,
      method: 'chat.postMessage',
      channel: OPS,
      times: 1,
    });

    await desk.alert({ alertname: 'GiannaServiceDown', severity: 'critical' });
    await desk.until(() => desk.proxy.callsOf('chat.postMessage').some(({ answer }) => answer === 'ratelimited'));
    const refusedAt = desk.proxy.calls.find(({ answer }) => answer === 'ratelimited')?.at ?? 0;
    await desk.alert({ alertname: 'Intrusion', component: 'security', severity: 'critical' });
    await desk.untilShown();

    const taken = desk.taken('chat.postMessage');
    const security = taken.find(({ body }) => body.channel === SECURITY);
    const ops = taken.find(({ body }) => body.channel === OPS);
    expect((security?.at ?? 0) - refusedAt).toBeLessThan(2_000);
    expect((ops?.at ?? 0) - refusedAt).toBeGreaterThanOrEqual(30_000);
    expect((ops?.at ?? 0) - refusedAt).toBeLessThan(32_000);
  });

  it('opens twelve threads at once without a single refusal', async () => {
    for (let count = 0; count < 12; count += 1) {
      await desk.alert({ alertname: `Thing${count}`, severity: 'warning' });
    }
    await desk.untilShown();

    expect(desk.proxy.calls.filter(({ status }) => status === 429)).toEqual([]);
    const roots = (await desk.messages(OPS)).filter(({ thread_ts }) => thread_ts === undefined);
    const rosters = roots.filter(({ text }) => text.includes('Storm'));
    expect(rosters).toHaveLength(1);
    expect(roots).toHaveLength(12 + rosters.length);
  });

  it('opens the thread of a P0 before those of lesser ones that wait', async () => {
    for (let count = 0; count < 8; count += 1) {
      await desk.alert({ alertname: `Thing${count}`, severity: 'warning' });
    }
    await desk.alert({ alertname: 'GiannaServiceDown', severity: 'critical' });
    await desk.untilShown();

    const parents = desk
      .taken('chat.postMessage')
      .filter(({ body }) => body.thread_ts === undefined && body.channel === OPS);
    const place = parents.findIndex(({ body }) => String(body.text).includes('GiannaServiceDown'));
    expect(place).toBeLessThan(6);
  });

  it('edits one message at most every three seconds, and always to the last state', async () => {
    await desk.alert({ alertname: 'GiannaServiceDown', severity: 'critical' });
    await desk.untilShown();
    const before = desk.taken('chat.update').length;

    for (let count = 0; count < 20; count += 1) {
      await desk.alert({ alertname: 'GiannaServiceDown', severity: 'critical', instance: `i${count}` });
    }
    await desk.untilShown();

    expect(desk.taken('chat.update').length - before).toBeLessThanOrEqual(6);
    const parent = (await desk.messages(OPS)).find(({ thread_ts }) => thread_ts === undefined);
    expect(JSON.stringify(parent)).toContain('21 alerts firing');
  });
});
