import type { Config } from '../../core/config/config.ts';
import { refuse } from '../../core/errors.ts';
import type { DriverOf, ServiceAction, ServiceDriver, ServiceTarget } from '../../hosts/driver.ts';
import { knownIn } from '../../hosts/known-hosts.ts';
import { createStandInScaling } from './scaling.ts';
import type { Tell } from './shell.ts';

const DONE = { restart: 'restarted', start: 'started', stop: 'stopped' } as const;

/** Drivers of the services of a configuration: each has one target that runs and is well, and does as it is told. */
export function createStandInDrivers(config: Config, tell: Tell): DriverOf {
  const drivers = new Map<string, ServiceDriver>();
  return (name) => {
    const service = Object.hasOwn(config.services, name) ? config.services[name] : undefined;
    if (service === undefined)
      throw refuse('SERVICE_UNKNOWN', `There is no service "${name}".`, knownIn(config.services, name));
    const target = { host: service.host, service: name, id: `stand-in:${name}`, name: `${name} (stand-in)` };
    const driver = drivers.get(name) ?? createStandInDriver(target, service.driver.kind, tell);
    drivers.set(name, driver);
    return driver;
  };
}

function createStandInDriver(target: ServiceTarget, kind: ServiceDriver['kind'], tell: Tell): ServiceDriver {
  let isRunning = true;
  const hasCopies = kind !== 'systemd' && kind !== 'command';
  return {
    kind,
    ...(hasCopies ? { scaling: createStandInScaling(target, tell) } : {}),
    targets: async () => [target],
    observe: async () => ({
      running: isRunning,
      health: isRunning ? 'healthy' : 'none',
      startedAt: null,
      restarts: null,
      exitCode: null,
      facts: { service: target.id },
    }),
    planAction: (_, action) => ({
      call: `${sayAction(action)} ${target.service} on ${target.host} (${kind})`,
      effect: `${target.service} is ${DONE[action.kind]}`,
      undo: action.kind === 'restart' ? null : `${opposite(action).kind} ${target.service}`,
    }),
    act: async (_, action) => {
      const isSo = action.kind !== 'restart' && isRunning === (action.kind === 'start');
      if (isSo) return { outcome: 'done', summary: `${target.name} is ${DONE[action.kind]} already` };
      tell(`${target.host}: ${sayAction(action)} ${target.service} (${kind})`);
      isRunning = action.kind !== 'stop';
      const undo = action.kind === 'restart' ? {} : { undo: opposite(action) };
      return { outcome: 'done', summary: `${DONE[action.kind]} ${target.name}`, ...undo };
    },
  };
}

function opposite(action: ServiceAction): ServiceAction {
  return { kind: action.kind === 'stop' ? 'start' : 'stop' };
}

function sayAction(action: ServiceAction): string {
  return action.kind === 'restart' ? `restart (${action.mode})` : action.kind;
}
