import { createHash } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, Hono } from 'hono';
import { html, raw } from 'hono/html';
import type { Clock } from '../core/clock.ts';
import type { AckLinks, LinkedIncident, LinkView } from '../oncall/links/ack-links.ts';
import { createRateLimit } from './rate-limit.ts';

/** What the page asks and does; null while the bot starts. */
export interface AckDoor extends Pick<AckLinks, 'look'> {
  use(token: string): Promise<void>;
  /** Plain name of an actor. */
  nameOf(actor: string): string;
}

export interface AckPageDeps {
  readonly ackLinks: () => AckDoor | null;
  readonly clock: Clock;
}

type Html = ReturnType<typeof html>;
type Status = 200 | 404 | 410 | 429 | 503;

/** Whoever tries that many links that are none, from one address in a minute, is told to wait. */
const BAD_PER_MINUTE = 20;
const USES_PER_MINUTE = 30;

const STYLE = `body{font:17px/1.5 system-ui,sans-serif;margin:0;padding:1.5rem;max-width:32rem;color:#1d1c1d;background:#fff}
h1{font-size:1.3rem;overflow-wrap:anywhere}p{margin:.6rem 0}
button{font:inherit;font-weight:600;width:100%;padding:.9rem;border:0;border-radius:.5rem;background:#00694d;color:#fff}
@media(prefers-color-scheme:dark){body{color:#eee;background:#1a1d21}}`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** A page that holds a secret in its address: nothing loads, nothing leaks, nothing is kept or indexed. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow, noarchive',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
};

/** `/a/<token>`: GET shows what is wrong and a button, and changes nothing; POST acknowledges and leads back (relatively: a proxy may keep us under a path). */
export function addAckPage(pages: Hono, { ackLinks, clock }: AckPageDeps): void {
  const bad = createRateLimit({ perMinute: BAD_PER_MINUTE, clock });
  const uses = createRateLimit({ perMinute: USES_PER_MINUTE, clock });
  const page = (context: Context, status: Status, body: Html) => context.html(layout(body), status, HEADERS);

  async function open(context: Context): Promise<{ door: AckDoor; token: string; view: LinkView } | Response> {
    const door = ackLinks();
    if (door === null) return page(context, 503, note('Gianna Ops is starting', 'Try again in a few seconds.'));
    const from = getConnInfo(context).remote.address ?? 'unknown';
    if (bad.isOver(from)) return page(context, 429, note('Too many attempts', 'Wait a minute, then try again.'));
    const token = context.req.param('token') ?? '';
    const view = await door.look(token);
    if (view.kind === 'unknown') bad.count(from);
    return { door, token, view };
  }

  pages.get('/a/:token', async (context) => {
    const opened = await open(context);
    if (opened instanceof Response) return opened;
    const [status, body] = show(opened.view, opened.door.nameOf);
    return page(context, status, body);
  });

  pages.post('/a/:token', async (context) => {
    const opened = await open(context);
    if (opened instanceof Response) return opened;
    const { door, token, view } = opened;
    if (uses.isOver(token)) return page(context, 429, note('Too many attempts', 'Wait a minute, then try again.'));
    uses.count(token);
    if (view.kind === 'open') await door.use(token);
    return context.body(null, 303, { ...HEADERS, location: encodeURIComponent(token) });
  });
}

function show(view: LinkView, nameOf: (actor: string) => string): [Status, Html] {
  switch (view.kind) {
    case 'unknown':
      return [404, note('This link is not valid', 'Acknowledge in Slack, or on the host: gianna-ops ack GI-<n>')];
    case 'expired': {
      const text = `It was good for 24 hours. Acknowledge in Slack, or on the host: gianna-ops ack ${view.incident}`;
      return [410, note('This link has expired', text)];
    }
    case 'open':
      return [200, asking(view)];
    case 'settled':
      return [200, html`${head(view)}<p role="status"><strong>${settledText(view, nameOf)}</strong></p>`];
    default:
      return view satisfies never;
  }
}

function settledText(view: Extract<LinkView, { kind: 'settled' }>, nameOf: (actor: string) => string): string {
  const { incident, status, owner, isUsed, isOwn } = view;
  if (status === 'acknowledged') {
    if (isOwn) return `You have acknowledged ${incident}. Its pages have stopped.`;
    return owner === null ? `${incident} is acknowledged.` : `${incident} is already acknowledged by ${nameOf(owner)}.`;
  }
  if (status !== 'firing') return `${incident} is ${status}: there is nothing to acknowledge.`;
  return isUsed ? 'This link was used already. Acknowledge in Slack, or by the link of a newer page.' : '';
}

function asking(view: LinkedIncident): Html {
  return html`${head(view)}
    <form method="post"><button type="submit">Acknowledge ${view.incident} as ${view.person}</button></form>
    <p>Its pages stop, and it is yours.</p>`;
}

function head({ severity, incident, title, service, openedAt, others }: LinkedIncident): Html {
  const since = `${new Date(openedAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return html`<h1>${severity} ${incident}: ${title}</h1>
    <p>${service === null ? '' : `Service ${service}, `}since ${since}.</p>${others.length === 0 ? '' : html`<p>And ${others.join(', ')}, which the same message named: they are acknowledged with it.</p>`}`;
}

function note(title: string, text: string): Html {
  return html`<h1>${title}</h1><p>${text}</p>`;
}

function layout(body: Html): Html {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>Gianna Ops</title><style>${raw(STYLE)}</style></head><body><main>${body}</main></body></html>`;
}
