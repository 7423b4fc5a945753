import type { Written } from '../files.ts';
import type { Path, Report } from '../problem.ts';
import type { WrittenService } from '../schema/hosts.ts';
import { entriesOf, entryOf, requireName } from './names.ts';

const FILE = 'hosts.yml';
const REACHED_BY: Readonly<Record<WrittenService['driver'], readonly string[]>> = {
  container: ['docker', 'ssh'],
  compose: ['docker', 'local', 'ssh'],
  swarm: ['docker', 'local', 'ssh'],
  systemd: ['local', 'ssh'],
  command: ['local', 'ssh'],
};

/** hosts.yml: services stand on hosts that can run them, are checked by probes that exist, and own their components. */
export function checkServices(written: Written, report: Report): void {
  const { hosts, names } = written;
  if (hosts === null) return;
  const owners = new Map<string, string>();
  for (const [name, service] of entriesOf(hosts.services)) {
    const path: Path = ['services', name];
    checkPlace(written, service, path, report);
    checkBuilt(service, path, report);
    checkCopies(written, service, path, report);
    for (const [index, component] of service.components.entries()) {
      const owner = owners.get(component);
      const message = `component "${component}" already points to service "${owner}"`;
      if (owner !== undefined) report({ file: FILE, path: [...path, 'components', index], message });
      else owners.set(component, name);
    }
  }
  checkCircles(written, report);
  if (hosts.default_service !== undefined) {
    const asked = { what: 'service', name: hosts.default_service, known: names.services, knownIn: 'services' };
    requireName(report, { file: FILE, path: ['default_service'] }, asked);
  }
}

function checkPlace({ hosts, probes, names }: Written, service: WrittenService, path: Path, report: Report): void {
  const at = (...rest: Array<string | number>) => ({ file: FILE, path: [...path, ...rest] });
  requireName(report, at('host'), { what: 'host', name: service.host, known: names.hosts, knownIn: 'hosts' });
  checkConnect(hosts, service, service.host, at('host'), report);
  for (const [index, name] of ('also_on' in service ? service.also_on : []).entries()) {
    requireName(report, at('also_on', index), { what: 'host', name, known: names.hosts, knownIn: 'hosts' });
    checkConnect(hosts, service, name, at('also_on', index), report);
    if (service.driver !== 'swarm') continue;
    report({
      ...at('also_on', index),
      message: 'a Swarm service is on its nodes already: name a manager as host alone',
    });
  }
  if (probes !== null) {
    for (const [index, name] of service.probes.entries()) {
      requireName(report, at('probes', index), { what: 'probe', name, known: names.probes, knownIn: 'probes.yml' });
    }
  }
  for (const [index, name] of service.depends_on.entries()) {
    requireName(report, at('depends_on', index), { what: 'service', name, known: names.services, knownIn: 'services' });
  }
}

function checkConnect(
  hosts: Written['hosts'],
  { driver }: WrittenService,
  name: string,
  at: { readonly file: string; readonly path: Path },
  report: Report,
): void {
  const connect = entryOf(hosts?.hosts, name)?.connect;
  const allowed = REACHED_BY[driver];
  if (connect === undefined || allowed.includes(connect)) return;
  const needed = allowed.join(' or ');
  report({ ...at, message: `driver ${driver} needs a host with connect: ${needed}; "${name}" has ${connect}` });
}

function checkBuilt(service: WrittenService, path: Path, report: Report): void {
  if (service.maintenance === undefined) return;
  const message = 'maintenance is not built yet: it is checked, not used';
  report({ file: FILE, path: [...path, 'maintenance'], at: 'key', severity: 'warning', message });
}

const REFERENCE = /\$\{[^}]*\}?/g;
const OF_A_COPY = ['${copy.name}', '${copy.id}', '${copy.address}'];

/** How many copies there may be, and what takes one out of service: it is told of one copy alone. */
function checkCopies({ hosts, names }: Written, { scale, drain }: WrittenService, path: Path, report: Report): void {
  const at = (...rest: Array<string | number>) => ({ file: FILE, path: [...path, ...rest] });
  if (scale !== undefined && scale.min > scale.max) {
    report({ ...at('scale', 'max'), message: `must not be less than min (${scale.min})` });
  }
  if (drain === undefined) return;
  if (drain.host !== undefined) {
    requireName(report, at('drain', 'host'), { what: 'host', name: drain.host, known: names.hosts, knownIn: 'hosts' });
    const connect = entryOf(hosts?.hosts, drain.host)?.connect;
    if (connect === 'docker')
      report({ ...at('drain', 'host'), message: `no program runs on "${drain.host}": it is an engine` });
  }
  for (const way of ['out', 'back'] as const) {
    for (const [index, word] of drain[way].entries()) {
      const strange = [...word.matchAll(REFERENCE)].map(([whole]) => whole).find((whole) => !OF_A_COPY.includes(whole));
      if (strange === undefined) continue;
      report({
        ...at('drain', way, index),
        message: `"${strange}" is nothing here; there are ${OF_A_COPY.join(', ')}`,
      });
    }
  }
}

/** Reports each circle of depends_on once, at its first service. */
function checkCircles({ hosts }: Written, report: Report): void {
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): void => {
    const start = trail.indexOf(name);
    if (start >= 0) {
      const message = `services depend on each other in a circle: ${[...trail.slice(start), name].join(' → ')}`;
      report({ file: FILE, path: ['services', name, 'depends_on'], message });
      return;
    }
    if (done.has(name)) return;
    for (const next of entryOf(hosts?.services, name)?.depends_on ?? []) visit(next, [...trail, name]);
    done.add(name);
  };
  for (const [name] of entriesOf(hosts?.services)) visit(name, []);
}
