import { accessSync, constants } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SubmitCommand } from '../../src/core/command.ts';
import type { AckDoor } from '../../src/web/ack-page.ts';
import { testConfig } from '../support/config.ts';
import { mayRun } from '../support/need.ts';
import { openPagerWorld, type PagerWorld } from '../support/pager-world.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';
import { startServer, type TestServer } from '../web/support.ts';

const CHROMIUM = '/usr/bin/chromium';
const PHONE = { width: 390, height: 844 };
const TITLE = 'Database <b>down</b> & "out"';

function whyNoBrowser(): string | null {
  try {
    accessSync(CHROMIUM, constants.X_OK);
    return null;
  } catch {
    return `${CHROMIUM} is not installed`;
  }
}

describe.runIf(mayRun(whyNoBrowser()))('the link of a page, in a browser', () => {
  let receiver: WebhookReceiver;
  let world: PagerWorld;
  let server: TestServer;
  let browser: Browser;
  let door: AckDoor | null = null;
  beforeEach(async () => {
    receiver = await startWebhookReceiver('secret');
    server = await startServer({ ackLinks: () => door });
    world = await openPagerWorld({ config: configOf(receiver.url), means: {}, publicUrl: server.url });
    door = {
      look: (token) => world.oncall().links.look(token),
      use: (token, shown) => {
        const submit: SubmitCommand = async (_key, command) => ({ duplicate: false, outcome: world.submit(command) });
        return world.oncall().links.use(token, submit, shown);
      },
      nameOf: (actor) => actor,
    };
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterEach(async () => {
    await browser.close();
    await server.close();
    await world.verifyAndRemove();
    await receiver.stop();
  });

  it('shows the incident on a phone, acknowledges by the button, and once', async () => {
    const labels = { alertname: 'DatabaseDown', severity: 'critical', component: 'application' };
    await world.deliver([{ labels, annotations: { summary: TITLE } }]);
    await world.until(async () => (await world.effects('page.webhook'))[0]?.state === 'done');
    const url = String((receiver.received[0]?.body.acknowledge as { url: string } | undefined)?.url);
    const asked: string[] = [];
    const page = await browser.newPage({ viewport: PHONE });
    page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    const acks = async () => (await world.events('GI-1')).filter(({ type }) => type === 'incident.acknowledged');

    await page.goto(url);
    const button = page.getByRole('button', { name: 'Acknowledge GI-1 as ana' });
    const box = await button.boundingBox();
    const stale = await browser.newPage({ viewport: PHONE });
    await stale.goto(url);
    const before = await acks();
    await button.click();
    const after = await page.getByRole('status').textContent();
    await page.reload();
    const reloaded = await page.getByRole('status').textContent();
    await stale.getByRole('button').click();
    const again = await stale.getByRole('status').textContent();

    const wide = await page.evaluate('document.documentElement.scrollWidth');
    expect(await page.getByRole('heading').textContent()).toBe(`P0 GI-1: ${TITLE}`);
    expect([box?.height ?? 0, box?.width ?? 0].every((size) => size >= 44)).toBe(true);
    expect(wide).toBe(PHONE.width);
    expect(before).toEqual([]);
    expect([after, reloaded, again]).toEqual(
      Array.from({ length: 3 }, () => 'You have acknowledged GI-1. Its pages have stopped.'),
    );
    expect(await acks()).toHaveLength(1);
    const path = new URL(url).pathname;
    expect(asked.filter((each) => !each.endsWith('favicon.ico'))).toEqual([
      `GET ${path}`,
      `POST ${path}`,
      `GET ${path}`,
      `GET ${path}`,
    ]);
  });

  it('lets whoever was called take it from its owner on a phone, and says so', async () => {
    const labels = { alertname: 'DatabaseDown', severity: 'critical', component: 'application' };
    await world.deliver([{ labels, annotations: { summary: TITLE } }]);
    await world.until(async () => (await world.effects('page.webhook'))[0]?.state === 'done');
    const said = { v: 1, by: 'slack:U03DEV', via: 'button', incident: 'GI-1' } as const;
    await world.submit({ ...said, at: world.clock.now(), verb: 'ack', args: {} });
    await world.submit({
      ...said,
      at: world.clock.now(),
      verb: 'escalate',
      args: { to: 'ana', message: '<b>come</b>' },
    });
    await world.until(() => receiver.received.length === 2, { ms: 5000, most: 100 });
    const url = String((receiver.received[1]?.body.acknowledge as { url: string } | undefined)?.url);
    const page = await browser.newPage({ viewport: PHONE });
    const owners = async () => {
      const events = (await world.events('GI-1')).filter(({ kind }) => kind === 'incident');
      return events.slice(1).map(({ type, actor }) => `${type} ${actor}`);
    };

    await page.goto(url);
    const buttons = await page.getByRole('button').allTextContents();
    const shown = await page.getByRole('main').textContent();
    const before = await owners();
    await page.getByRole('button', { name: 'Take over GI-1 as ana' }).click();
    const after = await page.getByRole('status').textContent();

    expect(buttons).toEqual(['Take over GI-1 as ana']);
    expect(shown).toContain('slack:U03DEV has it now. It is yours afterwards.');
    expect(before).toEqual(['incident.acknowledged slack:U03DEV', 'incident.escalated slack:U03DEV']);
    expect(after).toBe('GI-1 is yours: that is noted, and nobody has to answer its pages.');
    expect((await owners()).at(-1)).toBe('incident.assigned slack:U01ONCALL');
  });
});

/** ana is paged by a webhook, where the test reads the link. */
function configOf(url: string) {
  const config = testConfig();
  const { ana } = config.oncall.people;
  if (ana === undefined) throw new Error('no ana');
  const people = { ...config.oncall.people, ana: { ...ana, webhook: { url, secret: 'secret' } } };
  const level = { afterSeconds: 0, notify: [{ kind: 'person', name: 'ana' } as const], by: ['webhook' as const] };
  const P0 = { ...config.severities.P0, levels: [level], repeat: null };
  return { ...config, severities: { ...config.severities, P0 }, oncall: { ...config.oncall, people } };
}
