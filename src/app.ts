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
import { watchStalls } from './core/stalls.ts';
import { createJournalMetrics, type JournalMetrics, observeJournal } from './journal/metrics.ts';
import { createPatientJournal } from './journal/patient.ts';
import type { Journal, NewInboxRow } from './journal/port.ts';
import { createPresence } from './journal/presence.ts';
import { openSqliteJournal } from './journal/sqlite.ts';
import { createWebServer } from './web/server.ts';

const MOST_WAITING = 100_000;
const STOP_WITHIN_MS = 9_500;
const BEAT_EVERY_MS = 5_000;

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
  let isTold = false;
  void told.then(() => {
    isTold = true;
  });
  try {
    const isRunning = await start(env, settings, secrets, { logger, lifecycle, isTold: () => isTold });
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
  { logger, lifecycle, isTold }: { logger: Logger; lifecycle: Lifecycle; isTold: () => boolean },
): Promise<boolean> {
  const clock = systemClock;
  const registry = createMetricsRegistry();
  const journalMetrics = createJournalMetrics(registry);
  lifecycle.onStop('stalls', watchStalls({ logger, metrics: registry }));
  const hangUp = listenForHangUp();
  lifecycle.onStop('reload', hangUp.stop);

  // 2. The store.
  const store = await openSqliteJournal({
    path: settings.databaseFile,
    clock,
    logger,
    maxWaiting: MOST_WAITING,
    metrics: journalMetrics,
  });
  lifecycle.onStop('journal', () => store.close());
  observeJournal(registry, store, clock);

  // 3. The intake: from here on an alert is kept, whatever the rest does.
  const status: Status = {
    configVersion: null,
    started: false,
    slackUp: () => false,
    alertmanager: () => 'off',
    slackEvents: null,
    ackLinks: null,
    isUrgent: () => false,
    lastWebhookAt: null,
  };
  const isPatient = () => !status.started && !isTold();
  const journal = createPatientJournal(store, { isPatient, clock, logger });
  const nextKey = createGrowingIds(clock.now());
  const web = createWebServer({
    host: settings.http.host,
    port: settings.http.port,
    tokens: settings.webhookTokens,
    store: (body, source, labels) => {
      const isUrgent = labels !== null && status.isUrgent(source, labels);
      const lane = isUrgent ? 'urgent' : 'machines';
      return storePayload(journal, { lane, source, key: nextKey(), body }, status);
    },
    slackEvents: (request, response) =>
      status.slackEvents === null ? void response.writeHead(503).end() : status.slackEvents(request, response),
    ready: async () => ({
      writable: await journal.writable(),
      configVersion: status.configVersion,
      started: status.started,
      slack: status.slackUp() ? 'up' : 'down',
      alertmanager: status.alertmanager(),
      waiting: journal.waitingCount(),
      parked: journal.parkedCount(),
      held: false,
    }),
    metricsText: () => registry.metrics(),
    ackLinks: () => status.ackLinks,
    clock,
    logger,
    metrics: registry,
  });
  const { port } = await web.listen();
  lifecycle.onStop('web', () => web.close());
  logger.info({ host: settings.http.host, port }, 'intake listens');

  // 4. The configuration, whole.
  const [{ loadInForce }, { STEP_KINDS: steps }] = await Promise.all([
    import('./core/config/in-force.ts'),
    import('./runbooks/steps/registry.ts'),
  ]);
  const learnSecrets = (values: readonly string[]) => {
    for (const value of values) secrets.add(value);
  };
  const say = console.error;
  const config = await loadInForce({ dir: settings.configDir, env, steps, learnSecrets, logger, say });
  if (config === null) return false;
  status.configVersion = config.current().version;
  await runRooms({
    env,
    settings,
    config,
    journal,
    journalMetrics,
    registry,
    secrets,
    logger,
    lifecycle,
    status,
    hangUp,
  });
  return true;
}

interface Status {
  configVersion: string | null;
  started: boolean;
  slackUp: () => boolean;
  alertmanager: () => 'up' | 'down' | 'off';
  slackEvents: import('node:http').RequestListener | null;
  ackLinks: import('./web/ack-page.ts').AckDoor | null;
  isUrgent: import('./alerts/urgency.ts').IsUrgent;
  lastWebhookAt: number | null;
}

interface Ground {
  env: NodeJS.ProcessEnv;
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
  const { env, settings, config, journal, journalMetrics, registry, logger, lifecycle, status, hangUp } = ground;
  const clock = systemClock;
  const rooms = await import('./rooms.ts');

  // 5. What happened while nobody was here.
  const presence = createPresence({ journal, clock });
  const facts = await presence.start(config.current().version);
  logger.info(facts, 'started');
  lifecycle.onStop('presence', () => presence.stop());
  lifecycle.onStop(
    'heartbeat',
    every(BEAT_EVERY_MS, () => void presence.beat().catch(() => undefined)),
  );

  // 6. The domain: incidents and escalation decide together; runbooks act; probes look.
  const names: { of: (actor: string) => string } = { of: (actor) => rooms.actorName(config.current(), actor) };
  const storm: { waits: (incident: string) => boolean } = { waits: () => false };
  const rights: {
    mayRun: import('./runbooks/request.ts').MayRun;
    mayApprove: import('./runbooks/start-check.ts').MayApprove;
    mayAdmin: import('./runbooks/desk.ts').RunbookDeskDeps['mayAdmin'];
    maySilence: import('./alerts/silences/sources.ts').MaySilence;
    may: import('./cli/api.ts').OpsApi['may'];
    rolesOf: import('./cli/api.ts').OpsApi['rolesOf'];
  } = {
    mayRun: async (actor) => mayRunWithoutSlack(actor),
    mayApprove: async () => mayRunWithoutSlack('nobody'),
    mayAdmin: async (actor) => mayRunWithoutSlack(actor),
    maySilence: async (actor) => mayRunWithoutSlack(actor),
    may: async (actor) => mayRunWithoutSlack(actor),
    rolesOf: async () => [],
  };
  const folders = rooms.calendarFolders(settings.configDir, settings.databaseFile);
  const calendars = await rooms.createCalendars({ config, journal, folders, clock, logger, metrics: registry });
  const roster = await rooms.createRoster({ journal, config: calendars });
  lifecycle.onStop('roster', roster.stop);
  const readNumbers = rooms.createReadNumbers({ journal, isFix: rooms.isFix });
  const slackShows: { duty: import('./oncall/handoff/shown.ts').ShowDuty } = { duty: rooms.slackIsAway };
  const oncall = rooms.createOncall({
    journal,
    config: roster,
    clock,
    logger,
    metrics: registry,
    means: settings.means,
    publicUrl: settings.publicUrl,
    decideIncident: (command) => desk.command(command),
    nameOf: (actor) => names.of(actor),
    readNumbers,
    silences: () => activeSilences(),
    failingProbes: () => failingProbes(),
    showDuty: (wanted) => slackShows.duty(wanted),
  });
  const askContext = rooms.createAskContext({ journal, config });
  const follow = rooms.followAll([oncall.follow, askContext.follow]);
  const doubt = () => reconciler.wake();
  status.isUrgent = rooms.createUrgency(config);
  const desk = rooms.createAlertDesk({ journal, config, clock, logger, metrics: registry, follow, doubt });
  const probeMetrics = rooms.createProbeMetrics(registry);
  const stateFolder = dirname(settings.databaseFile);
  const { sshAgent } = settings;
  const [genesis] = await journal.eventsAfter(0, 1);
  const installation = genesis?.hash ?? stateFolder;
  const onHostKey = (seen: Parameters<typeof desk.hostKeys.seen>[0]) => {
    desk.hostKeys.seen(seen).catch((error: unknown) => logger.error({ err: error }, 'host key could not be noted'));
  };
  const shells = rooms.createShells({ config, clock, logger, stateFolder, sshAgent, installation, onHostKey });
  lifecycle.onStop('shells', shells.close);
  const { engineOf, of: shellOf } = shells;
  const runProbes = rooms.createProbeRunner({ config, clock, logger, metrics: probeMetrics, engineOf, shellOf });
  const failingProbes = rooms.createFailingProbes({ config, clock, runProbes });
  const driverOf = rooms.createDrivers({ config, clock, logger, stateFolder, shells });
  const submitLater: import('./core/command.ts').SubmitCommand = (key, command) => submit(key, command);
  const runs = rooms.createRunbookDesk({
    ...rooms.createRunbookDoors({
      journal,
      config,
      clock,
      submit: submitLater,
      silences: () => silences.ask,
      shellOf: shells.of,
      nameOf: (actor) => names.of(actor),
      peers: () => rooms.ownPeers(settings),
    }),
    submit: submitLater,
    mayAdmin: (actor) => rights.mayAdmin(actor),
    journal,
    config,
    clock,
    logger,
    metrics: registry,
    driverOf,
    shellOf: shells.of,
    runProbes,
    mayRun: (actor, risk, service, about) => rights.mayRun(actor, risk, service, about),
    mayApprove: (actor, run) => rights.mayApprove(actor, run),
    incident: async (id) => rooms.incidentFact(await rooms.viewIncident(journal, id)),
    secretOf: rooms.createSecretOf(env, ground.secrets),
    redact: rooms.createRedact(ground.secrets),
    nameOf: (actor) => names.of(actor),
  });
  const silences = rooms.createSilenceDesk({
    journal,
    config,
    clock,
    logger,
    metrics: registry,
    changeIncident: desk.change,
    maySilence: (actor, risk, channel) => rights.maySilence(actor, risk, channel),
    askSecond: (command, asked) => runs.command(rooms.wideSilence(command, asked)),
    stillAgreed: runs.stillAgreed,
    nameOf: (actor) => names.of(actor),
  });
  const activeSilences = async () => {
    const active = (await silences.ask.list()).filter(({ status }) => status === 'active');
    return active.map(({ matchers, endsAt, author, reason }) => {
      return { matchers: rooms.printMatchers(matchers), until: endsAt, by: author, reason };
    });
  };
  const reports = rooms.createReports({ journal, config, clock, silences: activeSilences, isFix: rooms.isFix });
  const slots = rooms.createSlots({ journal, clock, jobs: reports.jobs });
  const simulate = (asked: import('./oncall/simulate/simulate.ts').SimulationAsked) =>
    rooms.simulate({ config: roster.current(), means: oncall.means }, asked, clock.now());
  lifecycle.onStop('numbers', rooms.measureNumbers({ journal, config, logger, metrics: registry, isFix: rooms.isFix }));
  const describers = [rooms.describeIncidentEvent, oncall.describe, runs.describe, silences.describe];

  // 7. The inbox is worked off: stored payloads, and what people asked for.
  const drain = rooms.createDrain({
    journal,
    clock,
    logger,
    metrics: journalMetrics,
    groups: {
      [rooms.ALERTMANAGER]: desk.receive,
      [rooms.FOUND]: desk.receive,
      grafana: desk.receive,
      event: desk.receive,
    },
    handlers: {
      [rooms.GONE]: desk.endGone,
      deploy: rooms.createReceiveDeploy({ journal, config, clock, logger, metrics: registry }),
      [rooms.COMMAND_SOURCE]: (row) => {
        const command = rooms.commandIn(row);
        if (runs.takes(command)) return runs.command(command);
        const ofOncall = oncall.commands[command.verb];
        if (ofOncall !== undefined) return ofOncall(command);
        return rooms.isSilenceVerb(command.verb) ? silences.command(command) : desk.command(command);
      },
    },
  });
  drain.start();
  lifecycle.onStop('drain', () => drain.stop());
  const submit = rooms.createSubmit({ journal, drain, clock });
  status.ackLinks = {
    look: oncall.links.look,
    use: (token, shown) => oncall.links.use(token, submit, shown),
    nameOf: (actor) => names.of(actor),
  };

  // 8. What fires is asked of Alertmanager, before timers page for what is over; it may be away.
  const nextKey = createGrowingIds(clock.now());
  const decided = drain.outcomeOf;
  const reconciler = rooms.createReconciler({ journal, config, clock, logger, metrics: registry, nextKey, decided });
  status.alertmanager = reconciler.state;
  await reconciler.start();
  lifecycle.onStop('reconcile', () => reconciler.stop());
  await desk.armWatchdog();
  await desk.hostKeys.reloaded();

  // 9. Timers: what fell due while away goes out now, once; and a little later it is told what became of it.
  const report = rooms.createRestartReport({
    journal,
    tellers: [rooms.createTellAlerts({ journal, alertmanager: reconciler.state }), rooms.tellInterruptedRuns],
    words: async (events) => {
      const entries = await rooms.entriesOf(journal, events, describers, (key) => names.of(key));
      return entries.map(({ text }) => text);
    },
    standing: async ({ id }) => {
      const incident = await rooms.viewIncident(journal, id);
      return incident === null ? null : `${id} is ${incident.status}`;
    },
    isSettled: reconciler.isSettled,
  });
  const timers = rooms.createTimerLoop({
    journal,
    clock,
    logger,
    metrics: journalMetrics,
    handlers: {
      ...desk.timers,
      ...oncall.timers,
      ...askContext.timers,
      ...silences.timers,
      ...slots.timers,
      ...runs.timers,
      'process.report': report,
    },
    jumped: async (byMs, now) => {
      await presence.clockJumped(byMs);
      await oncall.clockJumped(byMs, now);
    },
    outcome: presence.late,
  });
  await slots.arm();
  timers.start();
  lifecycle.onStop('timers', () => timers.stop());

  // 10. Effects on hosts. A run that a dead process left open is interrupted, never run again by itself.
  await runs.recover();
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
    executors: {
      diagnose: diagnosis,
      ...runs.executors,
      context: context.executor,
      [rooms.SILENCE_EFFECT]: silences.executor,
      report: reports.executor,
      ...oncall.executors,
    },
  });
  await effects.start();
  lifecycle.onStop('effects', () => effects.stop());
  lifecycle.onStop('context', () => context.stop());
  runs.start();
  lifecycle.onStop('runs', () => runs.stop());
  silences.start();
  lifecycle.onStop('silences', () => silences.stop());
  await oncall.start();
  lifecycle.onStop('oncall', () => oncall.stop());
  calendars.start(oncall.reloaded);
  lifecycle.onStop('calendars', calendars.stop);

  // 11. The command line over its Unix socket.
  const reading = rooms.createReadingApi(journal, clock.now, (incident) => storm.waits(incident));
  const cli = rooms.createCliServer({
    path: settings.socketPath,
    logger,
    now: clock.now,
    api: {
      ...reading,
      config: roster,
      submit,
      verifyToken: (text) => rooms.verifyToken(journal, text, clock.now()),
      rolesOf: (actor) => rights.rolesOf(actor),
      may: (actor, right, channel) => rights.may(actor, right, channel),
      unpark: (id) => journal.unpark(id),
      probe: async (asked) => (await runProbes(asked)).map(rooms.checkJson),
      plan: async (request) => rooms.planJson(await runs.plan(request)),
      rules: runs.rules,
      numbers: (window) => readNumbers(config.current(), window),
      oncall: (at) => {
        const now = clock.now();
        return rooms.readOncallAt(journal, roster.current().oncall, { at: at ?? now, now });
      },
      simulate: async (asked) => rooms.simulationJson(await simulate(asked)),
      blocks: runs.blocks,
      waitForRun: async (id) => rooms.runJson(await runs.waitFor(id)),
      ...rooms.createSilenceApi(silences.ask),
    },
  });
  await cli.listen();
  lifecycle.onStop('cli', () => cli.close());

  // 12. Slack, which may be away.
  const slack = await import('./bot/desk.ts');
  const desktop = slack.createSlackDesk({
    settings: settings.slack,
    journal,
    config: roster,
    clock,
    logger,
    metrics: registry,
    submit,
    describers,
    escalationOf: oncall.escalation.viewOf,
    pageClosed: oncall.escalation.pageClosed,
    runProbes,
    plan: runs.plan,
    run: runs.run,
    silences: silences.ask,
    leases: runs.leases,
    rules: runs.rules,
    numbers: (window) => readNumbers(config.current(), window),
    simulate,
    blocks: runs.blocks,
    health: async () => ({
      waiting: journal.waitingCount(),
      parked: journal.parkedCount(),
      storeWritable: await journal.writable(),
      lastWebhookAt: status.lastWebhookAt,
    }),
  });
  names.of = desktop.nameOf;
  slackShows.duty = desktop.showDuty;
  storm.waits = desktop.waitsInStorm;
  rights.mayRun = desktop.mayRun;
  rights.mayApprove = desktop.mayApprove;
  rights.mayAdmin = desktop.mayAdmin;
  rights.maySilence = desktop.maySilence;
  rights.may = desktop.may;
  rights.rolesOf = desktop.rolesOf;
  status.slackUp = desktop.up;
  status.slackEvents = desktop.httpHandler;
  await desktop.start();
  lifecycle.onStop('slack', () => desktop.stop());

  // 13. The bot looks at itself; a sign of life goes out while it finds nothing.
  const deadman = settings.deadmanUrl === null ? null : { url: settings.deadmanUrl, logger, metrics: registry };
  const auditor = rooms.createAuditor({
    journal,
    clock,
    logger,
    metrics: registry,
    timersLookedAt: timers.lookedAt,
    overdueEscalations: (before) => rooms.overdueEscalations(journal, before),
    green: deadman === null ? () => undefined : rooms.createDeadman(deadman),
  });
  auditor.start();
  lifecycle.onStop('auditor', () => auditor.stop());

  // 14. What repeats: scheduled probes, the chain's anchor, old payloads; and a changed configuration.
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
      await slots.arm();
      await desk.armWatchdog();
      await desk.hostKeys.reloaded();
      await calendars.reloaded();
      await oncall.reloaded();
      reconciler.wake();
    },
    refused: presence.reloadRefused,
  };
  hangUp.heed(() => void reloadInForce(config, told, logger));
  status.started = true;
  logger.info({ version: config.current().version }, 'everything runs');
}

async function storePayload(
  journal: Journal,
  row: Omit<NewInboxRow, 'receivedAt'>,
  status: Status,
): Promise<{ kind: 'stored' | 'overloaded' | 'failed' }> {
  const receivedAt = systemClock.now();
  if (row.source !== 'deploy') status.lastWebhookAt = receivedAt;
  try {
    await journal.put({ ...row, receivedAt });
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
