import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpsApi } from '../../src/cli/api.ts';
import { type CliServer, createCliServer } from '../../src/cli/server.ts';
import type { IncidentJson, PlanJson, RunJson, SilenceJson, SilencePreviewJson } from '../../src/cli/shapes.ts';
import type { Actor, Command, Outcome } from '../../src/core/command.ts';
import { refuse } from '../../src/core/errors.ts';
import type { JournalReader } from '../../src/journal/port.ts';
import { readOncallAt } from '../../src/oncall/duty-record/read-duty.ts';
import { SLACK_MEANS } from '../../src/oncall/escalation-context.ts';
import type { Numbers } from '../../src/oncall/reports/numbers.ts';
import { simulate } from '../../src/oncall/simulate/simulate.ts';
import { simulationJson } from '../../src/oncall/simulate/simulation-json.ts';
import { verifyToken } from '../../src/oncall/tokens/read-tokens.ts';
import { CLI_TOKEN, type TokenState } from '../../src/oncall/tokens/token-state.ts';
import { makeToken } from '../../src/oncall/tokens/token-text.ts';
import type { ListedLease } from '../../src/runbooks/lease/list.ts';
import type { ListedRule } from '../../src/runbooks/remediation/list.ts';
import { testConfig, testConfigSource } from '../support/config.ts';
import { silentLogger } from '../support/journal.ts';

export interface RunningBot {
  readonly env: NodeJS.ProcessEnv;
  readonly path: string;
  readonly server: CliServer;
  /** Commands that were submitted. */
  readonly commands: Command[];
  readonly unparked: Array<number | undefined>;
  readonly probed: string[][];
  /** What the next command comes to. */
  decide(outcome: Outcome): void;
  /** What the next silence would do. */
  foresee(preview: Partial<SilencePreviewJson>): void;
  /** Makes a token of an account; by default good for a day. Returns its text. */
  token(owner: Actor, rest?: Partial<TokenState>): string;
  /** What accounts may, by what they were asked for. */
  may: (right: string, channel: string | null) => boolean;
  /** How the run ends that somebody waits for. */
  end(run: Partial<RunJson>): void;
  stop(): Promise<void>;
}

export const RUN: RunJson = {
  id: 'RUN-1',
  runbook: 'restart',
  status: 'succeeded',
  verdict: 'fixed',
  by: 'local',
  approvedBy: null,
  startedAt: '2026-11-23T13:00:00.000Z',
  endedAt: '2026-11-23T13:00:12.000Z',
  steps: [{ id: 'restart', status: 'done', seconds: 2.5, summary: 'restarted \u001b[31mgianna' }],
};

export const SILENCE: SilenceJson = {
  id: 'SIL-1',
  status: 'active',
  pending: null,
  madeHere: true,
  matchers: ['alertname="HighErrorRate"'],
  reason: 'a known \u001b[31mcause',
  author: 'ana (command line)',
  by: 'local',
  incident: 'GI-1',
  service: 'gianna',
  requestedAt: '2026-11-23T13:00:00.000Z',
  endsAt: '2026-11-23T15:00:00.000Z',
  endedAt: null,
  failure: null,
  alertmanagerId: '3c540eab-a416-46bb-b710-99b5a6f55886',
  mutesNow: {
    alerts: 2,
    incidents: 1,
    bySeverity: { P2: { alerts: 2, incidents: 1 } },
    byService: [{ service: 'gianna', alerts: 2, incidents: 1 }],
    incidentIds: ['GI-1'],
  },
};

const NOW = Date.UTC(2026, 10, 23, 13, 0, 0);
const STEP = { kind: 'service.restart', target: 'gianna', undo: null, mutates: true } as const;
const PLAN: PlanJson = {
  hash: '0123456789abcdef0123456789abcdef',
  runbook: 'rotate-secret',
  risk: 'R3',
  parameters: { service: 'gianna', password: { secret: 'DB_PASSWORD' } },
  targets: [{ host: 'docker-1', service: 'gianna', id: '3f2a91c04d1e' }],
  steps: [{ ...STEP, id: 'restart', call: 'POST /containers/3f2a/\u001b[31mrestart', effect: 'It stops and starts.' }],
  verify: [{ ...STEP, id: 'proof', call: 'GET /health', effect: '', mutates: false }],
  needs: { approvals: 1, roles: ['responder', 'approver'], because: ['its risk is R3'] },
  blockedBy: [{ kind: 'running', reason: 'already running: RUN-7' }],
};
const RULE: ListedRule = {
  rule: 'warm-cache',
  state: 'off',
  runbook: 'restart',
  misses: 3,
  mostMisses: 3,
  lastHour: 1,
  mostPerHour: 2,
  runs: 7,
  open: [{ run: 'RUN-9', incident: 'GI-1' }],
};
const LEASE: ListedLease = {
  id: 'LEASE-1',
  run: 'RUN-1',
  step: 'enter',
  service: 'gianna',
  hosts: [],
  what: 'maintenance \u001b[31mpage',
  by: 'slack:U01ONCALL',
  until: '2026-11-23T15:00:00.000Z',
  secondsLeft: 7200,
  state: 'active',
  summary: null,
  incident: 'GI-1',
  runbook: 'maintenance',
};

const PREVIEW: SilencePreviewJson = {
  now: { alerts: 0, incidents: 0, bySeverity: {}, byService: [], incidentIds: [] },
  lastSevenDays: { alerts: 0, incidents: 0, bySeverity: {}, byService: [], incidentIds: [] },
  severity: 'P2',
  longestSeconds: 86_400,
  second: null,
  refused: null,
  warnings: [],
  lines: ['Mutes nothing now.', 'In the last 7 days it would have muted nothing.'],
};

const NONE = { P0: 0, P1: 0, P2: 0, P3: 0 };
const UNMEASURED = { n: 0, p50: null, p90: null };
const SPREADS = { P0: { n: 2, p50: 60, p90: 120 }, P1: UNMEASURED, P2: UNMEASURED, P3: UNMEASURED };
const NUMBERS: Numbers = {
  timezone: 'UTC',
  opened: { ...NONE, P0: 2 },
  days: [{ day: '2026-11-23', opened: { ...NONE, P0: 2 } }],
  times: { acknowledge: SPREADS, mitigate: SPREADS, resolve: SPREADS },
  noise: [{ alertname: 'Down\u001b[31m', incidents: 2, acknowledged: 1, resolvedByItself: 0, firedAgain: 3 }],
  pages: [],
};

/** A socket server whose rooms answer from memory: what the CLI says is the subject, not what the rooms decide. */
export async function startRunningBot(): Promise<RunningBot> {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-cli-'));
  const path = join(folder, 'ops.sock');
  const commands: Command[] = [];
  const unparked: Array<number | undefined> = [];
  const probed: string[][] = [];
  let outcome: Outcome = { kind: 'done', text: 'GI-1 is yours.', incident: 'GI-1' };
  let run: RunJson = RUN;
  let preview: SilencePreviewJson = PREVIEW;
  const tokens = new Map<string, TokenState>();
  const rows = {
    aggregate: async <S>(_kind: string, id: string) => {
      const state = tokens.get(id);
      return state === undefined ? null : { kind: CLI_TOKEN, id, version: 1, state: state as S };
    },
  };
  const api: OpsApi = {
    verifyToken: (text) => verifyToken(rows as Pick<JournalReader, 'aggregate'>, text, NOW),
    rolesOf: async () => ['viewer', 'responder'],
    may: async (_actor, right, channel) => {
      const allowed = bot.may(right, channel);
      return { allowed, reason: allowed ? '' : 'needs the role responder' };
    },
    runPlan: async (id) => (id === run.id ? PLAN : null),
    leases: async () => [LEASE],
    rules: async () => [RULE],
    runbookRecord: async () => [],
    runLog: async (id) => (id === run.id ? 'first\u001b[31m line\r\nsecond line' : null),
    config: testConfigSource(),
    incidents: async () => [],
    blocks: async () => ({ blocks: [], unread: [] }),
    pageTest: async () => [
      { means: 'sms', delivery: 'delivered', error: null, seconds: 2.5 },
      { means: 'voice', delivery: 'undelivered', error: 'busy', seconds: 6 },
    ],
    incident: async (id) => (id === 'GI-5' ? ({ channel: 'security' } as IncidentJson) : null),
    inbox: async () => [],
    runs: async () => [run],
    run: async (id) => (id === run.id ? run : null),
    submit: async (_key, command) => {
      commands.push(command);
      return { duplicate: false, outcome: Promise.resolve(outcome) };
    },
    unpark: async (id) => {
      unparked.push(id);
      return id === 404 ? 0 : 2;
    },
    probe: async (names) => {
      probed.push([...names]);
      return names.map((probe) => ({
        probe,
        target: 'here',
        result: probe === 'cache' ? 'fail' : 'ok',
        summary: 'looked',
        seconds: 0.1,
        at: '2026-11-23T13:00:00.000Z',
        evidence: {},
      }));
    },
    plan: async () => {
      throw refuse('PARAMETER_MISSING', 'service is required.', 'Give service=gianna.');
    },
    numbers: async () => NUMBERS,
    drills: async () => [],
    paged: async (id) => (id === 'GI-1' ? [] : null),
    oncall: async (at) => {
      const nothing = { aggregates: async () => [], eventsOf: async () => [] };
      const now = Date.now();
      return readOncallAt(nothing, testConfig().oncall, { at: at ?? now, now });
    },
    simulate: async (asked) =>
      simulationJson(await simulate({ config: testConfig(), means: SLACK_MEANS }, asked, Date.UTC(2026, 10, 23, 13))),
    waitForRun: async () => run,
    overrides: async () => [],
    silences: async () => [SILENCE],
    silence: async (id) => (id === SILENCE.id ? SILENCE : null),
    previewSilence: async () => preview,
    settledSilence: async () => SILENCE,
  };
  const server = createCliServer({ path, api, logger: silentLogger, now: () => NOW });
  await server.listen();
  const bot: RunningBot = {
    env: { GIANNA_SOCKET: path },
    path,
    server,
    commands,
    unparked,
    probed,
    token: (owner, rest = {}) => {
      const { id, hash, text } = makeToken();
      const state = { id, owner, hash, madeAt: NOW, expiresAt: NOW + 86_400_000, revoked: null, ...rest };
      tokens.set(id, state);
      return text;
    },
    may: () => true,
    decide: (next) => {
      outcome = next;
    },
    foresee: (seen) => {
      preview = { ...PREVIEW, ...seen };
    },
    end: (ended) => {
      run = { ...RUN, ...ended };
    },
    stop: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return bot;
}
