import type { Clock } from '../../core/clock.ts';
import { OpsError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/json.ts';
import type { Logger } from '../../core/logger.ts';
import { sha256 } from '../digest.ts';
import type { ContainerDetails, DockerEngine, FoundContainer } from '../docker.ts';
import type {
  ActionResult,
  ScaleChange,
  ScalePlan,
  ServiceAction,
  ServiceScaling,
  ServiceTarget,
  WantedCopies,
} from '../driver.ts';
import type { Once } from '../once.ts';
import { addCopy } from './add-copy.ts';
import { countWanted } from './copies-wanted.ts';
import { whyNoCopy } from './copy-body.ts';
import { nextNames, numberOf } from './copy-names.ts';
import { removeCopy } from './remove-copy.ts';
import { whyNoRoom } from './room-for-copies.ts';

export interface ContainerScalingDeps {
  readonly host: string;
  readonly service: string;
  readonly engine: DockerEngine;
  readonly find: () => Promise<FoundContainer[]>;
  readonly once: Once;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Memory of the host that is left, bytes; null: nobody can tell. */
  readonly memoryAvailable: () => Promise<number | null>;
  /** The driver's own way to start and stop one. */
  readonly act: (target: ServiceTarget, action: ServiceAction, key: string) => Promise<ActionResult>;
}

/** A container as its copies are told apart. */
interface Copy {
  readonly details: ContainerDetails;
  readonly name: string;
  readonly number: number;
}

/**
 * Copies of a container, told apart by the number at the end of their names. More: those that are there and do not run
 * are started, then new ones are made from the one that runs (the lowest number). Fewer: the highest number goes first;
 * the very last is stopped and kept, since the next copies are made from it.
 */
export function createContainerScaling(deps: ContainerScalingDeps): ServiceScaling {
  return {
    plan: (wanted) => planCopies(wanted, deps),
    change: async (change, key) => {
      const result = await perform(change, key, deps);
      deps.logger.info({ target: change.target.id, change: change.kind, outcome: result.outcome }, 'copy changed');
      return result;
    },
  };
}

async function planCopies(wanted: WantedCopies, deps: ContainerScalingDeps): Promise<ScalePlan> {
  const copies = await lookAtAll(deps);
  const up = copies.filter(({ details }) => details.State.Running);
  const from = up.length;
  const base = { from, facts: factsOf(copies) };
  if ('without' in wanted) {
    const copy = copies.find(({ details }) => details.Id === wanted.without);
    const changes = copy === undefined ? [] : [removal(copy, deps)];
    return { ...base, to: copy?.details.State.Running === true ? from - 1 : from, changes, blockedBy: [] };
  }
  const to = countWanted(wanted, from);
  if (to < 0) return { ...base, to, changes: [], blockedBy: [`${from} run: there cannot be ${-to} fewer than none`] };
  if (to <= from) return { ...base, to, changes: fewer(up, from - to, copies.length, deps), blockedBy: [] };
  return { ...base, to, ...(await more(copies, to - from, deps)) };
}

function fewer(up: readonly Copy[], count: number, all: number, deps: ContainerScalingDeps): ScaleChange[] {
  const going = [...up].sort((one, other) => other.number - one.number).slice(0, count);
  const isEmptied = going.length === all;
  return going.map((copy, index) =>
    isEmptied && index === going.length - 1 ? lastStop(copy, deps) : removal(copy, deps),
  );
}

async function more(
  copies: readonly Copy[],
  count: number,
  deps: ContainerScalingDeps,
): Promise<Pick<ScalePlan, 'changes' | 'blockedBy'>> {
  const down = copies.filter(({ details }) => !details.State.Running).slice(0, count);
  const starts = down.map((copy) => startOf(copy, deps));
  const missing = count - starts.length;
  const pattern = copies.find(({ details }) => details.State.Running) ?? copies[0];
  if (pattern === undefined)
    return { changes: [], blockedBy: [`nothing of ${deps.service} is there to make a copy of`] };
  if (missing === 0) return { changes: starts, blockedBy: [] };
  const room = await whyNoRoom(pattern.details, missing, deps);
  const blockedBy = [...whyNoCopy(pattern.details), ...(room === null ? [] : [room])];
  const names = nextNames(pattern.name, await allNames(deps.engine), missing);
  const image = await imageOf(pattern.details, deps.engine);
  const adds = names.map((each) => addition(pattern, each, image, deps));
  return { changes: [...starts, ...adds], blockedBy };
}

async function lookAtAll({ find, engine }: ContainerScalingDeps): Promise<Copy[]> {
  const found = await find();
  const copies = await Promise.all(
    found.map(async ({ id, name }) => ({ details: await engine.inspect(id), name, number: numberOf(name) })),
  );
  return copies.sort((one, other) => one.number - other.number || (one.name < other.name ? -1 : 1));
}

function factsOf(copies: readonly Copy[]): Readonly<Record<string, string>> {
  const each = copies.map(({ details }) => [details.Id, details.Image, details.State.Running]);
  const pattern = copies[0]?.details;
  return {
    copies: sha256(canonicalJson(each)),
    config: pattern === undefined ? '' : sha256(canonicalJson([pattern.Config, pattern.HostConfig])),
  };
}

async function allNames(engine: DockerEngine): Promise<string[]> {
  const listed = (await engine.get('/containers/json', { all: true })) as ReadonlyArray<{ Names?: readonly string[] }>;
  return listed.flatMap(({ Names = [] }) => Names.map((name) => name.replace(/^\//, '')));
}

/** The name of the pattern's image, unless that name means another image by now. */
async function imageOf({ Image, Config }: ContainerDetails, engine: DockerEngine): Promise<string> {
  try {
    const named = (await engine.get(`/images/${Config.Image}/json`)) as { Id?: string };
    return named.Id === Image ? Config.Image : Image;
  } catch (error) {
    if (error instanceof OpsError) return Image;
    throw error;
  }
}

function targetOf({ details, name }: Copy, { host, service }: ContainerScalingDeps): ServiceTarget {
  return { host, service, id: details.Id, name: `${name} (${details.Id.slice(0, 12)})` };
}

function addition(
  { details, name }: Copy,
  copy: { readonly name: string; readonly number: number },
  image: string,
  { host, service }: ContainerScalingDeps,
): ScaleChange {
  return {
    kind: 'add',
    target: { host, service, id: `new:${copy.name}`, name: copy.name },
    call: {
      call: `POST /containers/create?name=${copy.name} as ${details.Id} (${image}), then start`,
      effect: `${copy.name} is made with the configuration of ${name}`,
      undo: `stop and remove ${copy.name}`,
    },
    data: { pattern: details.Id, name: copy.name, number: copy.number, image },
  };
}

function startOf(copy: Copy, deps: ContainerScalingDeps): ScaleChange {
  const target = targetOf(copy, deps);
  const path = `POST /containers/${target.id}`;
  const effect = `${target.name}, which is there and does not run, is started`;
  return { kind: 'start', target, call: { call: `${path}/start`, effect, undo: `${path}/stop` }, data: {} };
}

function removal(copy: Copy, deps: ContainerScalingDeps): ScaleChange {
  const target = targetOf(copy, deps);
  const call = `POST /containers/${target.id}/stop?t=10, then DELETE /containers/${target.id}`;
  const effect = `${target.name} is asked to stop, killed after 10 s, and taken away; its volumes stay`;
  return { kind: 'remove', target, call: { call, effect, undo: 'one copy is made anew' }, data: {} };
}

function lastStop(copy: Copy, deps: ContainerScalingDeps): ScaleChange {
  const target = targetOf(copy, deps);
  const path = `POST /containers/${target.id}`;
  const effect = `${target.name} is stopped and kept: the next copies are made from it`;
  return { kind: 'stop', target, call: { call: `${path}/stop?t=10`, effect, undo: `${path}/start` }, data: {} };
}

async function perform(change: ScaleChange, key: string, deps: ContainerScalingDeps) {
  switch (change.kind) {
    case 'add':
      return addCopy(change, key, deps);
    case 'remove':
      return removeCopy(change.target, key, deps);
    case 'start':
    case 'stop': {
      const { outcome, summary, undo } = await deps.act(change.target, { kind: change.kind }, key);
      return { outcome, summary, target: change.target, ...(undo === undefined ? {} : { undo: { action: undo } }) };
    }
    case 'set':
      return { outcome: 'not-done' as const, summary: 'containers are added and removed one by one' };
    default:
      return change.kind satisfies never;
  }
}
