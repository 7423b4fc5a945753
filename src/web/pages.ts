import type { RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { type AckPageDeps, addAckPage } from './ack-page.ts';

/** What `/ready` tells (DESIGN.md, Contracts, health): the first two decide the status, the rest is reported. */
export interface Readiness {
  /** The store takes writes. */
  readonly writable: boolean;
  /** Version of the configuration in force; null: none is loaded. */
  readonly configVersion: string | null;
  /** Every part runs, Slack's included (which may be down all the same). */
  readonly started: boolean;
  readonly slack: 'up' | 'down';
  /** Whether Alertmanager answers when it is asked; off: it is not asked. */
  readonly alertmanager: 'up' | 'down' | 'off';
  /** Inbox rows that wait to be handled. */
  readonly waiting: number;
  /** Inbox rows that failed three times. */
  readonly parked: number;
  /** Effects wait for a person's release. */
  readonly held: boolean;
}

export interface PagesDeps extends AckPageDeps {
  readonly ready: () => Promise<Readiness>;
  /** The Prometheus text of every series. */
  readonly metricsText: () => Promise<string>;
}

/** Everything but the webhook: `/health`, `/ready`, `/metrics`, `/a/<token>`. */
export function createPages({ ready, metricsText, ...ack }: PagesDeps): RequestListener {
  const pages = new Hono();
  pages.get('/health', (context) => context.json({ status: 'ok' }));
  pages.get('/ready', async (context) => {
    const readiness = await ready();
    const isReady = readiness.writable && readiness.configVersion !== null;
    return context.json({ ready: isReady, ...readiness }, isReady ? 200 : 503);
  });
  pages.get('/metrics', async (context) =>
    context.text(await metricsText(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  );
  addAckPage(pages, ack);
  pages.notFound((context) =>
    context.json({ error: { code: 'NOT_FOUND', message: 'There is nothing at this address.' } }, 404),
  );
  return getRequestListener(pages.fetch, { overrideGlobalObjects: false });
}
