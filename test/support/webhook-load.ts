import { Agent, request } from 'node:http';

/** One request of a load: what was sent, and what came of it. */
export interface LoadRequest<T> {
  readonly sent: T;
  /** null: no answer came. */
  status: number | null;
}

export interface Load<T> {
  /** Every request that was begun, in order. */
  readonly requests: ReadonlyArray<LoadRequest<T>>;
  /** Begun, neither answered nor failed yet. */
  inFlight(): number;
  answered(): number;
  /** Begins no more; resolves once each request was answered or failed. */
  end(): Promise<void>;
}

export interface LoadOptions<T> {
  readonly url: string;
  readonly token: string;
  /** Requests that are under way at each moment. */
  readonly lanes: number;
  /** The next payload; null: this lane has nothing more to send. */
  next(): { readonly sent: T; readonly body: string } | null;
  /** Called after each answer. */
  onAnswer?(answered: number): void;
}

/** Keeps `lanes` requests under way, each on a connection of its own, until it is ended. */
export function startLoad<T>(options: LoadOptions<T>): Load<T> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.lanes });
  const requests: Array<LoadRequest<T>> = [];
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${options.token}` };
  let isOver = false;
  let open = 0;
  let answered = 0;

  function send(body: string): Promise<number | null> {
    return new Promise((resolve) => {
      const call = request(options.url, { method: 'POST', agent, headers }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? null));
        response.on('error', () => resolve(null));
      });
      call.on('error', () => resolve(null));
      call.end(body);
    });
  }
  async function lane(): Promise<void> {
    while (!isOver) {
      const next = options.next();
      if (next === null) return;
      const begun: LoadRequest<T> = { sent: next.sent, status: null };
      requests.push(begun);
      open += 1;
      begun.status = await send(next.body);
      open -= 1;
      if (begun.status === null) return;
      answered += 1;
      options.onAnswer?.(answered);
    }
  }
  const lanes = Array.from({ length: options.lanes }, lane);
  return {
    requests,
    inFlight: () => open,
    answered: () => answered,
    end: async () => {
      isOver = true;
      await Promise.all(lanes);
      agent.destroy();
    },
  };
}
