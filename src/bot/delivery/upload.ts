import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { SlackFetch } from '../transport.ts';
import type { Call, CallResult } from './caller.ts';

/** A picture on its way to Slack. */
export interface UploadOptions {
  /** Says in words what it shows. */
  readonly alt: string;
  readonly title: string;
  /** Shared there as a message of its own; null: only kept, for an image block. */
  readonly channel: string | null;
  readonly thread: string | null;
}

export type Uploaded =
  | { readonly kind: 'uploaded'; readonly file: string }
  | { readonly kind: 'failed'; readonly code: string };

/**
 * Uploads a PNG in Slack's three steps (FAULTS.md, A2). Never throws: a message never depends on its picture. A file
 * that is not shared may be named by an image block once this resolves.
 */
export type Upload = (png: Uint8Array, options: UploadOptions) => Promise<Uploaded>;

const POST_MS = 10_000;
/** The limits may hold a call up this long before the picture is given up. */
const PATIENCE_MS = 10_000;
const KNOWN_EVERY_MS = 400;
const KNOWN_TRIES = 12;

export function createUpload(deps: { call: Call; fetch: SlackFetch; clock: Clock; logger: Logger }): Upload {
  const { call, fetch, clock, logger } = deps;

  async function upload(png: Uint8Array, options: UploadOptions): Promise<Uploaded> {
    const length = png.byteLength;
    const asked = await patiently('files.getUploadURLExternal', {
      filename: 'chart.png',
      length,
      alt_txt: options.alt,
    });
    if (asked.kind !== 'ok') return failed(asked);
    const { upload_url, file_id } = asked.answer as { upload_url?: string; file_id?: string };
    if (upload_url === undefined || file_id === undefined) return { kind: 'failed', code: 'unreadable_answer' };
    const code = await post(upload_url, png);
    if (code !== null) return { kind: 'failed', code };
    const completed = await patiently('files.completeUploadExternal', {
      files: [{ id: file_id, title: options.title }],
      ...(options.channel === null ? {} : { channel_id: options.channel }),
      ...(options.thread === null ? {} : { thread_ts: options.thread }),
    });
    if (completed.kind !== 'ok') return failed(completed);
    if (options.channel === null && !(await isKnown(file_id))) return { kind: 'failed', code: 'file_not_ready' };
    return { kind: 'uploaded', file: file_id };
  }

  async function post(url: string, png: Uint8Array): Promise<string | null> {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'image/png' },
        body: png,
        signal: AbortSignal.timeout(POST_MS),
      });
      return answer.ok ? null : `http_${answer.status}`;
    } catch (error) {
      logger.debug({ err: error }, 'picture was not taken');
      return 'upload_failed';
    }
  }

  /** Slack refuses an image block (`invalid_slack_file`) until it knows what the file is. */
  async function isKnown(file: string): Promise<boolean> {
    for (let tries = 0; tries < KNOWN_TRIES; tries += 1) {
      const result = await patiently('files.info', { file });
      if (result.kind !== 'ok') return false;
      if ((result.answer as { file?: { mimetype?: string } }).file?.mimetype) return true;
      await pause(KNOWN_EVERY_MS);
    }
    return false;
  }

  async function patiently(method: string, args: Record<string, unknown>): Promise<CallResult> {
    const until = clock.monotonicMs() + PATIENCE_MS;
    for (;;) {
      const result = await call({ method, channel: '', isUrgent: false }, args);
      if (result.kind !== 'wait' || clock.monotonicMs() + result.waitMs > until) return result;
      await pause(result.waitMs);
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => clock.after(ms, resolve));
  }

  return async (png, options) => {
    const result = await upload(png, options);
    if (result.kind === 'failed') logger.warn({ code: result.code }, 'picture could not be uploaded; its words go out');
    return result;
  };
}

function failed(result: Exclude<CallResult, { kind: 'ok' }>): Uploaded {
  return { kind: 'failed', code: result.kind === 'wait' ? 'ratelimited' : result.failure.code };
}
