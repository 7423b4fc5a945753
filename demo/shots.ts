/** Takes the screenshots of docs/shots/: plays scenes in the demo's Slack through a real browser, all or those that are named. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { findCommand } from '../test/support/process.ts';
import { openScreen, type Screen } from './screen.ts';
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
const OUTAGE = 'Gianna health checks failing';
const CACHE = 'Low cache hit rate';
const REQUEST = /Approval needed/;
const MEMORY = 'High memory usage on Gianna';
const MOST_TURNS = 12;
const GROUPS = 24;

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const executablePath = findCommand('chromium');
  if (executablePath === null) throw new Error('chromium is not installed: apt-get install chromium');
  warnWithoutEmoji();
  const stage = await startStage(console.log);
  const browser = await chromium.launch({ executablePath, args: BROWSER_ARGUMENTS });
  try {
    await play(stage, browser);
  } finally {
    await browser.close();
    await stage.stop();
  }
}

/** Without such a font every mark is an empty box in the pictures. */
function warnWithoutEmoji(): void {
  const lister = findCommand('fc-list');
  if (lister === null) return;
  if (spawnSync(lister, [':charset=1f534', 'family'], { encoding: 'utf8' }).stdout.trim() !== '') return;
  console.warn('No font with emoji here, the pictures will show boxes: apt-get install fonts-noto-color-emoji');
}

async function play(stage: Stage, browser: Browser): Promise<void> {
  const screen = await openScreen({ browser, url: stage.slackUrl, folder });
  const asked = process.argv.slice(2);
  for (const scene of [outage, answers, onCall, flapping, quietAndMerged, byHand, approval, block, storm]) {
    if (asked.length === 0 || asked.includes(scene.name)) await scene(stage, screen);
  }
}

/** A P0 from the alert to the end: acknowledged, diagnosed, restarted, proved, resolved. */
async function outage(stage: Stage, screen: Screen): Promise<void> {
  await broken(stage, 'unhealthy');
  await screen.parentSays(OUTAGE, 'FIRING');
  await screen.seen('3 replies');
  await screen.shotOfChannel('firing', 520);
  await screen.press(OUTAGE, 'Ack');
  await screen.parentSays(OUTAGE, 'ACKED');
  await screen.shotOfParent('acked', OUTAGE);
  await screen.openThread(OUTAGE);
  await screen.press(OUTAGE, 'Run diagnosis');
  await screen.seen('Diagnosis of');
  await screen.press(OUTAGE, 'Restart…');
  await screen.shotOfForm('restart-modal', 'gianna-ctl');
  await screen.submit();
  await screen.seen('restart gianna: fixed');
  await screen.parentSays(OUTAGE, 'RECOVERED');
  await screen.seen('RUN-1 fixed it');
  await screen.shotOfChannel('thread', 1180);
  await screen.closeThread();
  await screen.press(OUTAGE, 'Resolve');
  await screen.parentSays(OUTAGE, 'RESOLVED');
  await screen.shotOfParent('resolved', OUTAGE);
}

async function answers(_stage: Stage, screen: Screen): Promise<void> {
  for (const text of ['help', 'status', 'oncall', 'probe gianna', 'restat']) await screen.say(`/gianna ${text}`);
  await screen.shotOfChannel('answers', 1180, 700);
}

/** Who is on call, changed by a command and through the forms. */
async function onCall(_stage: Stage, screen: Screen): Promise<void> {
  await screen.askForForm('/gianna oncall override marco for 8h');
  await screen.shotOfForm('oncall-override', 'This is what changes');
  await screen.cancel();
  await screen.askForForm('/gianna oncall swap ben');
  await screen.shotOfForm('oncall-swap', 'This is what changes');
  await screen.cancel();
  await screen.say('/gianna oncall override ben for 4h --schedule primary --reason "Ana is at the dentist"');
  await screen.say('/gianna oncall');
  await screen.shotOfLastAnswer('oncall');
  await screen.say('/gianna oncall shifts');
  await screen.shotOfLastAnswer('oncall-shifts');
  await screen.say('/gianna oncall overrides');
  await screen.shotOfLastAnswer('oncall-overrides');
}

/** An alert that comes and goes: folded into one thread, then silenced through the form. */
async function flapping(stage: Stage, screen: Screen): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS && !(await screen.says(CACHE, 'FLAPPING')); turn += 1) {
    await broken(stage, 'cache');
    await screen.parentSays(CACHE, 'FIRING');
    if (await screen.says(CACHE, 'FLAPPING')) break;
    await mended(stage);
    await screen.parentSays(CACHE, 'RECOVERED');
  }
  await broken(stage, 'cache');
  await screen.parentSays(CACHE, 'FIRING, FLAPPING');
  await screen.shotOfParent('flapping', CACHE);
  await screen.press(CACHE, 'Silence…');
  await screen.fill('Reason', 'the cache is being warmed by hand');
  await screen.choose('For how long', '2h');
  await screen.shotOfForm('silence-modal', 'Mutes');
  await screen.submit();
  await screen.parentSays(CACHE, 'SILENCED');
  await screen.shotOfParent('silenced', CACHE);
  await screen.say('/gianna status');
  await screen.shotOfLastAnswer('status');
  await mended(stage);
}

/** What stands in the select, a snooze, and one incident merged into another. */
async function quietAndMerged(stage: Stage, screen: Screen): Promise<void> {
  await broken(stage, 'memory');
  await screen.parentSays(MEMORY, 'FIRING');
  await screen.parentSays(OUTAGE, 'FIRING');
  await screen.shotOfChoices('more-actions', MEMORY);
  await screen.pick(MEMORY, 'Snooze…');
  await screen.choose('For how long', '1h');
  await screen.fill('Reason', 'a restart is planned at noon');
  await screen.shotOfForm('snooze-modal', 'For how long');
  await screen.submit();
  await screen.parentSays(MEMORY, 'SNOOZED');
  await screen.shotOfParent('snoozed', MEMORY);
  await screen.press(MEMORY, 'Wake');
  await screen.pick(MEMORY, 'Merge…');
  await screen.chooseFirst('Into which incident');
  await screen.fill('Reason', 'the same leak');
  await screen.submit();
  await screen.parentSays(MEMORY, 'FOLDED');
  await screen.shotOfParent('folded', MEMORY);
  await screen.parentSays(OUTAGE, 'Folded beneath');
  await screen.shotOfParent('cause', OUTAGE);
  await mended(stage);
}

async function byHand(_stage: Stage, screen: Screen): Promise<void> {
  await screen.say('/gianna incident open "Checkout is slow" --sev p1 --description "Three customers wrote."');
  await screen.parentSays('Checkout is slow', 'FIRING');
  await screen.shotOfParent('by-hand', 'Checkout is slow');
}

/** What destroys something: asked for by one person, approved by another, exactly as it was shown. */
async function approval(_stage: Stage, screen: Screen): Promise<void> {
  await screen.askForForm('/gianna runbook run clear-cache service=gianna');
  await screen.fill('Reason', 'it holds answers of the old model');
  await screen.fill('Type gianna to confirm', 'gianna');
  await screen.submitFor('Clear cache gianna');
  await screen.shotOfForm('destructive-form', 'This is grave');
  await screen.submit();
  await screen.shotOfMessage('approval-asked', REQUEST);
  await screen.pressOn(REQUEST, 'Approve');
  await screen.seen('Approving needs');
  await screen.shotOfLastAnswer('approval-not-oneself');
  await screen.actAs('Marco Lima');
  await screen.pressOn(REQUEST, 'Approve');
  await screen.shotOfForm('approval-form', 'You agree to exactly this plan');
  await screen.submit();
  await screen.seen('clear-cache gianna: done');
  await screen.shotOfMessage('approval-done', /clear-cache gianna: done/);
  await screen.actAs('Ana Souza');
}

/** What would be done to an address, and why some are refused; nothing is. */
async function block(_stage: Stage, screen: Screen): Promise<void> {
  await screen.askForForm('/gianna block-ip 203.0.113.7 --for 2h');
  await screen.shotOfForm('block-ip-form', '203.0.113.7');
  await screen.cancel();
  await screen.askForForm('/gianna block-ip 127.0.0.1 --for 2h');
  await screen.shotOfForm('block-ip-refused', '127.0.0.1');
  await screen.cancel();
}

/** Many groups at once: one roster, the worst in threads first. */
async function storm(stage: Stage, screen: Screen): Promise<void> {
  if (stage.alertmanagerUrl === null) return;
  const alerts = Array.from({ length: GROUPS }, (_each, index) => ({
    labels: {
      alertname: `Upstream${index + 1}Down`,
      severity: index % 8 === 0 ? 'critical' : 'warning',
      component: index % 8 === 0 ? 'application' : 'business',
      instance: `web-${(index % 5) + 1}`,
    },
    annotations: { summary: `Upstream ${index + 1} does not answer` },
  }));
  await fetch(`${stage.alertmanagerUrl}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
  await screen.seen(/storm/i);
  await screen.shotOfMessage('storm', /storm/i);
}

async function broken(stage: Stage, fault: string): Promise<void> {
  await fetch(`${stage.giannaUrl}/admin/break/${fault}`, { method: 'POST' });
}

async function mended(stage: Stage): Promise<void> {
  await fetch(`${stage.giannaUrl}/admin/mend`, { method: 'POST' });
}

await main();
process.exit(0);
