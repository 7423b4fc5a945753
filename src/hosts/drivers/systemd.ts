import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { ActionCall, ActionResult, Observed, ServiceAction, ServiceDriver, ServiceTarget } from '../driver.ts';
import type { Once } from '../once.ts';
import { firstLine } from '../printable.ts';
import type { Shell } from '../shell.ts';
import type { Answer, Trace } from './action-verdict.ts';
import { performAction } from './perform-action.ts';
import { readJournal } from './systemd-journal.ts';
import { digestOfUnit, exitCodeOf, readStamp, showPresentUnit, showUnit, type UnitProperties } from './systemd-unit.ts';

export interface SystemdDriverDeps {
  readonly host: string;
  readonly service: string;
  readonly unit: string;
  readonly shell: Shell;
  readonly once: Once;
  readonly clock: Clock;
  readonly logger: Logger;
}

const PREFIX = 'systemd:';
/** Stop and start of a unit are given 90 s each by systemd, if its files say nothing else. */
const ACT_TIMEOUT_MS = 200_000;
/** A job goes on in systemd when the systemctl that asked for it is gone. */
const AFTERMATH_MS = 15_000;
const MAX_BYTES = 64 * 1024;
const ALIVE = ['active', 'reloading', 'activating', 'deactivating'];

/** A unit of a host's systemd, by `systemctl` over the host's shell; an invocation id is the proof of a new start. */
export function createSystemdDriver(deps: SystemdDriverDeps): ServiceDriver {
  const { host, service, shell } = deps;
  return {
    kind: 'systemd',
    targets: async () => {
      const { Id, LoadState } = await showUnit(shell, deps.unit);
      return LoadState === 'not-found' ? [] : [{ host, service, id: `${PREFIX}${Id}`, name: `${Id} on ${host}` }];
    },
    observe: async (target) => {
      const unit = unitOf(target);
      const properties = await showPresentUnit(shell, unit);
      return observed(properties, await digestOfUnit(shell, unit));
    },
    planAction,
    act: (target, action, key) => deps.once(key, target, () => actOnce(deps, target, action, key)),
    logs: (target, options) => readJournal(shell, unitOf(target), options),
  };
}

function unitOf({ id }: ServiceTarget): string {
  return id.slice(PREFIX.length);
}

function planAction(target: ServiceTarget, action: ServiceAction): ActionCall {
  const unit = unitOf(target);
  const call = argvsOf(unit, action).map((argv) => JSON.stringify(argv));
  switch (action.kind) {
    case 'restart': {
      const stop = action.mode === 'forced' ? 'killed at once' : 'asked to stop, killed after its TimeoutStopSec';
      return { call: call.join(', then '), effect: `${target.name} is ${stop}, then started again`, undo: null };
    }
    case 'start':
      return { call: call.join(), effect: `${target.name} is started`, undo: JSON.stringify(systemctl('stop', unit)) };
    case 'stop':
      return { call: call.join(), effect: `${target.name} is stopped`, undo: JSON.stringify(systemctl('start', unit)) };
    default:
      return action satisfies never;
  }
}

function systemctl(verb: string, unit: string, ...options: string[]): readonly string[] {
  return ['systemctl', verb, '--no-ask-password', ...options, '--', unit];
}

/** What is run, one after the other. */
function argvsOf(unit: string, action: ServiceAction): ReadonlyArray<readonly string[]> {
  const main = systemctl(action.kind, unit);
  const isForced = action.kind === 'restart' && action.mode === 'forced';
  return isForced ? [systemctl('kill', unit, '--signal=SIGKILL'), main] : [main];
}

function observed(properties: UnitProperties, digest: string): Observed {
  const { running, startedAt, restarts, exitCode } = traceOf(properties);
  const { ActiveState, Result } = properties;
  return {
    running,
    health: ActiveState === 'activating' ? 'starting' : 'none',
    startedAt: running ? startedAt : null,
    restarts,
    exitCode,
    // A unit that waits for its next try is "activating (auto-restart)".
    ended: ActiveState === 'inactive' || ActiveState === 'failed',
    outOfMemory: Result === 'oom-kill',
    facts: {
      unit: properties.Id,
      fragment: properties.FragmentPath,
      files: digest,
      reloadNeeded: properties.NeedDaemonReload,
    },
  };
}

function traceOf(properties: UnitProperties): Trace {
  const { ActiveState, InvocationID, NRestarts, ActiveEnterTimestamp } = properties;
  const running = ActiveState === 'active' || ActiveState === 'reloading';
  return {
    alive: ALIVE.includes(ActiveState),
    running,
    start: InvocationID === '' ? null : InvocationID,
    startedAt: readStamp(ActiveEnterTimestamp),
    restarts: Number(NRestarts) || 0,
    exitCode: running ? null : exitCodeOf(properties),
  };
}

async function actOnce(
  deps: SystemdDriverDeps,
  target: ServiceTarget,
  action: ServiceAction,
  key: string,
): Promise<ActionResult> {
  const unit = unitOf(target);
  const result = await performAction({
    target,
    action,
    look: async () => traceOf(await showPresentUnit(deps.shell, unit)),
    call: () => callSystemctl(deps.shell, argvsOf(unit, action), key),
    aftermathMs: AFTERMATH_MS,
    clock: deps.clock,
  });
  deps.logger.info({ unit, action, outcome: result.outcome }, 'systemd action ended');
  return result;
}

/** The last one answers; the kill before it has nothing to say when nothing ran. */
async function callSystemctl(shell: Shell, argvs: ReadonlyArray<readonly string[]>, key: string): Promise<Answer> {
  let answer: Answer = { kind: 'ok' };
  for (const argv of argvs) {
    const { result } = await shell.once(`${key}-${argv[1]}`, argv, { timeoutMs: ACT_TIMEOUT_MS, maxBytes: MAX_BYTES });
    if (result.exitCode === 0) answer = { kind: 'ok' };
    else if (result.exitCode !== null)
      answer = { kind: 'refused', said: firstLine(result.stderr) || `exit ${result.exitCode}` };
    else answer = { kind: result.end === 'not-started' ? 'refused' : 'lost', said: result.failure ?? 'no exit code' };
    if (answer.kind === 'lost') return answer;
  }
  return answer;
}
