import type { WebClient } from '@slack/web-api';
import type { Clock } from '../../core/clock.ts';
import type { ConfigSource } from '../../core/config/config.ts';
import type { Logger } from '../../core/logger.ts';
import type { Registry } from '../../core/metrics.ts';
import type { Journal } from '../../journal/port.ts';
import { createSlackMetrics, type SlackMetrics } from '../metrics.ts';
import { createSlackFetch } from '../transport.ts';
import { createCall } from './caller.ts';
import { createChannels, idOf } from './channels.ts';
import { createCircuit } from './circuit.ts';
import { createDirectChannels } from './direct-channels.ts';
import { createDoNotDisturb } from './do-not-disturb.ts';
import { createFacts } from './facts.ts';
import { createFollower } from './follower.ts';
import { startForgetting } from './forget.ts';
import { createGates } from './gates.ts';
import { startHeartbeat } from './heartbeat.ts';
import { createJobs, type Job } from './jobs.ts';
import { keyOf, LANE } from './keys.ts';
import { createLineOf } from './lines.ts';
import { createMarking } from './marking.ts';
import { createDeliverMessage } from './messages.ts';
import { createDeliverNotice } from './notices.ts';
import { createPageAddresses } from './page-address.ts';
import { createPaging } from './paging.ts';
import { createPictures } from './pictures.ts';
import { createRecall } from './recall.ts';
import { createTellRefusal } from './refusal-notice.ts';
import { createScheduler } from './scheduler.ts';
import { createSend } from './send.ts';
import { createSentMessages } from './sent.ts';
import type { DeliverySources } from './sources.ts';
import { createUpload } from './upload.ts';
import { createFindWanted } from './wanted.ts';
import { createWantedNotices } from './wanted-notices.ts';
import { createWantedPages } from './wanted-pages.ts';
import { createFindRing, createFindRoster } from './wanted-roster.ts';

export interface DeliveryDeps {
  readonly journal: Journal;
  readonly config: ConfigSource;
  readonly clock: Clock;
  readonly client: WebClient;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly sources: DeliverySources;
  /** Whether Slack can reach us too, for `gianna_ops_slack_up`. */
  readonly reachesUs: () => boolean;
}

export interface Delivery {
  /** Reads what was missed since the cursor and goes on from there. Never waits for Slack. */
  start(): Promise<void>;
  /** Finishes the calls in hand. */
  stop(): Promise<void>;
  /** Whether the last calls were answered and the token is good. */
  up(): boolean;
  /** Resolves when everything shown is true and recorded. */
  idle(): Promise<void>;
  /** The incident whose thread this message opened, or null. */
  incidentAt(channel: string, ts: string): string | null;
  /** Whether an incident waits for its thread because its channel is in a storm. */
  waitsInStorm(incident: string): boolean;
  /** The id of a channel by our word for it; null: Slack has none. Throws (transient) while Slack does not tell. */
  channelId(word: string): Promise<string | null>;
  /** Where an incident's thread is; null while it has none. */
  threadOf(incident: string): { readonly channel: string; readonly ts: string } | null;
}

/**
 * What Slack shows follows what the journal says: a dirty set of messages, rendered when they are sent. In: events,
 * wanted pages and notices of the journal. Out: chat.postMessage and chat.update within Slack's limits; where each
 * message is, as documents; how each page ended, as events.
 */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { journal, config, clock, client, logger, sources } = deps;
  const gates = createGates(clock);
  const jobs = createJobs();
  const facts = createFacts();
  const notices = createWantedNotices(journal);
  const pages = createWantedPages(journal);
  const circuit = createCircuit(clock, (up) => logger.info({ up }, up ? 'slack answers' : 'slack does not answer'));
  const metrics = createSlackMetrics(deps.metrics, {
    up: () => circuit.up() && deps.reachesUs(),
    oldestUnsentPageSeconds: () => Math.max(0, (clock.now() - (pages.oldest() ?? clock.now())) / 1000),
    oldestWaitingSeconds: () => Math.max(0, (clock.monotonicMs() - (jobs.oldest() ?? clock.monotonicMs())) / 1000),
    waiting: jobs.size,
  });
  const metricsOf = (): SlackMetrics => metrics;
  const sent = createSentMessages({ journal, clock, logger, saved: () => follower.settle() });
  const marking = createMarking({
    clock,
    logger,
    jobs,
    facts,
    sent,
    metrics: metricsOf,
    scheduler: () => scheduler,
    approvers: sources.approvers,
  });
  const { mark, storms } = marking;
  const call = createCall({ client, gates, circuit, metrics: metricsOf });
  const send = createSend(call, metricsOf);
  const tellRefusal = createTellRefusal({ journal, config, clock, logger });
  const channels = createChannels({ call, config, clock, logger, metrics: metricsOf, tellRefusal });
  const upload = createUpload({ call, fetch: createSlackFetch(), clock, logger });
  const ended = () => follower.settle();
  const pictures = createPictures({ journal, sources, upload, logger, ready: markEvidence, ended });
  const recall = createRecall(call, clock);
  const directChannel = createDirectChannels(call);
  const { nameOf } = sources;
  const addresses = createPageAddresses({ config, sent, channels, nameOf, workspaceUrl: () => workspaceUrl });
  const common = { journal, config, clock, logger, call, recall, send, sent, channels, gates, metrics: metricsOf };
  const paging = createPaging({
    ...common,
    jobs,
    facts,
    storms,
    pages,
    addresses,
    directChannel,
    sources,
    isQuiet: createDoNotDisturb({ client, gates, clock, logger }),
    ring: (id) => {
      mark({ kind: 'ring', id, lane: LANE.page });
      scheduler.pump();
    },
  });
  const wanted = createFindWanted({
    sources,
    sent,
    pictures,
    roster: createFindRoster({
      clock,
      jobs,
      sent,
      storms,
      sources,
      addresses,
      mentionsIn: paging.mentionsIn,
      named: marking.named,
    }),
    ring: createFindRing({ clock, folds: paging.folds, sources, addresses }),
    opened: (word, job) => {
      if (job.severity === 'P0') storms.criticalPosted(word);
    },
  });
  const deliverMessage = createDeliverMessage({ ...common, circuit, wanted, directChannel });
  const deliverNotice = createDeliverNotice({ ...common, directChannel, notices, upload, nameOf });
  const scheduler = createScheduler({
    clock,
    logger,
    jobs,
    circuit,
    spacingMs: marking.spacingMs,
    lineOf: createLineOf({
      jobs,
      sent,
      facts,
      storms,
      channels,
      pages,
      folds: paging.folds,
      slackIdOf: addresses.slackIdOf,
    }),
    waitMs: gates.waitMs,
    isFirst: marking.isFirst,
    execute,
    hello,
    needsParent: (incident) => mark({ kind: 'parent', id: incident, lane: LANE.parent }),
    settled: marking.settled,
    changed: () => follower.settle(),
  });
  const follower = createFollower({
    journal,
    clock,
    logger,
    take: marking.take,
    outdate: jobs.outdate,
    readEffects,
    taken: () => scheduler.pump(),
    isBusy: () => jobs.size() > 0 || scheduler.inFlight() > 0 || sent.unsaved() > 0 || pictures.pending() > 0,
    isUnsaved: () => jobs.size() > 0 || sent.unsaved() > 0,
  });
  let workspaceUrl: string | null = null;
  let stopHeartbeat: () => void = () => undefined;
  let stopForgetting: () => void = () => undefined;

  async function execute(job: Job) {
    if (job.kind === 'notice') return deliverNotice(job);
    // it mentions whoever is to be paged, so it waits until that is read
    if (job.kind === 'roster') await follower.reading();
    if (job.kind !== 'page') {
      const outcome = await deliverMessage(job);
      if (job.kind === 'evidence' && outcome.kind === 'settled' && sent.get(job.key) !== null) pictures.show(job.id);
      return outcome;
    }
    const outcome = await paging.deliver(job);
    // it may have been acknowledged while it was on its way
    if (outcome.kind === 'settled' && sent.get(job.key) !== null) mark({ kind: 'over', id: job.id, lane: LANE.reply });
    return outcome;
  }

  function markEvidence(incident: string): void {
    mark({ kind: 'evidence', id: incident, lane: LANE.reply });
    scheduler.pump();
  }

  async function hello(): Promise<void> {
    const result = await call({ method: 'auth.test', channel: '', isUrgent: true }, {});
    if (result.kind !== 'ok') return;
    const { url } = result.answer as { url?: string };
    workspaceUrl = url ?? null;
  }

  async function readEffects(leftovers: boolean): Promise<void> {
    for (const { effect, request } of await pages.refresh({ leftovers })) {
      const doubt = effect.state === 'claimed' ? 'before-start' : 'none';
      mark({ kind: 'page', id: effect.key, lane: LANE.page }, { doubt, severity: request.severity });
    }
    for (const { effect } of await notices.refresh({ leftovers })) {
      const doubt = effect.state === 'claimed' ? 'before-start' : 'none';
      mark({ kind: 'notice', id: effect.key, lane: LANE.run }, { doubt });
    }
  }

  return {
    start: async () => {
      await sent.load();
      await pictures.load();
      for (const id of sent.rosters()) mark({ kind: 'roster', id, lane: LANE.reply });
      await follower.start();
      stopForgetting = startForgetting({ clock, logger, sent, pictures, sources });
      const again = () => hello().then(() => scheduler.pump());
      stopHeartbeat = startHeartbeat({ clock, circuit, hello: again });
      void again();
    },
    stop: async () => {
      follower.unfollow();
      stopHeartbeat();
      stopForgetting();
      await scheduler.stop();
      pictures.stop();
      await follower.stop();
    },
    up: circuit.up,
    idle: follower.idle,
    incidentAt: sent.incidentAt,
    waitsInStorm: storms.waiting,
    channelId: async (word) => idOf(await channels.resolve(word)),
    threadOf: (incident) => {
      const parent = sent.get(keyOf('parent', incident));
      return parent === null || parent.ts === '' ? null : { channel: parent.channel, ts: parent.ts };
    },
  };
}
