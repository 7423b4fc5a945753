import { control, look } from '../test/support/local-slack.ts';
import { until } from '../test/support/process.ts';
import { openSlackUi } from '../test/support/slack-ui.ts';
import type { Stage } from './stage.ts';
import { OPS_CHANNEL } from './workspace.ts';

const ON_CALL = 'U01ANA';
/** The title of a run's own message, live or at its end. */
const RUN_TITLE = /restart gianna: (waiting|running|fixed|done|no effect|failed)/;

interface Message {
  ts: string;
  thread_ts?: string;
  text: string;
  blocks?: readonly Block[];
}
interface Block {
  type: string;
  block_id?: string;
  text?: { text: string };
  elements?: ReadonlyArray<Button>;
}
interface Button {
  action_id?: string;
  value?: string;
}

/**
 * Plays one incident without hands: break → alert → thread → ping → ack → diagnosis → restart → verified → resolved.
 * Each step counts only once it was seen at the Slack peer. Resolves with the exit code.
 */
export async function runDrill(stage: Stage, log: (line: string) => void): Promise<number> {
  const startedAt = performance.now();
  const steps: string[] = [];
  const seen = (step: string, detail: string) => {
    steps.push(step);
    log(row(`${((performance.now() - startedAt) / 1000).toFixed(2)} s`, step, detail));
  };
  log(`\n${row('time', 'step', 'seen at the Slack peer')}\n${row('────────', '─────────', '─'.repeat(70))}`);
  try {
    await play(stage, seen);
    log(`\ndrill passed: ${steps.length} steps`);
    return 0;
  } catch (error) {
    log(`\ndrill FAILED after "${steps.at(-1) ?? 'start'}": ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

function row(time: string, step: string, detail: string): string {
  return `${time.padStart(8)}  ${step.padEnd(9)}  ${detail}`;
}

async function play(stage: Stage, seen: (step: string, detail: string) => void): Promise<void> {
  const read = async () =>
    ((await look(stage.slackUrl, `messages/${OPS_CHANNEL}`)) as { messages: Message[] }).messages;
  const parent = async () =>
    (await read()).find((message) => message.thread_ts === undefined && message.text.includes('HealthCheckFailure'));
  const parentSays = (word: string) =>
    until(
      `the thread says ${word}`,
      async () => {
        const found = await parent();
        return found?.text.includes(word) ? found : null;
      },
      40_000,
    );
  const replySays = (what: string, matches: (text: string) => boolean) =>
    until(
      what,
      async () => {
        const root = await parent();
        return (await read()).find((message) => message.thread_ts === root?.ts && matches(plainText(message)));
      },
      60_000,
    );

  await fetch(`${stage.giannaUrl}/admin/break/unhealthy`, { method: 'POST' });
  seen('broken', 'the stand-in answers 503 on /health');

  const thread = await parentSays('P0');
  seen('alert', 'HealthCheckFailure reached the bot');
  seen('thread', headline(thread));

  const ping = await replySays('the on-call person is mentioned in the thread', (text) =>
    text.includes(`<@${ON_CALL}>`),
  );
  seen('ping', oneLine(ping.text));

  await press(stage, 'gi.ack', parent);
  seen('ack', headline(await parentSays('ACK')));

  await press(stage, 'gi.diagnose', parent);
  const diagnosis = await replySays(
    'the diagnosis names the failing probe',
    (text) => text.includes('gianna-health') && /fail/i.test(text),
  );
  seen('diagnosis', oneLine(diagnosis.text));

  const ui = await openSlackUi(stage.slackUrl);
  try {
    await press(stage, 'gi.restart', parent);
    await ui.frame(
      (frame) => JSON.stringify(frame).includes('gi.restart') && JSON.stringify(frame).includes('gianna-ctl'),
    );
    ui.submit(ON_CALL, {});
  } finally {
    setTimeout(() => ui.stop(), 1000);
  }
  const run = await replySays('the run reports', (text) => RUN_TITLE.test(text));
  seen('restart', headline(run));
  const verified = await replySays(
    'the run is verified as fixed',
    (text) => RUN_TITLE.test(text) && /\*Fixed\*/.test(text),
  );
  seen('verified', oneLine(verified.text).replaceAll('*', ''));

  seen('recovered', headline(await parentSays('RECOVERED')));
  await press(stage, 'gi.resolve', parent);
  seen('resolved', headline(await parentSays('RESOLVED')));
}

/** Presses a button of the parent as the on-call person does; resolves after the bot acked. */
async function press(stage: Stage, actionId: string, parent: () => Promise<Message | undefined>): Promise<void> {
  const { message, block, button } = await until(`the button ${actionId}`, async () => {
    const found = await parent();
    for (const each of found?.blocks ?? []) {
      const element = each.elements?.find((candidate) => candidate.action_id === actionId);
      if (found !== undefined && element !== undefined) return { message: found, block: each, button: element };
    }
    return null;
  });
  const action = { type: 'button', action_id: actionId, block_id: block.block_id, value: button.value };
  await control(stage.slackUrl, 'interact', { channel: OPS_CHANNEL, messageTs: message.ts, user: ON_CALL, action });
}

function plainText(message: Message): string {
  return `${message.text} ${JSON.stringify(message.blocks ?? [])}`;
}

/** The header of a message, as people see it. */
function headline({ text, blocks }: Message): string {
  return oneLine(blocks?.find(({ type }) => type === 'header')?.text?.text ?? text);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 140);
}
