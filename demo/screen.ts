import type { Browser, Locator, Page } from 'playwright-core';
import { until } from '../test/support/process.ts';

/** What a person sees and does in the demo's Slack, and pictures of it. Incidents are named by their title. */
export interface Screen {
  seen(text: string | RegExp): Promise<void>;
  /** Whether the parent says so now. */
  says(title: string, words: string): Promise<boolean>;
  parentSays(title: string, words: string): Promise<void>;
  press(title: string, button: string): Promise<void>;
  /** Picks from the select "More actions"; resolves once the form is open. */
  pick(title: string, option: string): Promise<void>;
  openThread(title: string): Promise<void>;
  closeThread(): Promise<void>;
  /** Goes on as another person, by the full name. */
  actAs(person: string): Promise<void>;
  /** Presses a button of the last message that says so. */
  pressOn(words: RegExp, button: string): Promise<void>;
  /** Types a command; resolves once one more answer than before is there. */
  say(text: string): Promise<void>;
  /** Types a command that opens a form; resolves once it is open. */
  askForForm(text: string): Promise<void>;
  /** Closes the open form without submitting it. */
  cancel(): Promise<void>;
  fill(label: string, text: string): Promise<void>;
  choose(label: string, option: string): Promise<void>;
  chooseFirst(label: string): Promise<void>;
  /** Submits the open form; resolves once it is closed. */
  submit(): Promise<void>;
  /** Submits the open form where the answer is the form again, with this on its button. */
  submitFor(button: string): Promise<void>;
  /** The channel and the open thread, scrolled to the end. */
  shotOfChannel(name: string, height: number, width?: number): Promise<void>;
  shotOfParent(name: string, title: string): Promise<void>;
  /** The parent with its select open. */
  shotOfChoices(name: string, title: string): Promise<void>;
  shotOfLastAnswer(name: string): Promise<void>;
  /** The first message that says so. */
  shotOfMessage(name: string, words: RegExp): Promise<void>;
  /** The open form, once it says so. */
  shotOfForm(name: string, words: string): Promise<void>;
}

/** The peer's side bar is no part of the bot: what is right of it is shown. */
const SIDE_BAR = 220;
const TOP_BAR = 44;
const WIDTH = 1260;
const HEIGHT = 1000;
const TALL = 1600;
/** The thread is what there is to see. */
const THREAD = 560;
const PATIENCE_MS = 60_000;

/** Opens the channel in a browser. */
export async function openScreen(options: { browser: Browser; url: string; folder: string }): Promise<Screen> {
  const page = await options.browser.newPage({ viewport: { width: WIDTH, height: HEIGHT }, deviceScaleFactor: 1 });
  await page.goto(options.url);
  await page.addStyleTag({ content: `.thread-pane { width: ${THREAD}px !important; }` });
  await page.getByText('gianna-ops').first().click();
  const fileOf = (name: string) => `${options.folder}/${name}.png`;
  const form = page.locator('.modal');
  const field = (label: string) => form.locator('.bk-input').filter({ hasText: label });
  const says = async (title: string, words: string) =>
    (await parent(page, title).count()) > 0 && (await parent(page, title).innerText()).includes(words);
  const parentSays = (title: string, words: string) =>
    until(`the parent of "${title}" says "${words}"`, () => says(title, words), PATIENCE_MS).then(() => undefined);
  const seen = async (text: string | RegExp) => {
    await until(`"${text}" in the browser`, async () => (await page.getByText(text).count()) > 0, PATIENCE_MS);
  };
  const formIsOpen = () => until('the form is open', () => form.locator('.modal-btn.primary').isVisible(), PATIENCE_MS);

  return {
    seen,
    says,
    parentSays,
    press: async (title, button) => {
      await parent(page, title).getByRole('button', { name: button }).first().click();
    },
    pick: async (title, option) => {
      const select = parent(page, title).locator('select');
      const labels = await select.locator('option').allInnerTexts();
      await select.selectOption({ label: labels.find((label) => label.endsWith(option)) ?? option });
      await formIsOpen();
    },
    openThread: async (title) => {
      const replies = parent(page, title)
        .getByText(/repl(y|ies)/)
        .first();
      if (await replies.isVisible()) await replies.click();
    },
    closeThread: () => page.locator('.thread-head button').click(),
    actAs: async (person) => {
      await page.locator('select').first().selectOption({ label: person });
      await page.getByText('gianna-ops').first().click();
    },
    pressOn: async (words, button) => {
      const message = page.locator('.msg').filter({ hasText: words }).last();
      await message.getByRole('button', { name: button }).first().click();
    },
    say: (text) => say(page, text),
    askForForm: async (text) => {
      await type(page, text);
      await formIsOpen();
    },
    cancel: async () => {
      await form.getByText('Cancel').click();
      await until('the form is closed', async () => (await form.count()) === 0, PATIENCE_MS);
    },
    fill: async (label, text) => {
      await formIsOpen();
      await field(label).locator('input').fill(text);
    },
    choose: async (label, option) => {
      await formIsOpen();
      await field(label).locator('select').selectOption({ label: option });
    },
    chooseFirst: async (label) => {
      await formIsOpen();
      await field(label).locator('select').selectOption({ index: 1 });
    },
    submit: async () => {
      await form.locator('.modal-btn.primary').click();
      await until('the form is closed', async () => (await form.count()) === 0, PATIENCE_MS);
    },
    submitFor: async (button) => {
      await form.locator('.modal-btn.primary').click();
      await form.locator('.modal-btn.primary', { hasText: button }).waitFor({ timeout: PATIENCE_MS });
    },
    shotOfChannel: (name, height, width = WIDTH - SIDE_BAR) => shotOfChannel(page, fileOf(name), height, width),
    shotOfParent: (name, title) => shotOf(page, parent(page, title), fileOf(name)),
    shotOfChoices: async (name, title) => {
      await page.evaluate(expandSelect(title, true));
      await shotOf(page, parent(page, title), fileOf(name));
      await page.evaluate(expandSelect(title, false));
    },
    shotOfLastAnswer: (name) => shotOf(page, page.locator('.messages .msg').last(), fileOf(name)),
    shotOfMessage: async (name, words) => {
      await page.setViewportSize({ width: WIDTH, height: TALL });
      await shotOf(page, page.locator('.messages .msg').filter({ hasText: words }).first(), fileOf(name));
      await page.setViewportSize({ width: WIDTH, height: HEIGHT });
    },
    shotOfForm: async (name, words) => {
      await until(`"${words}" in the form`, () => form.getByText(words).first().isVisible(), PATIENCE_MS);
      await form.screenshot({ path: fileOf(name) });
    },
  };
}

/** The parent with this title; the last one when there are several. */
function parent(page: Page, title: string): Locator {
  const header = page.locator('.bk-header', { hasText: title });
  return page.locator('.messages .msg').filter({ has: header }).last();
}

/** What the browser draws over the page is in no picture of it: the choices are drawn in the page. */
function expandSelect(title: string, isOpen: boolean): string {
  return `for (const header of document.querySelectorAll('.messages .bk-header')) {
    if (!header.textContent.includes(${JSON.stringify(title)})) continue;
    const select = header.closest('.msg').querySelector('select');
    select.size = ${isOpen ? 'select.options.length' : '0'};
    select.style.height = ${isOpen ? "'auto'" : "''"};
    select.parentElement.style.alignItems = ${isOpen ? "'flex-start'" : "''"};
  }`;
}

async function say(page: Page, text: string): Promise<void> {
  const answers = page.getByText('only visible to you');
  const before = await answers.count();
  await type(page, text);
  await until(`an answer to ${text}`, async () => (await answers.count()) > before, PATIENCE_MS);
}

async function type(page: Page, text: string): Promise<void> {
  const box = page.locator('textarea, [contenteditable=true], input[type=text]').first();
  await box.fill(text);
  await box.press('Enter');
}

/** Once the page has taken its new size. */
const SCROLL_DOWN = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  for (const pane of document.querySelectorAll('.thread-body, .messages')) pane.scrollTo(0, pane.scrollHeight);
  requestAnimationFrame(done);
})))`;

async function shotOf(page: Page, message: Locator, path: string): Promise<void> {
  await page.mouse.move(0, 0);
  await message.scrollIntoViewIfNeeded();
  await message.screenshot({ path });
}

/** What is below the peer's top bar and right of its side bar, to the given height. */
async function shotOfChannel(page: Page, path: string, height: number, width: number): Promise<void> {
  await page.mouse.move(0, 0);
  await page.setViewportSize({ width: WIDTH, height });
  await page.evaluate(SCROLL_DOWN);
  await page.screenshot({ path, clip: { x: SIDE_BAR, y: TOP_BAR, width, height: height - TOP_BAR } });
  await page.setViewportSize({ width: WIDTH, height: HEIGHT });
}
