import type { SlackMetrics } from '../metrics.ts';
import { sectionsOnly, textOnly } from '../render/fallback.ts';
import type { MessagePayload } from '../render/payload.ts';
import type { Call, CallResult } from './caller.ts';
import type { Job } from './jobs.ts';

/** Where a message goes and how it is found again. */
export interface Address {
  readonly channel: string;
  readonly thread: string | null;
  readonly metadata: {
    readonly event_type: string;
    readonly event_payload: { readonly id: string; readonly key: string; readonly also?: string };
  };
  readonly isUrgent: boolean;
}

const SHAPES = ['blocks', 'sections', 'text'] as const;
/** Foreign text must never make Slack fetch, link or mention (FAULTS.md, A2). */
const QUIET = { unfurl_links: false, unfurl_media: false, parse: 'none', link_names: false };

export interface Send {
  post(job: Job, payload: MessagePayload, address: Address): Promise<CallResult>;
  update(job: Job, payload: MessagePayload, address: Address, ts: string): Promise<CallResult>;
}

/** Sends a payload, plainer and plainer while Slack refuses its shape; the job remembers the shape that was left. */
export function createSend(call: Call, metrics: () => SlackMetrics): Send {
  async function attempt(job: Job, payload: MessagePayload, make: (shaped: MessagePayload) => Promise<CallResult>) {
    for (;;) {
      const result = await make(shaped(payload, job.shape));
      const refused = result.kind === 'failed' ? result.failure.kind : null;
      const isLast = job.shape === 'text';
      if (isLast || (refused !== 'invalid-blocks' && refused !== 'too-long')) return result;
      job.shape = refused === 'too-long' ? 'text' : (SHAPES[SHAPES.indexOf(job.shape) + 1] ?? 'text');
      metrics().fellBack(job.shape === 'text' ? 'text' : 'sections');
    }
  }

  return {
    post: (job, payload, address) =>
      attempt(job, payload, ({ text, blocks }) =>
        call(
          { method: 'chat.postMessage', channel: address.channel, isUrgent: address.isUrgent },
          {
            channel: address.channel,
            text,
            ...(blocks.length === 0 ? {} : { blocks }),
            ...(address.thread === null ? {} : { thread_ts: address.thread }),
            metadata: address.metadata,
            ...QUIET,
          },
        ),
      ),
    update: (job, payload, address, ts) =>
      attempt(job, payload, ({ text, blocks }) =>
        call(
          { method: 'chat.update', channel: address.channel, isUrgent: address.isUrgent },
          { channel: address.channel, ts, text, blocks, metadata: address.metadata, parse: 'none', link_names: false },
        ),
      ),
  };
}

function shaped(payload: MessagePayload, shape: Job['shape']): MessagePayload {
  if (shape === 'blocks') return payload;
  return shape === 'sections' ? sectionsOnly(payload) : textOnly(payload);
}
