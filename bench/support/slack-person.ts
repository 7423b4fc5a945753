import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { BENCH_SIGNING_SECRET, BENCH_USER, type Bot } from './bot.ts';

const agent = new Agent({ keepAlive: true });
const TEAM = 'T01';

/** Presses a button of an incident, as Slack tells it by signed HTTP; resolves with when the answer was there. */
export function sendClick(bot: Bot, incident: string, verb: string): Promise<number> {
  const stamp = String(Date.now() / 1000);
  const payload = {
    type: 'block_actions',
    team: { id: TEAM },
    user: { id: BENCH_USER },
    trigger_id: randomUUID(),
    channel: { id: 'C01OPS' },
    container: { type: 'message', message_ts: stamp, channel_id: 'C01OPS' },
    actions: [
      {
        type: 'button',
        action_id: `gi.${verb}`,
        block_id: 'b',
        action_ts: stamp,
        value: JSON.stringify({ v: 1, i: incident, n: 1 }),
      },
    ],
  };
  return sendSigned(bot, new URLSearchParams({ payload: JSON.stringify(payload) }).toString());
}

/** Types `/gianna <text>`; resolves with when the answer was there. */
export function sendSlash(bot: Bot, text: string): Promise<number> {
  const fields = { command: '/gianna', text, user_id: BENCH_USER, channel_id: 'C01OPS', team_id: TEAM };
  return sendSigned(bot, new URLSearchParams({ ...fields, trigger_id: randomUUID() }).toString());
}

function sendSigned(bot: Bot, body: string): Promise<number> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const hash = createHmac('sha256', BENCH_SIGNING_SECRET).update(`v0:${timestamp}:${body}`).digest('hex');
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${hash}`,
  };
  return new Promise((resolve, reject) => {
    const call = request(`${bot.url}/slack/events`, { method: 'POST', agent, headers }, (answer) => {
      const at = performance.now();
      let said = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        said += chunk;
      });
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(at);
        else reject(new Error(`the bot answered ${answer.statusCode}: ${said}`));
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}
