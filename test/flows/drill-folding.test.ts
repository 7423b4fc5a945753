import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testConfig } from '../support/config.ts';
import { openPagerWorld, type PagerWorld } from '../support/pager-world.ts';
import { startTwilio, type TwilioStandIn } from '../support/twilio-stand-in.ts';

describe('the page of a drill', () => {
  let twilio: TwilioStandIn;
  let world: PagerWorld;
  beforeEach(async () => {
    twilio = await startTwilio();
    const config = testConfig();
    const level = { afterSeconds: 0, notify: [{ kind: 'person', name: 'ana' } as const], by: ['sms' as const] };
    const P1 = { ...config.severities.P1, levels: [level], repeat: null, ackExpires: null };
    const { accountSid, authToken, url: apiUrl } = twilio;
    world = await openPagerWorld({
      config: { ...config, severities: { ...config.severities, P1 } },
      means: { twilio: { accountSid, authToken, from: '+15550100', apiUrl } },
    });
  });
  afterEach(async () => {
    await world.verifyAndRemove();
    await twilio.stop();
    expect(twilio.complaints).toEqual([]);
  });

  const fire = (alertname: string) =>
    world.deliver([{ fingerprint: alertname, labels: { alertname, severity: 'critical', component: 'cache' } }]);
  const drill = () =>
    world.submit({ v: 1, verb: 'drill', by: 'local', at: world.clock.now(), via: 'cli', args: { severity: 'P1' } });
  /** Oldest first. */
  const texts = () => twilio.messages.map(({ form }) => String(form.Body)).reverse();

  it('holds no real page back for a minute', async () => {
    await drill();
    await world.until(() => texts().length === 1);
    await fire('CacheCold');

    await world.until(() => texts().length === 2);

    expect(texts()[0]).toMatch(/^P1 GI-1 \[DRILL\] /);
    expect(texts()[1]).toMatch(/^P1 GI-2 High error rate/);
  });

  it('carries no real page, and is carried by none, when both come in the minute of another', async () => {
    await fire('CacheCold');
    await world.until(() => texts().length === 1);
    await drill();
    await world.until(() => texts().length === 2);
    await fire('CacheFull');

    await world.until(() => texts().length === 3, { ms: 1000, most: 200 });

    expect(texts()[1]).toMatch(/^P1 GI-2 \[DRILL\] /);
    expect(texts()[2]).toMatch(/^P1 GI-3 High error rate/);
    expect(texts().join('\n')).not.toMatch(/\+\d/);
  });

  it('is marked in its text even when the rest of the title has to give way', async () => {
    const note = 'новые телефоны дежурной смены '.repeat(6).trim();
    await world.submit({
      ...{ v: 1, verb: 'drill', by: 'local', at: world.clock.now(), via: 'cli' },
      args: { severity: 'P1', note },
    });

    await world.until(() => texts().length === 1);

    expect(texts()[0]).toMatch(/^P1 GI-1 \[DRILL\] /);
  });
});
