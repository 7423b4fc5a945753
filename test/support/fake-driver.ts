import { setTimeout as sleep } from 'node:timers/promises';
import { transient } from '../../src/core/errors.ts';
import type { ActionResult, Observed, ServiceAction, ServiceDriver, ServiceTarget } from '../../src/hosts/driver.ts';

export interface FakeDriver extends ServiceDriver {
  /** What `targets()` answers; ids may be swapped as a re-created container does. */
  ids: string[];
  observed: Observed;
  /** What restart does, for faults that a real engine cannot be made to show; counted in `calls`. */
  onRestart: (target: ServiceTarget, key: string) => Promise<ActionResult>;
  /** What start and stop do; counted in `calls`, with their kind for a mode. */
  onAct: (target: ServiceTarget, action: ServiceAction) => Promise<ActionResult>;
  readonly calls: Array<{ id: string; mode: string; key: string }>;
  /** While set, the host does not answer. */
  silent: boolean;
}

const DONE = { restart: 'restarted', start: 'started', stop: 'stopped' } as const;
const OPPOSITE = { start: 'stop', stop: 'start' } as const;

/** A driver of one service that a test can make misbehave. */
export function createFakeDriver(service = 'gianna', ids = ['c1']): FakeDriver {
  const driver: FakeDriver = {
    kind: 'container',
    ids,
    calls: [],
    silent: false,
    observed: {
      running: true,
      health: 'healthy',
      startedAt: 1000,
      restarts: 0,
      exitCode: null,
      facts: { image: 'sha256:1' },
    },
    onRestart: async (target) => ({ outcome: 'done', summary: `restarted ${target.name}` }),
    onAct: async (target, action) => ({
      outcome: 'done',
      summary: `${DONE[action.kind]} ${target.name}`,
      ...(action.kind === 'restart' ? {} : { undo: { kind: OPPOSITE[action.kind] } }),
    }),
    targets: async () => {
      if (driver.silent) throw transient('ENGINE_DOWN', 'The engine does not answer.', 'Look at the host.');
      return driver.ids.map((id) => ({ host: 'docker-1', service, id, name: `${service}-${id}` }));
    },
    observe: async () => driver.observed,
    planAction: (target, action) => ({
      call: `POST /containers/${target.id}/${action.kind}${action.kind === 'restart' ? ` mode=${action.mode}` : ''}`,
      effect: `${target.name} is ${DONE[action.kind]}`,
      undo: action.kind === 'restart' ? null : `POST /containers/${target.id}/${OPPOSITE[action.kind]}`,
    }),
    act: async (target, action, key) => {
      driver.calls.push({ id: target.id, mode: action.kind === 'restart' ? action.mode : action.kind, key });
      return action.kind === 'restart' ? driver.onRestart(target, key) : driver.onAct(target, action);
    },
  };
  return driver;
}

/** Lets what was started run on; waits for no time of its own. */
export function breathe(): Promise<void> {
  return sleep(1);
}
