/**
 * The only wiring: numbered, in one straight line, and long for that reason. What comes in is the environment; what goes
 * out is the exit code, once the process was told to stop. What the intake needs is imported first; everything else is
 * imported while it listens already.
 */
import { dirname } from 'node:path';
import { systemClock } from './core/clock.ts';
import { readEnvironment, type Settings } from './core/config/environment.ts';
import { sayEnvironmentErrors } from './core/config/environment-errors.ts';
import { OpsError } from './core/errors.ts';
import { createGrowingIds } from './core/ids.ts';
import { createLifecycle, type Lifecycle } from './core/lifecycle.ts';
import { createLogger, createSecretRegister, type Logger, type SecretRegister } from './core/logger.ts';
import { createMetricsRegistry, type Registry } from './core/metrics.ts';
import { type HangUp, listenForHangUp, stopWithin, whenToldToStop } from './core/signals.ts';
import { createJournalMetrics, type JournalMetrics, observeJournal } from './journal/metrics.ts';
import type { Journal } from './journal/port.ts';
import { createPresence } from './journal/presence.ts';
import { restartLines } from './journal/restart-lines.ts';
import { openSqliteJournal } from './journal/sqlite.ts';
import { createWebServer } from './web/server.ts';

const MOST_WAITING = 100_000;
const STOP_WITHIN_MS = 9_500;
const BEAT_EVERY_MS = 5_000;
/** A shorter absence in which nothing fell due is an event and a log line, not a message. */
const TELL_ABSENCE_MS = 30_000;

/** Runs the bot until SIGTERM or SIGINT; resolves with the exit code: 0 stopped as told, 1 could not start. */
export async function startApp(env: NodeJS.ProcessEnv): Promise<number> {
  // 1. What the process is told by its environment.
  const environment = readEnvironment(env);
  const secrets = createSecretRegister();
  for (const value of environment.secrets) secrets.add(value);
  if (sayEnvironmentErrors(environment.problems, console.error)) return 1;
  const { settings } = environment;
  const logger = createLogger(settings.logLevel, secrets);
  for (const { variable, message, remedy } of environment.problems) logger.warn({ variable, remedy }, message);
  const lifecycle = createLifecycle(logger);
  const told = whenToldToStop(logger);
  try {
    const isRunning = await start(env, settings, secrets, logger, lifecycle);
    if (isRunning) await told;
    return isRunning ? 0 : 1;
  } catch (error) {
    printFailure(error, logger);
    return 1;
  } finally {
    await stopWithin(lifecycle, STOP_WITHIN_MS, logger);
  }
}

/** Resolves once every part runs; false: the configuration has errors, which were printed. */
async function start(
  env: NodeJS.ProcessEnv,
  settings: Settings,
  secrets: SecretRegister,
  logger: Logger,
  lifecycle: Lifecycle,
): Promise<boolean> {
  const clock = systemClock;
  const registry = createMetricsRegistry();
  const journalMetrics = createJournalMetrics(registry);
  const hangUp = listenForHangUp();
  lifecycle.onStop('reload', hangUp.stop);

  // 2. The store.
  const journal = await openSqliteJournal({
    path: settings.databaseFile,
    clock,
    logger,
    maxWaiting: MOST_WAITING,
    metrics: journalMetrics,
  });
  lifecycle.onStop('journal', () => journal.close());
  observeJournal(registry, journal, clock);

  // 3. The intake: from here on an alert is kept, whatever the rest does.
  const status: Status = {
    configVersion: null,
    started: false,
    slackUp: () => false,
    slackEvents: null,
    lastWebhookAt: null,
  };
  const nextKey = createGrowingIds(clock.now());
  const web = createWebServer({
    host: settings.http.host,
    port: settings.http.port,
    tokens: settings.webhookTokens,
    store: (body, source) => storePayload(journal, { source, key: nextKey(), body }, status),
    slackEvents: (request, response) =>
      status.slackEvents === null ? void response.writeHead(503).end() : status.slackEvents(request, response),
    ready: async () => ({
      writable: await journal.writable(),
      configVersion: status.configVersion,
      started: status.started,
      slack: status.slackUp() ? 'up' : 'down',
      waiting: journal.waitingCount(),
      parked: journal.parkedCount(),
      held: false,
    }),
    metricsText: () => registry.metrics(),
    clock,
    logger,
    metrics: registry,
  });
  const { port } = await web.listen();
  lifecycle.onStop('web', () => web.close());
  logger.info({ host: settings.http.host, port }, 'intake listens');

  // 4. The configuration, whole.
  const { loadInForce } = await import('./core/config/in-force.ts');
  const learnSecrets = (values: readonly string[]) => {
    for (const value of values) secrets.add(value);
  };
  const config = await loadInForce({ dir: settings.configDir, env, learnSecrets, logger, say: console.error });
  if (config === null) return false;
  status.configVersion = config.current().version;
  await runRooms({ settings, config, journal, journalMetrics, registry, secrets, logger, lifecycle, status, hangUp });
  return true;
}

interface Status {
  configVersion: string | null;
  started: boolean;
  slackUp: () => boolean;
  slackEvents: import('node:http').RequestListener | null;
  lastWebhookAt: number | null;
}

interface Ground {
  settings: Settings;
  config: import('./core/config/source.ts').ReloadableConfig;
  journal: Journal;
  journalMetrics: JournalMetrics;
  registry: Registry;
  secrets: SecretRegister;
  logger: Logger;
  lifecycle: Lifecycle;
  status: Status;
  hangUp: HangUp;
}

async function runRooms(ground: Ground): Promise<void> {
  const { settings, config, journal, journalMetrics, registry, logger, lifecycle, status, hangUp } = ground;
  const clock = systemClock;
  const rooms = await importRooms();

  // 5. What happened while nobody was here.
  const presence = createPresence({ journal, clock });
  const facts = await presence.start(config.current().version);
  logger.info({ downSince: facts.downSince, overdue: facts.overdueTimers.length }, 'started');
  lifecycle.onStop('presence', () => presence.stop());
  lifecycle.onStop(
    'heartbeat',
    every(BEAT_EVERY_MS, () => void presence.beat().catch(() => undefined)),
  );

  // 6. The domain: incidents and escalation decide together; runbooks act; probes look.
  const names: { of: (actor: string) => string } = { of: (actor) => rooms.actorName(config.current(), actor) };
  const rights: { mayRun: import('./runbooks/request.ts').MayRun } = {
    mayRun: async (actor) => mayRunWithoutSlack(actor),
  };
  const escalation = rooms.createEscalation({ journal, config, logger, metrics: registry });
  const askContext = rooms.createAskContext({ journal, config });
  const follow = rooms.followAll([escalation.follow, askContext.follow]);
  const desk = rooms.createAlertDesk({ journal, config, clock, logger, metrics: registry, follow });
  const probeMetrics = rooms.createProbeMetrics(registry);
  const runProbes = rooms.createProbeRunner({ config, clock, logger, metrics: probeMetrics });
  const driverOf = rooms.createDrivers({ config, clock, logger, stateFolder: dirname(settings.databaseFile) });
  const runs = rooms.createRunEngine({
    journal,
    config,
    clock,
    logger,
    metrics: registry,
    driverOf,
    runProbes,
    mayRun: (actor, risk, service) => rights.mayRun(actor, risk, service),
    incident: async (id) => rooms.viewIncident(journal, id),
    nameOf: (actor) => names.of(actor),
  });
  const describers = [rooms.describeIncidentEvent, escalation.describe, runs.describe];

  // 7. The inbox is worked off: stored payloads, and what people asked for.
  const drain = rooms.createDrain({
    journal,
    clock,
    logger,
    metrics: journalMetrics,
    groups: { alertmanager: desk.receive },
    handlers: {
      deploy: rooms.createReceiveDeploy({ journal, config, clock, logger, metrics: registry }),
      [rooms.COMMAND_SOURCE]: (row) => {
        const command = rooms.commandIn(row);
        return command.verb === 'run' ? runs.command(command) : desk.command(command);
      },
    },
  });
  drain.start();
  lifecycle.onStop('drain', () => drain.stop());
  const submit = rooms.createSubmit({ journal, drain, clock });

  // 8. Timers: what fell due while away goes out now, once.
  const timers = rooms.createTimerLoop({
    journal,
    clock,
    logger,
    metrics: journalMetrics,
    handlers: { ...desk.timers, ...escalation.timers, ...askContext.timers },
  });
  timers.start();
  lifecycle.onStop('timers', () => timers.stop());

  // 9. Effects on hosts. A run that a dead process left open is interrupted, never run again by itself.
  const interrupted = await runs.recover();
  const diagnosis = rooms.createDiagnosis({ config, runProbes, record: desk.recordDiagnosis });
  const context = rooms.createContextGatherer({
    journal,
    clock,
    logger,
    metrics: registry,
    sources: rooms.contextSources({
      journal,
      config,
      redact: rooms.createRedact(ground.secrets),
      tailLogs: rooms.createTailLogs(driverOf),
      runs: rooms.createRunFacts(journal),
      describers,
    }),
    record: desk.recordContext,
  });
  const effects = rooms.createEffectRunner({
    journal,
    clock,
    logger,
    metrics: journalMetrics,
    executors: { diagnose: diagnosis, run: runs.executor, context: context.executor },
  });
  await effects.start();
  lifecycle.onStop('effects', () => effects.stop());
  lifecycle.onStop('context', () => context.stop());
  lifecycle.onStop('runs', () => runs.stop());

  // 10. The command line over its Unix socket.
  const reading = rooms.createReadingApi(journal, clock.now);
  const cli = rooms.createCliServer({
    path: settings.socketPath,
    logger,
    now: clock.now,
    api: {
      ...reading,
      config,
      submit,
      unpark: (id) => journal.unpark(id),
      probe: async (asked) => (await runProbes(asked)).map(rooms.checkJson),
      plan: async (request) => rooms.planJson(await runs.plan(request)),
      waitForRun: async (id) => rooms.runJson(await runs.waitFor(id)),
    },
  });
  await cli.listen();
  lifecycle.onStop('cli', () => cli.close());

  // 11. Slack, which may be away.
  const slack = await import('./bot/desk.ts');
  const desktop = slack.createSlackDesk({
    settings: settings.slack,
    journal,
    config,
    clock,
    logger,
    metrics: registry,
    submit,
    describers,
    escalationOf: escalation.viewOf,
    pageClosed: escalation.pageClosed,
    runProbes,
    plan: runs.plan,
    run: runs.run,
    health: async () => ({
      waiting: journal.waitingCount(),
      parked: journal.parkedCount(),
      storeWritable: await journal.writable(),
      lastWebhookAt: status.lastWebhookAt,
    }),
  });
  names.of = desktop.nameOf;
  rights.mayRun = desktop.mayRun;
  status.slackUp = desktop.up;
  status.slackEvents = desktop.httpHandler;
  await desktop.start();
  lifecycle.onStop('slack', () => desktop.stop());
  const lines = restartLines(facts, interrupted);
  const awayMs = facts.downSince === null ? 0 : facts.at - facts.downSince;
  if (lines.length > 0 || awayMs > TELL_ABSENCE_MS) {
    desktop.notice(`restart:${facts.at}`, { at: facts.at, downSince: facts.downSince, lines });
  }

  // 12. What repeats: scheduled probes, the chain's anchor, old payloads; and a changed configuration.
  const schedule = rooms.createProbeSchedule({
    config,
    runProbes,
    clock,
    logger,
    metrics: probeMetrics,
    random: Math.random,
  });
  schedule.start();
  lifecycle.onStop('probes', () => schedule.stop());
  const anchorFile = `${settings.databaseFile}.anchor`;
  const { startHousekeeping } = await import('./journal/housekeeping.ts');
  lifecycle.onStop('housekeeping', startHousekeeping({ journal, clock, logger, anchorFile }));
  const { reloadInForce } = await import('./core/config/in-force.ts');
  const told = {
    swapped: async (version: string, changes: readonly string[]) => {
      status.configVersion = version;
      await presence.reloaded(version, changes);
    },
    refused: presence.reloadRefused,
  };
  hangUp.heed(() => void reloadInForce(config, told, logger));
  status.started = true;
  logger.info({ version: config.current().version }, 'everything runs');
}

/** Imported once the intake listens: most of the start's time goes here. */
async function importRooms() {
  const [alerts, deploys, describe, names, views, oncall, runbooks, runJson, hosts, probes] = await Promise.all([
    import('./alerts/desk.ts'),
    import('./alerts/deploys/receive.ts'),
    import('./alerts/describe.ts'),
    import('./alerts/actor-name.ts'),
    import('./alerts/views.ts'),
    import('./oncall/escalation.ts'),
    import('./runbooks/engine.ts'),
    import('./runbooks/run-json.ts'),
    import('./hosts/inventory.ts'),
    Promise.all([
      import('./probes/run.ts'),
      import('./probes/schedule.ts'),
      import('./probes/metrics.ts'),
      import('./probes/diagnosis.ts'),
      import('./probes/check-json.ts'),
    ]),
  ]);
  const [drain, submit, timers, effects, reading, cliServer] = await Promise.all([
    import('./journal/drain.ts'),
    import('./journal/submit.ts'),
    import('./journal/timers.ts'),
    import('./journal/effects.ts'),
    import('./cli/reading.ts'),
    import('./cli/server.ts'),
  ]);
  const [askContext, follow, gather, sources, redact, logTail, runFacts] = await Promise.all([
    import('./alerts/context/ask.ts'),
    import('./alerts/follow-all.ts'),
    import('./alerts/context/gather.ts'),
    import('./alerts/context/sources.ts'),
    import('./core/redact.ts'),
    import('./hosts/log-tail.ts'),
    import('./runbooks/run-facts.ts'),
  ]);
  const [run, schedule, metrics, diagnosis, checkJson] = probes;
  return {
    ...{ ...alerts, ...deploys, ...describe, ...names, ...views, ...oncall, ...runbooks, ...runJson, ...hosts },
    ...{ ...askContext, ...follow, ...gather, ...sources, ...redact, ...logTail, ...runFacts },
    ...{ ...run, ...schedule, ...metrics, ...diagnosis, ...checkJson },
    ...{
      ...drain,
      ...submit,
      ...timers,
      ...effects,
      ...reading,
      ...cliServer,
    },
  };
}

async function storePayload(
  journal: Journal,
  row: { readonly source: string; readonly key: string; readonly body: Uint8Array },
  status: Status,
): Promise<{ kind: 'stored' | 'overloaded' | 'failed' }> {
  const receivedAt = systemClock.now();
  if (row.source === 'alertmanager') status.lastWebhookAt = receivedAt;
  try {
    await journal.put({ lane: 'machines', receivedAt, ...row });
    return { kind: 'stored' };
  } catch (error) {
    return { kind: error instanceof OpsError && error.code === 'INBOX_FULL' ? 'overloaded' : 'failed' };
  }
}

/** Without Slack's word on who is who only the command line of this host may run something. */
function mayRunWithoutSlack(actor: string): { allowed: boolean; reason: string } {
  return {
    allowed: actor === 'local',
    reason: actor === 'local' ? '' : 'Slack is not connected yet; rights are not known.',
  };
}

function printFailure(error: unknown, logger: Logger): void {
  if (error instanceof OpsError && error.family !== 'bug') console.error(`✖ ${error.message} ${error.remedy}`);
  else logger.fatal({ err: error }, 'start failed');
}

function every(intervalMs: number, task: () => void): () => void {
  const timer = setInterval(task, intervalMs);
  return () => clearInterval(timer);
}
