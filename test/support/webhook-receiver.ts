import { createHmac, timingSafeEqual } from 'node:crypto';
import { startHttpService } from './http-service.ts';

export interface ReceivedWebhook {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Record<string, unknown>;
  /** What a receiver that follows the docs thinks of it. */
  readonly verdict: 'genuine' | 'forged' | 'replayed' | 'unsigned';
}

export interface WebhookReceiver {
  readonly url: string;
  readonly received: ReceivedWebhook[];
  answerNext(...statuses: number[]): void;
  stop(): Promise<void>;
}

/** How long after its timestamp a post is taken. */
const WINDOW_SECONDS = 300;

/** Verifies as docs/on-call.md tells a receiver to; written from there, without our sources. */
export function judgeWebhook(
  { timestamp, signature, body }: { timestamp: string; signature: string | undefined; body: string },
  secret: string,
  nowSeconds: number,
): ReceivedWebhook['verdict'] {
  if (signature === undefined) return 'unsigned';
  const wanted = Buffer.from(`v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`);
  const given = Buffer.from(signature);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return 'forged';
  return Math.abs(nowSeconds - Number(timestamp)) <= WINDOW_SECONDS ? 'genuine' : 'replayed';
}

/** A real receiver of pages by webhook. */
export async function startWebhookReceiver(secret: string, now: () => number = Date.now): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  let statuses: number[] = [];
  const service = await startHttpService(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { headers } = request;
    const timestamp = String(headers['x-gianna-timestamp']);
    const signature = headers['x-gianna-signature'] as string | undefined;
    const verdict = judgeWebhook({ timestamp, signature, body }, secret, now() / 1000);
    received.push({ headers, body: JSON.parse(body), verdict });
    response.writeHead(statuses.shift() ?? 204).end();
  });
  return {
    url: service.url,
    received,
    answerNext: (...next) => {
      statuses = [...statuses, ...next];
    },
    stop: service.stop,
  };
}
