import { control, look } from '../test/support/local-slack.ts';
import { until } from '../test/support/process.ts';
import { openSlackUi } from '../test/support/slack-ui.ts';
import type { Stage } from './stage.ts';
import { OPS_CHANNEL } from './workspace.ts';

const ON_CALL = 'U01ANA';

interface Message {
  ts: string;
  thread_ts?: string;
  text: string;
  blocks?: ReadonlyArray<{ type: string; block_id?: string; elements?: ReadonlyArray<Button> }>;
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
    log(`${((performance.now() - startedAt) / 1000).toFixed(2).padStart(7)} s  ${step.padEnd(10)} ${detail}`);
  };
  try {
    await play(stage, seen);
    log(`\ndrill: ${steps.length} steps, each seen at the Slack peer`);
    return 0;
  } catch (error) {
    log(`\ndrill FAILED after "${steps.at(-1) ?? 'start'}": ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
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
  seen('thread', thread.text);

  const ping = await replySays('the on-call person is mentioned in the thread', (text) =>
    text.includes(`<@${ON_CALL}>`),
  );
  seen('ping', oneLine(ping.text));

  await press(stage, 'gi.ack', parent);
  seen('ack', (await parentSays('ACK')).text);

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
  const run = await replySays('the run reports', (text) => /RUN-\d+/.test(text));
  seen('restart', oneLine(run.text));
  const verified = await replySays(
    'the run is verified as fixed',
    (text) => /RUN-\d+/.test(text) && /fixed/i.test(text),
  );
  seen('verified', oneLine(verified.text));

  seen('recovered', (await parentSays('RECOVERED')).text);
  await press(stage, 'gi.resolve', parent);
  seen('resolved', (await parentSays('RESOLVED')).text);
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

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 140);
}
