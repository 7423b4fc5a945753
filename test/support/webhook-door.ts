import { Agent, request } from 'node:http';
import { startHttpService } from './http-service.ts';

/** One request that went through a door. */
export interface Passed {
  readonly at: number;
  readonly body: string;
  /** What the bot answered; null: it gave no answer. */
  readonly status: number | null;
}

export interface WebhookDoor {
  /** Where a sender posts instead of to the bot. */
  readonly url: string;
  /** Everything that went through, in the order in which it was answered. */
  readonly passed: readonly Passed[];
  stop(): Promise<void>;
}

/** Stands before the bot's webhook: hands everything on as it is, and keeps what was said. */
export async function openWebhookDoor(webhook: string): Promise<WebhookDoor> {
  const passed: Passed[] = [];
  const agent = new Agent({ keepAlive: true });
  const service = await startHttpService((from, to) => {
    const chunks: Buffer[] = [];
    from.on('data', (chunk: Buffer) => chunks.push(chunk));
    from.on('end', () => {
      const body = Buffer.concat(chunks);
      const note = (status: number | null) => void passed.push({ at: Date.now(), body: body.toString('utf8'), status });
      const { host: _host, ...headers } = from.headers;
      const call = request(webhook, { method: 'POST', agent, headers }, (answer) => {
        note(answer.statusCode ?? null);
        to.writeHead(answer.statusCode ?? 502);
        answer.pipe(to);
      });
      call.on('error', () => {
        note(null);
        to.writeHead(502).end();
      });
      call.end(body);
    });
  });
  return {
    url: service.url,
    passed,
    stop: async () => {
      agent.destroy();
      await service.stop();
    },
  };
}
