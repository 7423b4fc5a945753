import { beforeEach, describe, expect, it } from 'vitest';
import { OPS, parentsOf, type SlackDesk, startSlackDesk } from '../support/slack-desk.ts';

describe('a Slack that takes calls and never answers holds nothing up for ever', () => {
  let desk: SlackDesk;
  beforeEach(async () => {
    desk = await startSlackDesk();
    return () => desk.stop();
  });

  it('gives a call up after ten seconds, shows Slack as down, and posts once when it answers again', async () => {
    await desk.untilShown();
    const back = desk.proxy.faults.add({ kind: 'black-hole', method: '*' });
    await desk.alert({ alertname: 'GiannaServiceDown', severity: 'critical' });
    const givenUpBy = performance.now() + 25_000;
    while (desk.delivery().up() && performance.now() < givenUpBy) {
      desk.advance(50);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }

    expect(desk.delivery().up()).toBe(false);
    back();
    await desk.untilShown();

    expect(desk.delivery().up()).toBe(true);
    const posted = parentsOf(desk.taken('chat.postMessage'), 'GI-1');
    expect(posted).toHaveLength(1);
    expect((await desk.messages(OPS)).filter(({ text }) => text.startsWith('P0 FIRING'))).toHaveLength(1);
  }, 45_000);
});
