import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../core/clock.ts';
import { refuse } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Registry } from '../core/metrics.ts';
import { createIntake, type StorePayload } from './intake.ts';
import { WEB_LIMITS, type WebLimits } from './limits.ts';
import { createWebMetrics } from './metrics.ts';
import type { PagesDeps } from './pages.ts';
import { webhookAt } from './webhooks.ts';

export interface WebServerDeps extends PagesDeps {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Tokens of the webhooks; empty: everybody may post (loopback only, start sees to it). */
  readonly tokens: readonly string[];
  readonly store: StorePayload;
  /** Slack's HTTP mode: takes `POST /slack/events` whole. */
  readonly slackEvents?: RequestListener;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly limits?: Partial<WebLimits>;
}

export interface WebServer {
  /** Listens; refuses when the address is taken. */
  listen(): Promise<{ readonly port: number }>;
  /** Takes no more connections, lets requests in hand finish for a moment, closes. */
  close(): Promise<void>;
}

const CLOSE_WITHIN_MS = 3000;

/** The HTTP edge: the webhooks on bare node:http, everything else by a framework that loads after listening. */
export function createWebServer(deps: WebServerDeps): WebServer {
  const limits = { ...WEB_LIMITS, ...deps.limits };
  const metrics = createWebMetrics(deps.metrics);
  const intake = createIntake({ ...deps, limits, metrics });
  const pages = createLazyPages(deps);

  let isClosing = false;

  function dispatch(request: IncomingMessage, response: ServerResponse, mustContinue: boolean): void {
    // A busy connection would otherwise go on for as long as its client keeps asking.
    if (isClosing) response.setHeader('connection', 'close');
    const path = pathOf(request.url);
    const webhook = webhookAt(path);
    if (webhook !== null) {
      intake(webhook, request, response, mustContinue);
      return;
    }
    if (mustContinue) response.writeContinue();
    const handle = path === '/slack/events' ? (deps.slackEvents ?? pages) : pages;
    handle(request, response);
  }
  const server = createLimitedServer(limits);
  server.on('request', (request, response) => dispatch(request, response, false));
  server.on('checkContinue', (request, response) => dispatch(request, response, true));
  server.on('drop', () => metrics.connectionDropped());
  return {
    listen: async () => {
      const port = await listen(server, deps.host, deps.port);
      pages.load();
      return { port };
    },
    close: () => {
      isClosing = true;
      return close(server, deps.clock);
    },
  };
}

function createLimitedServer(limits: WebLimits): Server {
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    keepAliveTimeout: limits.keepAliveMs,
  });
  server.maxConnections = limits.connections;
  return server;
}

interface LazyPages {
  (request: IncomingMessage, response: ServerResponse): void;
  /** Starts loading, when the webhook listens already. */
  load(): void;
}

function createLazyPages(deps: WebServerDeps): LazyPages {
  let loading: Promise<RequestListener> | null = null;
  const load = () => {
    loading ??= import('./pages.ts').then(({ createPages }) => createPages(deps));
    return loading;
  };
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    load().then(
      (pages) => pages(request, response),
      (error: unknown) => {
        deps.logger.error({ err: error }, 'pages failed to load');
        response.writeHead(500).end();
      },
    );
  };
  return Object.assign(handle, { load: () => void load().catch(() => undefined) });
}

function pathOf(url: string | undefined): string {
  const [path] = (url ?? '/').split('?', 1);
  return path ?? '/';
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      const remedy = 'Stop what listens there, or choose another GIANNA_HTTP_HOST or GIANNA_HTTP_PORT.';
      reject(refuse('LISTEN_FAILED', `Cannot listen on ${host}:${port} (${error.code ?? 'error'}).`, remedy));
    };
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(CLOSE_WITHIN_MS, () => server.closeAllConnections());
    server.close(() => {
      cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}
