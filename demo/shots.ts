/** Takes the screenshots of docs/shots/: plays an incident in the demo's Slack through a real browser. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findCommand, until } from '../test/support/process.ts';
import { type Stage, startStage } from './stage.ts';

const folder = fileURLToPath(new URL('../docs/shots', import.meta.url));
const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const executablePath = findCommand('chromium');
  if (executablePath === null) throw new Error('chromium is not installed: apt-get install chromium');
  const stage = await startStage(console.log);
  const browser = await chromium.launch({ executablePath, args: BROWSER_ARGUMENTS });
  try {
    await play(stage, browser);
  } finally {
    await browser.close();
    await stage.stop();
  }
}

async function play(stage: Stage, browser: Browser): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1360, height: 1000 }, deviceScaleFactor: 1 });
  await page.goto(stage.slackUrl);
  const shot = (name: string) => page.screenshot({ path: `${folder}/${name}.png` });
  await page.getByText('gianna-ops').first().click();
  await fetch(`${stage.giannaUrl}/admin/break/unhealthy`, { method: 'POST' });
  await seen(page, 'FIRING');
  await shot('firing');
  await page.getByRole('button', { name: 'Ack' }).first().click();
  await seen(page, 'ACKED');
  await shot('acked');
  await openThread(page);
  await page.getByRole('button', { name: 'Run diagnosis' }).first().click();
  await seen(page, 'Diagnosis');
  await shot('diagnosis');
  await page
    .getByRole('button', { name: /Restart/ })
    .first()
    .click();
  await until('the plan is in the modal', async () =>
    page.locator('.modal').getByText('gianna-ctl').first().isVisible(),
  );
  await shot('restart-modal');
  await page.locator('.modal-btn.primary').click();
  await seen(page, 'RUN-1');
  await shot('running');
  await seen(page, 'RECOVERED');
  await page.getByRole('button', { name: 'Resolve' }).first().click();
  await seen(page, 'RESOLVED');
  await shot('thread');
  await command(page, '/gianna help');
  await shot('help');
  await command(page, '/gianna status');
  await command(page, '/gianna oncall');
  await command(page, '/gianna probe gianna');
  await command(page, '/gianna restat');
  await shot('answers');
}

async function seen(page: Page, text: string): Promise<void> {
  await until(`"${text}" in the browser`, async () => (await page.getByText(text).count()) > 0, 60_000);
}

async function openThread(page: Page): Promise<void> {
  const replies = page.getByText(/repl(y|ies)/).first();
  if (await replies.isVisible()) await replies.click();
}

async function command(page: Page, text: string): Promise<void> {
  const box = page.locator('textarea, [contenteditable=true], input[type=text]').first();
  await box.fill(text);
  await box.press('Enter');
  await page.waitForTimeout(1500);
}

await main();
process.exit(0);
