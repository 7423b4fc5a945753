import { once } from 'node:events';
import { WebSocket } from 'ws';

/** What the peer's browser UI is sent. */
export interface UiFrame {
  readonly t: string;
  readonly [key: string]: unknown;
}

/** What stands in one field of a form. */
export interface ViewValue {
  readonly type: string;
  readonly value?: string;
  readonly selected_option?: { readonly value: string };
  readonly selected_options?: ReadonlyArray<{ readonly value: string }>;
}

/** A person at the peer's browser UI, over its websocket: sees modals, submits and closes them. */
export interface SlackUi {
  /** Every frame so far. */
  readonly frames: readonly UiFrame[];
  /** Resolves with the first frame (past ones too) that `wanted` takes; rejects after 10 s. */
  frame(wanted: (frame: UiFrame) => boolean): Promise<UiFrame>;
  submit(user: string, values: Readonly<Record<string, Readonly<Record<string, ViewValue>>>>): void;
  close(user: string): void;
  stop(): void;
}

const PATIENCE_MS = 10_000;

/** Opens the peer's UI websocket; `url` is the peer's own (`http://127.0.0.1:PORT`). */
export async function openSlackUi(url: string): Promise<SlackUi> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ui`);
  const frames: UiFrame[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    frames.push(JSON.parse(data.toString()) as UiFrame);
    for (const look of waiting) look();
  });
  await once(socket, 'open');
  const send = (frame: object) => socket.send(JSON.stringify(frame));
  return {
    frames,
    frame: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = frames.find(wanted);
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`no such UI frame; seen: ${frames.map((frame) => frame.t).join(', ')}`));
        }, PATIENCE_MS);
        waiting.add(look);
        look();
      }),
    submit: (user, values) => send({ t: 'view_submit', user, values }),
    close: (user) => send({ t: 'view_close', user }),
    stop: () => socket.terminate(),
  };
}
