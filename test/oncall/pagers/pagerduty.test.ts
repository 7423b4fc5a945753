import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttp } from '../../../src/core/http.ts';
import type { OutgoingPage } from '../../../src/oncall/pagers/pager.ts';
import { createPagerDuty } from '../../../src/oncall/pagers/pagerduty.ts';
import { PAGERDUTY_KEY, type PagerDutyStandIn, startPagerDuty } from '../../support/pagerduty-stand-in.ts';
import { pagerDutySdkEvent } from '../../support/vendor-sdks.ts';

const PAGE: OutgoingPage = {
  key: 'page|1',
  person: null,
  address: { kind: 'pagerduty' },
  words: {
    incident: 'GI-42',
    severity: 'P1',
    title: 'Database is down',
    service: 'gianna',
    since: 1_795_000_000_000,
    now: 1_795_000_000_000,
    next: null,
    ackUrl: null,
    isTest: false,
  },
  askedAt: 0,
  mayBeThere: false,
};

describe('pages by PagerDuty', () => {
  let pagerDuty: PagerDutyStandIn;
  beforeEach(async () => {
    pagerDuty = await startPagerDuty();
  });
  afterEach(() => pagerDuty.stop());

  function pager(routingKey = PAGERDUTY_KEY) {
    const http = createHttp({ timeoutMs: 2000 });
    return createPagerDuty({ http, timeoutMs: 2000, routingKey, apiUrl: pagerDuty.url, publicUrl: 'https://ops' });
  }

  it('is spoken to in the same way as by the vendor SDK', async () => {
    const payload = { summary: 'x', source: 'y', severity: 'critical' } as const;
    const bySdk = await pagerDutySdkEvent(pagerDuty, {
      routing_key: PAGERDUTY_KEY,
      event_action: 'trigger',
      dedup_key: 'k',
      payload,
    });
    const byUs = await pager().send(PAGE);

    expect(bySdk.data).toEqual({ status: 'success', message: 'Event processed', dedup_key: 'k' });
    expect(byUs).toEqual({ kind: 'sent', reference: 'gianna-ops/GI-42', isFinal: true });
    expect(pagerDuty.complaints).toEqual([]);
    expect(pagerDuty.events[1]).toMatchObject({
      event_action: 'trigger',
      dedup_key: 'gianna-ops/GI-42',
      payload: { severity: 'error', source: 'gianna', summary: 'P1 GI-42 Database is down (gianna)' },
    });
  });

  it('is one alert however often it is paged, and follows to acknowledged and resolved', async () => {
    const ours = pager();
    await ours.send(PAGE);
    await ours.send(PAGE);
    await ours.update('GI-42', 'acknowledge');
    const acknowledged = new Map(pagerDuty.alerts);
    await ours.update('GI-42', 'resolve');

    expect(acknowledged).toEqual(new Map([['gianna-ops/GI-42', 'acknowledged']]));
    expect(pagerDuty.alerts).toEqual(new Map([['gianna-ops/GI-42', 'resolved']]));
    expect(pagerDuty.complaints).toEqual([]);
  });

  it('tries again what was too much or failed there, and gives up what is refused', async () => {
    pagerDuty.failNext(429, 500);
    const results = [await pager().send(PAGE), await pager().send(PAGE), await pager('f'.repeat(32)).send(PAGE)];

    expect(results).toEqual([
      { kind: 'later', error: 'pagerduty_429', mayBeThere: false },
      { kind: 'later', error: 'pagerduty_500', mayBeThere: true },
      { kind: 'refused', error: 'pagerduty_400' },
    ]);
    expect(pagerDuty.events).toEqual([]);
  });
});
