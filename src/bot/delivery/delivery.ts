import type { WebClient } from '@slack/web-api';
import type { Clock } from '../../core/clock.ts';
import type { ConfigSource, Severity } from '../../core/config/config.ts';
import type { Logger } from '../../core/logger.ts';
import type { Registry } from '../../core/metrics.ts';
import type { Journal, StoredEvent } from '../../journal/port.ts';
import { createSlackMetrics, type SlackMetrics } from '../metrics.ts';
import { createSlackFetch } from '../transport.ts';
import { createCall } from './caller.ts';
import { createChannels } from './channels.ts';
import { createCircuit } from './circuit.ts';
import { createDirectChannels } from './direct-channels.ts';
import { createFacts } from './facts.ts';
import { createFollower } from './follower.ts';
import { startForgetting } from './forget.ts';
import { createGates } from './gates.ts';
import { startHeartbeat } from './heartbeat.ts';
import { createJobs, type Doubt, isMoreValuable, type Job } from './jobs.ts';
import { keyOf, LANE, type Mark, marksOf } from './keys.ts';
import { calmEvent, createLineOf, threadEvent } from './lines.ts';
import { createDeliverMessage } from './messages.ts';
import { createDeliverNotice } from './notices.ts';
import { createPageAddresses } from './page-address.ts';
import { createPaging } from './paging.ts';
import { createPictures } from './pictures.ts';
import { createRecall } from './recall.ts';
import { createScheduler } from './scheduler.ts';
import { createSend } from './send.ts';
import { createSentMessages } from './sent.ts';
import type { DeliverySources } from './sources.ts';
import { createStorms } from './storms.ts';
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
  /** Where an incident's thread is; null while it has none. */
  threadOf(incident: string): { readonly channel: string; readonly ts: string } | null;
}

/** UX.md 3.12: how long a message rests between two edits; longer while there is much to show. */
const SPACING_MS = 3_000;
const BUSY_SPACING_MS = 10_000;
const BUSY_FROM = 10;
const ROSTER_SPACING_MS = 5_000;
/** New groups of a storm come close together: a roster names those of so long. */
const GATHER_MS = 300;
/** A roster that only tells how far the threads are. */
const PROGRESS_MS = 30_000;

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
  const storms = createStorms({
    now: clock.now,
    monotonicMs: clock.monotonicMs,
    began: () => metrics.storm(),
    gather: () => void clock.after(GATHER_MS, arrange),
    restMs: (id) => {
      const last = scheduler.lastDoneAt(keyOf('roster', id));
      return last === null ? 0 : last + ROSTER_SPACING_MS - clock.monotonicMs();
    },
    ended: (storm) => {
      logger.info({ channel: storm.word, incidents: storm.total }, 'storm over: every thread is open');
      for (const id of storm.rosterIds) mark({ kind: 'roster', id, lane: LANE.parent });
      scheduler.release(calmEvent(storm.word));
    },
  });
  const metricsOf = (): SlackMetrics => metrics;
  const sent = createSentMessages({ journal, clock, logger, saved: () => follower.settle() });
  const call = createCall({ client, gates, circuit, metrics: metricsOf });
  const send = createSend(call, metricsOf);
  const channels = createChannels({ call, config, clock, logger, metrics: metricsOf });
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
    ring: (id) => {
      mark({ kind: 'ring', id, lane: LANE.page });
      scheduler.pump();
    },
  });
  const wanted = createFindWanted({
    sources,
    sent,
    pictures,
    roster: createFindRoster({ clock, jobs, sent, storms, sources, addresses, mentionsIn: paging.mentionsIn }),
    ring: createFindRing({ clock, folds: paging.folds, sources, addresses }),
    opened: (word, job) => {
      if (job.severity === 'P0') storms.posted(word, 'p0');
    },
  });
  const deliverMessage = createDeliverMessage({ ...common, circuit, wanted });
  const deliverNotice = createDeliverNotice({ ...common, directChannel, notices, upload, nameOf });
  const scheduler = createScheduler({
    clock,
    logger,
    jobs,
    circuit,
    spacingMs,
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
    isFirst,
    execute,
    hello,
    needsParent: (incident) => mark({ kind: 'parent', id: incident, lane: LANE.parent }),
    settled,
    changed: () => follower.settle(),
  });
  const follower = createFollower({
    journal,
    clock,
    logger,
    take,
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

  function mark(
    wantedMark: Mark,
    options: { isBacklog?: boolean; doubt?: Doubt; spacing?: number; severity?: Severity } = {},
  ): void {
    const now = clock.monotonicMs();
    const { isBacklog = false } = options;
    const last = scheduler.lastDoneAt(keyOf(wantedMark.kind, wantedMark.id));
    const { job, isMoved } = jobs.mark(wantedMark, {
      now,
      notBefore: last === null ? 0 : last + (options.spacing ?? spacingMs(wantedMark)),
      doubt: options.doubt ?? (isBacklog ? 'before-start' : 'none'),
      isBacklog,
      severity: options.severity ?? facts.get(wantedMark.id)?.severity ?? 'P2',
    });
    if (isMoved) scheduler.offer(job);
  }

  function spacingMs({ kind, lane }: Pick<Mark, 'kind' | 'lane'>): number {
    if (kind === 'roster') return ROSTER_SPACING_MS;
    return lane > LANE.click && facts.open() > BUSY_FROM ? BUSY_SPACING_MS : SPACING_MS;
  }

  function arrange(): void {
    for (const id of storms.arrange()) markRoster(id, ROSTER_SPACING_MS);
    scheduler.pump();
  }

  function markRoster(id: string, spacing: number): void {
    mark({ kind: 'roster', id, lane: LANE.parent }, { severity: 'P0', spacing: spacing * storms.rosterCount(id) });
  }

  /** Rosters and the threads of P0 take turns; all else goes by value. */
  function isFirst(one: Job, other: Job): boolean {
    const roster = one.kind === 'roster' ? one : other.kind === 'roster' ? other : null;
    const parent = one.kind === 'parent' ? one : other.kind === 'parent' ? other : null;
    if (roster === null || parent?.severity !== 'P0') return isMoreValuable(one, other);
    const word = facts.get(parent.id)?.word ?? '';
    if (!roster.id.startsWith(`${word}/`)) return isMoreValuable(one, other);
    return storms.isRostersTurn(word) ? one === roster : one === parent;
  }

  function take(event: StoredEvent, isBacklog: boolean): void {
    facts.note(event);
    if (event.kind === 'incident') noteWaiting(event.id);
    for (const each of marksOf(event)) mark(each, { isBacklog });
    if (event.incident === null) return;
    const roster = storms.rosterOf(event.incident);
    if (roster?.waits === true && event.kind === 'incident') markRoster(roster.id, ROSTER_SPACING_MS);
    for (const key of sent.pagesOf(event.incident))
      mark({ kind: 'over', id: key.slice('page:'.length), lane: LANE.reply });
  }

  function noteWaiting(incident: string): void {
    const known = facts.get(incident);
    if (known === undefined || sent.get(keyOf('parent', incident)) !== null) return;
    if (known.isThreadless) storms.isShown(incident);
    else storms.waits(incident, known);
  }

  /** Those who waited for a thread look again. */
  function settled(job: Job): void {
    if (job.kind !== 'parent') return;
    const roster = storms.rosterOf(job.id);
    storms.isShown(job.id);
    scheduler.release(threadEvent(job.id));
    if (roster?.waits === true && !(storms.roster(roster.id)?.storm.isOver ?? true)) markRoster(roster.id, PROGRESS_MS);
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
    threadOf: (incident) => {
      const parent = sent.get(keyOf('parent', incident));
      return parent === null || parent.ts === '' ? null : { channel: parent.channel, ts: parent.ts };
    },
  };
}
