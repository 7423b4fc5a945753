import { createHash } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { html, raw } from 'hono/html';
import type { Clock } from '../core/clock.ts';
import type { AckLinks, LinkedIncident, LinkView } from '../oncall/links/ack-links.ts';
import { answersText, type LinkAnswer } from '../oncall/links/link-answers.ts';
import type { PageAnswer } from '../oncall/page-answer.ts';
import { createRateLimit } from './rate-limit.ts';

/** What the page asks and does; null while the bot starts. */
export interface AckDoor extends Pick<AckLinks, 'look'> {
  /** `shown`: the answers that the button was shown with; null: not known. */
  use(token: string, shown: string | null): Promise<void>;
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
/** Of the form: what its button says, for every incident that a message named. */
const LARGEST_FORM = 16_384;
const SHOWN = 'shown';

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

/** `/a/<token>`: GET shows what is wrong and the button that fits, and changes nothing; POST answers so and leads back (relatively: a proxy may keep us under a path). */
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

  pages.post('/a/:token', bodyLimit({ maxSize: LARGEST_FORM }), async (context) => {
    const opened = await open(context);
    if (opened instanceof Response) return opened;
    const { door, token, view } = opened;
    if (uses.isOver(token)) return page(context, 429, note('Too many attempts', 'Wait a minute, then try again.'));
    uses.count(token);
    if (view.kind === 'open') await door.use(token, await shownIn(context));
    return context.body(null, 303, { ...HEADERS, location: encodeURIComponent(token) });
  });
}

/** What the button said; anything else that is posted says nothing. */
async function shownIn({ req }: Context): Promise<string | null> {
  return new URLSearchParams(await req.text()).get(SHOWN);
}

function show(view: LinkView, nameOf: (actor: string) => string): [Status, Html] {
  switch (view.kind) {
    case 'unknown':
      return [404, note('This link is not valid', 'Acknowledge in Slack, or on the host: gianna-ops ack GI-<n>')];
    case 'expired': {
      const text = `It was good for 24 hours. Act in Slack, or see on the host how it stands: gianna-ops incidents ${view.incident}`;
      return [410, note('This link has expired', text)];
    }
    case 'open':
      return [200, asking(view, nameOf)];
    case 'settled': {
      const others = named(view.others, 'they are acknowledged with it');
      return [200, html`${head(view)}${others}<p role="status"><strong>${settledText(view, nameOf)}</strong></p>`];
    }
    default:
      return view satisfies never;
  }
}

function settledText(view: Extract<LinkView, { kind: 'settled' }>, nameOf: (actor: string) => string): string {
  const { incident, status, owner, isUsed, isOwn, isBeside } = view;
  if (status === 'acknowledged') {
    if (isOwn && isBeside) return `${incident} is yours: that is noted, and nobody has to answer its pages.`;
    if (isOwn) return `You have acknowledged ${incident}. Its pages have stopped.`;
    return owner === null ? `${incident} is acknowledged.` : `${incident} is already acknowledged by ${nameOf(owner)}.`;
  }
  if (status !== 'firing') return `${incident} is ${status}: there is nothing to acknowledge.`;
  return isUsed ? 'This link was used already. Acknowledge in Slack, or by the link of a newer page.' : '';
}

interface Button {
  readonly label: (incident: string, person: string) => string;
  /** What it does to the incident; `owner`: plain name of whoever has it. */
  readonly does: (owner: string) => string;
  /** What it does to further ones. */
  readonly others: string;
}

const BUTTONS: Readonly<Record<PageAnswer, Button>> = {
  ack: {
    label: (incident, person) => `Acknowledge ${incident} as ${person}`,
    does: () => 'Its pages stop, and it is yours.',
    others: 'they are acknowledged with it',
  },
  'still-on-it': {
    label: (incident, person) => `Still on it: ${incident} as ${person}`,
    does: () => 'It stays yours, and nobody is asked about it for a while.',
    others: 'you are still on them too',
  },
  'take-over': {
    label: (incident, person) => `Take over ${incident} as ${person}`,
    does: (owner) => `${owner} has it now. It is yours afterwards.`,
    others: 'you take them over with it',
  },
};

type Open = Extract<LinkView, { kind: 'open' }>;

function asking(view: Open, nameOf: (actor: string) => string): Html {
  const { answers, incident, person, owner } = view;
  const [{ answer }] = answers;
  const { label, does } = BUTTONS[answer];
  return html`${head(view)}${(Object.keys(BUTTONS) as PageAnswer[]).map((each) => alongWith(answers, each))}
    <form method="post"><button type="submit" name="${SHOWN}" value="${answersText(answers)}">${label(incident, person)}</button></form>
    <p>${does(owner === null ? 'Somebody' : nameOf(owner))}</p>`;
}

/** What the button does to the other incidents that the same message named. */
function alongWith([, ...others]: readonly LinkAnswer[], answer: PageAnswer): Html | '' {
  const ids = others.flatMap((each) => (each.answer === answer ? each.incident : []));
  return named(ids, BUTTONS[answer].others);
}

function named(others: readonly string[], what: string): Html | '' {
  return others.length === 0 ? '' : html`<p>And ${others.join(', ')}, which the same message named: ${what}.</p>`;
}

function head({ severity, incident, title, service, openedAt }: LinkedIncident): Html {
  const since = `${new Date(openedAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return html`<h1>${severity} ${incident}: ${title}</h1>
    <p>${service === null ? '' : `Service ${service}, `}since ${since}.</p>`;
}

function note(title: string, text: string): Html {
  return html`<h1>${title}</h1><p>${text}</p>`;
}

function layout(body: Html): Html {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>Gianna Ops</title><style>${raw(STYLE)}</style></head><body><main>${body}</main></body></html>`;
}
