import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that answers /api/v1/query_range as Prometheus does, or as a test wants it to. */
export interface PrometheusStandIn {
  readonly url: string;
  /** Path and form of every request, whatever it asked for. */
  readonly asked: Array<{
    readonly path: string;
    readonly form: URLSearchParams;
    readonly authorization: string | undefined;
  }>;
  /** Connections that were made, also without a request. */
  connections(): number;
  /** What the next answers are; default: one series that rises from 40 to 92. `null`: never. */
  answer: (form: URLSearchParams) => { readonly status: number; readonly body: string } | null;
  stop(): Promise<void>;
}

/** Starts it on a free loopback port. */
export async function startPrometheusStandIn(): Promise<PrometheusStandIn> {
  let connections = 0;
  const server = createServer((request, response) => {
    void readForm(request).then((form) => {
      const path = request.url ?? '';
      standIn.asked.push({ path, form, authorization: request.headers.authorization });
      const answer = standIn.answer(form);
      if (answer === null) return;
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn: PrometheusStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    connections: () => connections,
    answer: (form) => ({ status: 200, body: matrix(form, [{ labels: {}, at: (share) => 40 + share * 52 }]) }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}

/** The JSON of a matrix over the asked window; `at` gets how far into the window, 0 to 1. */
export function matrix(
  form: URLSearchParams,
  series: ReadonlyArray<{ labels: Record<string, string>; at: (share: number) => number | string }>,
): string {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name))) as [number, number, number];
  const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
  const result = series.map(({ labels, at }) => ({
    metric: { __name__: 'm', ...labels },
    values: times.map((time) => [time, String(at((time - start) / (end - start)))]),
  }));
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
