import { App } from '@slack/bolt';
import type { Registry } from '../../core/metrics.ts';
import { onPress } from '../actions/press.ts';
import { onMention } from '../commands/mention.ts';
import { onSlash } from '../commands/slash.ts';
import { onChanged, onSubmit } from '../modals/modals.ts';
import { onSuggest } from '../modals/run/suggest-names.ts';
import { createBoltLogger } from './bolt-logger.ts';
import type { Desk, DeskDeps } from './deps.ts';
import { createHttpHandler, type HttpHandler } from './http.ts';
import type { Identity } from './identity.ts';
import { createIntake } from './intake.ts';
import { createListenMetrics } from './metrics.ts';
import { surviveSlackRejections } from './rejections.ts';
import { type Delivery, openSocket } from './socket.ts';
import { createSupervised } from './supervise.ts';

/** How Slack reaches us: Socket Mode with an app token, else signed HTTP. */
export interface SlackSettings {
  readonly appToken?: string;
  readonly signingSecret?: string;
  /** Ends in `/api/`; default Slack's own. */
  readonly apiUrl?: string;
}

export interface ListenerDeps extends DeskDeps {
  readonly settings: SlackSettings;
  readonly identity: Identity;
  readonly metrics: Registry;
}

export interface SlackListener {
  /** Starts listening; never fails and never waits for Slack. */
  start(): void;
  stop(): Promise<void>;
  /** At least one socket is open; in HTTP mode whether Slack has told who we are. */
  connected(): boolean;
  /** In HTTP mode: what to mount at `POST /slack/events`, before anything reads the body. */
  readonly httpHandler: HttpHandler | null;
}

/** What Slack may send us; the manifest has to ask for exactly this. */
export const LISTENS_TO = {
  command: '/gianna',
  events: ['app_mention', 'message.im'],
} as const;

/** Two connections: Slack closes each of them every few hours, and clicks must not fall into the gap. */
const SOCKETS = 2;

/** Creates the incoming half of the bot: connections, copies, other workspaces, and the dispatch to the handlers. */
export function createSlackListener(deps: ListenerDeps): SlackListener {
  const counts = createListenMetrics(deps.metrics);
  const app = createApp({ ...deps, counts }, deps.identity);
  const intake = createIntake({ ...deps, metrics: counts, dispatch: (delivery) => dispatch(app, delivery) });
  const { appToken, signingSecret, apiUrl } = deps.settings;
  const up = new Set<number>();
  const sockets = Array.from({ length: appToken === undefined ? 0 : SOCKETS }, (_each, index) =>
    createSupervised({
      open: () =>
        openSocket(
          { appToken: appToken ?? '', ...(apiUrl === undefined ? {} : { apiUrl }) },
          (delivery) => void intake(delivery),
          deps.logger.child({ socket: index }),
        ),
      clock: deps.clock,
      logger: deps.logger.child({ socket: index }),
      onState: (isUp) => {
        if (isUp) up.add(index);
        else up.delete(index);
        counts.sockets(up.size);
        if (isUp) void deps.identity.learn();
      },
      onEnd: counts.socketEnded,
    }),
  );
  const usesHttp = appToken === undefined && signingSecret !== undefined;
  let unguard: () => void = () => undefined;
  return {
    start: () => {
      unguard = surviveSlackRejections(deps.logger);
      void deps.identity.learn();
      for (const socket of sockets) socket.start();
    },
    stop: async () => {
      for (const socket of sockets) socket.stop();
      unguard();
    },
    connected: () => (usesHttp ? deps.identity.current() !== null : up.size > 0),
    httpHandler: usesHttp ? createHttpHandler({ ...deps, signingSecret, onDelivery: intake, metrics: counts }) : null,
  };
}

function createApp(desk: Desk, identity: Identity): App {
  const app = new App({
    receiver: { init: () => undefined, start: async () => undefined, stop: async () => undefined },
    authorize: async () => {
      const self = identity.current();
      return self === null ? {} : { botUserId: self.botUserId, ...(self.botId === null ? {} : { botId: self.botId }) };
    },
    logger: createBoltLogger(desk.logger),
    convoStore: false,
  });
  app.error(async (error) => desk.logger.error({ err: error }, 'slack handler failed'));
  app.command(LISTENS_TO.command, ({ body, ack }) => onSlash(body, ackOf(ack), desk));
  app.action(/^gi\./, ({ body, ack }) => onPress(body, ackOf(ack), desk));
  app.action('value', ({ body, ack }) => onChanged(body, ackOf(ack), desk));
  app.options('value', ({ body, ack }) => onSuggest(body, ackOf(ack), desk));
  app.view(/^/, ({ body, ack }) => onSubmit(body, ackOf(ack), desk));
  const onWords = (body: unknown, taken: unknown) =>
    onMention(body, taken as () => Promise<void>, identity.current()?.botUserId ?? null, desk);
  app.event('app_mention', ({ body, context }) => onWords(body, context.taken));
  app.event('message', ({ body, context }) => onWords(body, context.taken));
  return app;
}

/** Bolt acknowledges events before their handler runs; ours are acknowledged once what they ask for is stored. */
async function dispatch(app: App, delivery: Delivery): Promise<void> {
  const isEvent = delivery.body.type === 'event_callback';
  await app.processEvent({
    body: delivery.body,
    ack: isEvent ? async () => undefined : delivery.ack,
    customProperties: { taken: () => delivery.ack().catch(() => undefined) },
    ...(delivery.retryNum === undefined ? {} : { retryNum: delivery.retryNum }),
    ...(delivery.retryReason === undefined ? {} : { retryReason: delivery.retryReason }),
  });
}

function ackOf(ack: (payload?: never) => Promise<void>): Delivery['ack'] {
  return (payload) => ack(payload as never);
}
