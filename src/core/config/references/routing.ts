import type { Written } from '../files.ts';
import type { Path, Report } from '../problem.ts';
import { checkPatterns } from './label-patterns.ts';
import { entryOf, requireName } from './names.ts';
import { howToSetUp, meansOfTarget } from './reach.ts';

const FILE = 'routes.yml';

/** routes.yml: each route leads somewhere that exists, and can be reached by some alert. */
export function checkRouting(written: Written, report: Report): void {
  const routes = written.routes?.routes;
  if (routes === undefined) return;
  let catchAll: number | null = null;
  for (const [index, route] of routes.entries()) {
    const path: Path = ['routes', index];
    if (catchAll !== null) {
      const message = `is never reached: route ${catchAll + 1} (match: {}) takes every alert`;
      report({ file: FILE, path, severity: 'warning', message });
    } else if (Object.keys(route.match).length === 0) catchAll = index;
    checkPatterns(FILE, [...path, 'match'], route.match, report);
    checkNames(written, route, path, report);
  }
  if (catchAll !== null) return;
  const message = 'no route takes every alert (match: {}): those that match none get severity P2 in channel ops';
  report({ file: FILE, path: ['routes'], at: 'key', severity: 'warning', message });
}

type Routes = NonNullable<NonNullable<Written['routes']>['routes']>;
type Route = Routes[number];

function checkNames(written: Written, route: Route, path: Path, report: Report): void {
  const { names } = written;
  const at = (...rest: Array<string | number>) => ({ file: FILE, path: [...path, ...rest] });
  if (route.channel !== undefined && written.slack !== null) {
    const asked = { what: 'channel', name: route.channel, known: names.channels, knownIn: 'slack.yml' };
    requireName(report, at('channel'), asked);
  }
  if (route.service !== undefined && written.hosts !== null) {
    const asked = { what: 'service', name: route.service, known: names.services, knownIn: 'hosts.yml' };
    requireName(report, { ...at('service'), severity: severityOf(names.services) }, asked);
  }
  for (const [index, name] of (route.runbooks ?? []).entries()) {
    const asked = { what: 'runbook', name, known: names.runbooks, knownIn: 'runbooks/' };
    requireName(report, { ...at('runbooks', index), severity: severityOf(names.runbooks) }, asked);
  }
  const name = route.policy_contact;
  if (name === undefined || written.oncall === null) return;
  if (
    !requireName(report, at('policy_contact'), { what: 'contact', name, known: names.contacts, knownIn: 'oncall.yml' })
  )
    return;
  const means = entryOf(written.oncall.contacts, name) === undefined ? null : meansOfTarget(written, `contact:${name}`);
  const own = [...(means ?? [])].filter((each) => each !== 'pagerduty');
  if (means === null || own.some((each) => written.means.has(each))) return;
  const message = `contact "${name}" has no address by a means that is set up: recorded, not sent`;
  report({ ...at('policy_contact'), severity: 'warning', message, hint: own.length === 0 ? null : howToSetUp(own) });
}

/** Where a file that may be missing is, its names are none: the route is used without them (four files are enough to run). */
function severityOf(known: readonly string[]): 'error' | 'warning' {
  return known.length === 0 ? 'warning' : 'error';
}
