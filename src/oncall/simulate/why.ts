import type { Config, ScheduleConfig } from '../../core/config/config.ts';
import { dutyAt, onCallAt } from '../schedule.ts';
import type { Skip } from '../targets.ts';

const NOT: Readonly<Record<string, string>> = {
  'not-configured': 'this means is not set up',
  'not-applicable': 'no such address',
  'nobody-on-call': 'nobody is on call',
  'quiet-hours': 'quiet hours: the page waits until they end',
  'not-preferred': 'they prefer other means',
};

/** Why a target as written (`schedule:primary`) puts somebody, or nobody, there at `at`. */
export function whyThere(target: string, config: Config, at: number): string {
  const [kind = '', name = ''] = target.split(/:(.*)/s);
  if (kind === 'schedule') return whyOnCall(name, config.oncall.schedules[name], at);
  if (kind !== 'contact') return `the level names ${target}`;
  const person = config.oncall.contacts[name]?.person ?? null;
  return person === null ? `contact ${name}, an address of its own` : `contact ${name} is ${person}`;
}

/** `not by sms (no such address), voice (…)`; empty when nothing was left out. */
export function whyNot(skipped: readonly Skip[]): string {
  const reasons = [...new Set(skipped.map(({ reason }) => reason))];
  const parts = reasons.map((reason) => {
    const means = skipped.filter((skip) => skip.reason === reason).map(({ means }) => means);
    return `${[...new Set(means)].join(', ')} (${NOT[reason] ?? reason})`;
  });
  return parts.length === 0 ? '' : `not by ${parts.join('; ')}`;
}

function whyOnCall(name: string, schedule: ScheduleConfig | undefined, at: number): string {
  if (schedule === undefined) return `there is no schedule ${name}`;
  const { now, until } = onCallAt(schedule, at);
  if (now.length === 0) return `nobody is on call in ${name}${untilText(until)}`;
  return `on call in ${name} by ${sourceText(schedule, at)}${untilText(until)}`;
}

function sourceText(schedule: ScheduleConfig, at: number): string {
  const [kind, index] = dutyAt(schedule, at).source.split(' ');
  if (kind !== 'layer') return 'an override';
  const layer = schedule.layers[Number(index)];
  return `layer ${Number(index) + 1}${layer === undefined ? '' : ` (${layerText(layer)})`}`;
}

function layerText(layer: ScheduleConfig['layers'][number]): string {
  if (layer.kind === 'always') return 'always';
  const { rotation, handoff } = layer;
  return `${typeof rotation === 'string' ? rotation : 'rotating'}, handoff ${handoff}`;
}

function untilText(until: number | null): string {
  return until === null ? '' : ` until ${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
