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
/** The peer's side bar is no part of the bot: what is right of it is shown. */
const SIDE_BAR = 220;
const WIDTH = 1260;
/** The thread is what there is to see. */
const THREAD = 560;

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
  const page = await browser.newPage({ viewport: { width: WIDTH, height: 1000 }, deviceScaleFactor: 1 });
  await page.goto(stage.slackUrl);
  await page.addStyleTag({ content: `.thread-pane { width: ${THREAD}px !important; }` });
  await page.getByText('gianna-ops').first().click();
  await fetch(`${stage.giannaUrl}/admin/break/unhealthy`, { method: 'POST' });
  await seen(page, 'FIRING');
  await seen(page, '2 replies');
  await shot(page, 'firing', 430);
  await page.setViewportSize({ width: WIDTH, height: 1000 });
  await page.getByRole('button', { name: 'Ack' }).first().click();
  await seen(page, 'ACKED');
  await openThread(page);
  await page.getByRole('button', { name: 'Run diagnosis' }).first().click();
  await seen(page, 'Diagnosis of');
  await page
    .getByRole('button', { name: /Restart/ })
    .first()
    .click();
  await until('the plan is in the modal', async () =>
    page.locator('.modal').getByText('gianna-ctl').first().isVisible(),
  );
  await page.locator('.modal').screenshot({ path: `${folder}/restart-modal.png` });
  await page.locator('.modal-btn.primary').click();
  await seen(page, 'restart gianna: fixed');
  await seen(page, 'RECOVERED');
  await seen(page, 'RUN-1 fixed it');
  await shot(page, 'thread', 860);
  await page.getByRole('button', { name: 'Resolve' }).first().click();
  await seen(page, 'RESOLVED');
  for (const text of ['help', 'status', 'oncall', 'probe gianna', 'restat']) await command(page, `/gianna ${text}`);
  await page.locator('.thread-head button').click();
  await shot(page, 'answers', 1000, 700);
}

/** What is below the peer's top bar and right of its side bar, to the given height. */
async function shot(page: Page, name: string, height: number, width: number = WIDTH - SIDE_BAR): Promise<void> {
  const clip = { x: SIDE_BAR, y: 44, width, height: height - 44 };
  await page.mouse.move(0, 0);
  await page.setViewportSize({ width: WIDTH, height });
  for (const pane of await page.locator('.thread-body, .messages').all())
    await pane.evaluate('(body) => body.scrollTo(0, body.scrollHeight)');
  await page.screenshot({ path: `${folder}/${name}.png`, clip });
}

async function seen(page: Page, text: string): Promise<void> {
  await until(`"${text}" in the browser`, async () => (await page.getByText(text).count()) > 0, 60_000);
}

async function openThread(page: Page): Promise<void> {
  const replies = page.getByText(/repl(y|ies)/).first();
  if (await replies.isVisible()) await replies.click();
}

/** Types a command; resolves once one more answer than before is there. */
async function command(page: Page, text: string): Promise<void> {
  const answers = page.getByText('only visible to you');
  const before = await answers.count();
  const box = page.locator('textarea, [contenteditable=true], input[type=text]').first();
  await box.fill(text);
  await box.press('Enter');
  await until(`an answer to ${text}`, async () => (await answers.count()) > before, 10_000);
}

await main();
process.exit(0);
