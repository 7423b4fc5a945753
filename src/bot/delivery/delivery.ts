import type { WebClient } from '@slack/web-api';
import type { Clock } from '../../core/clock.ts';
import { type ConfigSource, SEVERITIES, type Severity } from '../../core/config/config.ts';
import type { Logger } from '../../core/logger.ts';
import type { Registry } from '../../core/metrics.ts';
import type { Change, Journal, StoredEvent } from '../../journal/port.ts';
import { createSlackMetrics, type SlackMetrics } from '../metrics.ts';
import { createSlackFetch } from '../transport.ts';
import { createCall } from './caller.ts';
import { createChannels } from './channels.ts';
import { createCircuit } from './circuit.ts';
import { startForgetting } from './forget.ts';
import { createGates } from './gates.ts';
import { startHeartbeat } from './heartbeat.ts';
import { createJobs, type Doubt, type Job } from './jobs.ts';
import { keyOf, LANE, type Mark, marksOf } from './keys.ts';
import { createDeliverMessage } from './messages.ts';
import { createDeliverNotice } from './notices.ts';
import { createDeliverPage } from './pages.ts';
import { createPictures } from './pictures.ts';
import { createRecall } from './recall.ts';
import { createScheduler } from './scheduler.ts';
import { createSend } from './send.ts';
import { createSentMessages } from './sent.ts';
import type { DeliverySources } from './sources.ts';
import { createUpload } from './upload.ts';
import { createFindWanted } from './wanted.ts';
import { createWantedNotices } from './wanted-notices.ts';
import { createWantedPages } from './wanted-pages.ts';

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
  /** Where an incident's thread is; null while it has none. */
  threadOf(incident: string): { readonly channel: string; readonly ts: string } | null;
}

const CURSOR = 'slack';
/** The journal's record of each start of the bot. */
const STARTED = 'process.started';
const CURSOR_EVERY_MS = 1_000;
const SPACING_MS = 3_000;
const READ_AT_ONCE = 500;

/**
 * What Slack shows follows what the journal says: a dirty set of messages, rendered when they are sent. In: events and
 * wanted pages of the journal. Out: chat.postMessage and chat.update within Slack's limits; where each message is, as
 * documents; how each page ended, as events.
 */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { journal, config, clock, client, logger, sources } = deps;
  const gates = createGates(clock);
  const jobs = createJobs();
  const notices = createWantedNotices(journal);
  const severities = new Map<string, Severity>();
  const pages = createWantedPages(journal);
  const circuit = createCircuit(clock, (up) => logger.info({ up }, up ? 'slack answers' : 'slack does not answer'));
  const metrics = createSlackMetrics(deps.metrics, {
    up: () => circuit.up() && deps.reachesUs(),
    oldestUnsentPageSeconds: () => Math.max(0, (clock.now() - (pages.oldest() ?? clock.now())) / 1000),
    waiting: jobs.size,
  });
  const metricsOf = (): SlackMetrics => metrics;
  const sent = createSentMessages({ journal, clock, logger, saved: () => settle() });
  const call = createCall({ client, gates, circuit, metrics: metricsOf });
  const send = createSend(call, metricsOf);
  const channels = createChannels({ call, config, clock, logger, metrics: metricsOf });
  const upload = createUpload({ call, fetch: createSlackFetch(), clock, logger });
  const pictures = createPictures({ journal, sources, upload, logger, ready: markEvidence, ended: () => settle() });
  const wanted = createFindWanted({ sources, sent, pictures });
  const recall = createRecall(call, clock);
  const common = { clock, logger, call, recall, send, sent, channels, metrics: metricsOf };
  const deliverMessage = createDeliverMessage({ ...common, circuit, wanted });
  const deliverPage = createDeliverPage({
    ...common,
    journal,
    config,
    gates,
    pages,
    sources,
    workspaceUrl: () => workspaceUrl,
  });
  const deliverNotice = createDeliverNotice({
    ...common,
    journal,
    config,
    gates,
    notices,
    upload,
    nameOf: sources.nameOf,
  });
  const scheduler = createScheduler({
    clock,
    logger,
    jobs,
    circuit,
    spacingMs: SPACING_MS,
    execute,
    hello,
    needsParent: (incident) => mark({ kind: 'parent', id: incident, lane: LANE.parent }),
    changed: () => settle(),
  });
  let workspaceUrl: string | null = null;
  let lastSeq = 0;
  let savedSeq = 0;
  let reading: Promise<void> = Promise.resolve();
  let readers = 0;
  let unfollow: (() => void) | null = null;
  let cancelCursor: (() => void) | null = null;
  let stopHeartbeat: () => void = () => undefined;
  let stopForgetting: () => void = () => undefined;
  let isStopped = false;
  let idlers: Array<() => void> = [];

  async function execute(job: Job) {
    if (job.kind === 'notice') return deliverNotice(job);
    if (job.kind !== 'page') {
      const outcome = await deliverMessage(job);
      if (job.kind === 'evidence' && outcome.kind === 'settled' && sent.get(job.key) !== null) pictures.show(job.id);
      return outcome;
    }
    const outcome = await deliverPage(job);
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

  function mark(wantedMark: Mark, options: { isBacklog?: boolean; doubt?: Doubt } = {}): void {
    const now = clock.monotonicMs();
    const { isBacklog = false } = options;
    const last = scheduler.lastDoneAt(keyOf(wantedMark.kind, wantedMark.id));
    jobs.mark(wantedMark, {
      now,
      notBefore: last === null ? 0 : last + SPACING_MS,
      doubt: options.doubt ?? (isBacklog ? 'before-start' : 'none'),
      isBacklog,
      severity: severities.get(wantedMark.id) ?? 'P2',
    });
  }

  function take(event: StoredEvent, isBacklog = false): void {
    lastSeq = Math.max(lastSeq, event.seq);
    noteSeverity(event);
    for (const each of marksOf(event)) mark(each, { isBacklog });
    if (event.incident === null) return;
    for (const key of sent.pagesOf(event.incident))
      mark({ kind: 'over', id: key.slice('page:'.length), lane: LANE.reply });
  }

  /** Pages and threads of a P0 go first, also before anything of it was rendered. */
  function noteSeverity(event: StoredEvent): void {
    const found = SEVERITIES.find((severity) => severity === event.data.severity);
    if (event.incident !== null && found !== undefined) severities.set(event.incident, found);
    if (event.type === 'incident.closed' && event.incident !== null) severities.delete(event.incident);
  }

  function follow(change: Change): void {
    const first = change.events[0];
    if (first !== undefined && readers === 0 && first.seq === lastSeq + 1)
      for (const event of change.events) take(event);
    else if (first !== undefined) enqueue(() => eachUnread(take));
    if (change.effects) enqueue(() => readEffects(false));
    scheduler.pump();
  }

  /** Reads of the journal, one after another. */
  function enqueue(read: () => Promise<void>): void {
    readers += 1;
    reading = reading
      .then(read)
      .catch((error: unknown) => logger.error({ err: error }, 'journal cannot be followed now'))
      .finally(() => {
        readers -= 1;
        scheduler.pump();
        settle();
      });
  }

  /** What happened since the cursor; what lies before the last start of the bot, a dead process may have begun to show. */
  async function catchUpMissed(): Promise<void> {
    let isBacklog = true;
    await eachUnread((event) => {
      if (event.type === STARTED) {
        jobs.outdate();
        isBacklog = false;
      }
      take(event, isBacklog);
    });
  }

  async function eachUnread(look: (event: StoredEvent) => void): Promise<void> {
    for (;;) {
      const events = await journal.eventsAfter(lastSeq, READ_AT_ONCE);
      for (const event of events) look(event);
      if (events.length < READ_AT_ONCE) return;
    }
  }

  async function readEffects(leftovers: boolean): Promise<void> {
    for (const { key, wasClaimed, request } of await pages.refresh({ leftovers })) {
      severities.set(key, request.severity);
      mark({ kind: 'page', id: key, lane: LANE.page }, { doubt: wasClaimed ? 'before-start' : 'none' });
      severities.delete(key);
    }
    for (const { effect } of await notices.refresh({ leftovers })) {
      const doubt = effect.state === 'claimed' ? 'before-start' : 'none';
      mark({ kind: 'notice', id: effect.key, lane: LANE.run }, { doubt });
    }
  }

  /** Everything shown is true and recorded: the cursor may follow, and who waits for it is told. */
  function settle(): void {
    if (jobs.size() > 0 || scheduler.inFlight() > 0 || readers > 0 || sent.unsaved() > 0 || pictures.pending() > 0)
      return;
    if (savedSeq < lastSeq && cancelCursor === null && !isStopped)
      cancelCursor = clock.after(CURSOR_EVERY_MS, saveCursorSoon);
    const waiting = idlers;
    idlers = [];
    for (const resolve of waiting) resolve();
  }

  function saveCursorSoon(): void {
    cancelCursor = null;
    saveCursor().catch((error: unknown) => logger.warn({ err: error }, 'cursor cannot be recorded yet'));
  }

  async function saveCursor(): Promise<void> {
    if (jobs.size() > 0 || sent.unsaved() > 0 || savedSeq === lastSeq) return;
    const seq = lastSeq;
    await journal.setCursor(CURSOR, seq);
    savedSeq = seq;
  }

  return {
    start: async () => {
      await sent.load();
      await pictures.load();
      lastSeq = await journal.cursor(CURSOR);
      savedSeq = lastSeq;
      enqueue(catchUpMissed);
      enqueue(() => readEffects(true));
      await reading;
      unfollow = journal.onChange(follow);
      enqueue(() => eachUnread(take));
      enqueue(() => readEffects(false));
      stopForgetting = startForgetting({ clock, logger, sent, pictures, sources });
      stopHeartbeat = startHeartbeat({
        clock,
        circuit,
        hello: async () => {
          await hello();
          scheduler.pump();
        },
      });
      void hello().then(() => scheduler.pump());
    },
    stop: async () => {
      unfollow?.();
      stopHeartbeat();
      stopForgetting();
      isStopped = true;
      cancelCursor?.();
      await scheduler.stop();
      pictures.stop();
      await reading;
      await saveCursor();
    },
    up: circuit.up,
    idle: () =>
      new Promise<void>((resolve) => {
        idlers.push(resolve);
        settle();
      }),
    incidentAt: sent.incidentAt,
    threadOf: (incident) => {
      const parent = sent.get(keyOf('parent', incident));
      return parent === null || parent.ts === '' ? null : { channel: parent.channel, ts: parent.ts };
    },
  };
}
