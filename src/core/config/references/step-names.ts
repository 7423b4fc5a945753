import type { Path, Report } from '../problem.ts';
import type { WrittenOn } from '../schema/step.ts';
import { entriesOf, requireName } from './names.ts';
import { actsOf, type StepPlace } from './step-place.ts';
import { isReference } from './step-references.ts';

type Group = 'hosts' | 'services' | 'probes';
/** Fields of a step's own keys that name something of the configuration, in every kind. */
const NAMING: Readonly<Record<string, Group>> = {
  host: 'hosts',
  hosts: 'hosts',
  service: 'services',
  services: 'services',
  probe: 'probes',
  probes: 'probes',
};

/** What a step names literally exists: hosts, roles and labels of `on`, services, probes. */
export function checkNames(place: StepPlace, report: Report): void {
  const { rolling } = place.step;
  for (const { inner, on, found } of actsOf(place)) {
    if (on !== undefined) checkOn(place, [...inner, 'on'], on, report);
    const { kind } = found.shape;
    const { body } = found;
    const own: Path = [...inner, kind];
    const group = NAMING[kind];
    if (group !== undefined) checkEach(place, own, group, body, report);
    if (body === null || typeof body !== 'object' || Array.isArray(body)) continue;
    for (const [key, value] of Object.entries(body)) {
      const named = Object.hasOwn(NAMING, key) ? NAMING[key] : undefined;
      if (named !== undefined) checkEach(place, [...own, key], named, value, report);
    }
  }
  if (rolling?.probe !== undefined) checkEach(place, ['rolling', 'probe'], 'probes', rolling.probe, report);
}

function checkOn(place: StepPlace, inner: Path, on: WrittenOn, report: Report): void {
  if (typeof on === 'string') checkEach(place, inner, 'hosts', on, report);
  if (typeof on === 'string' || place.written.hosts === null) return;
  const { host, hosts, role, label } = on;
  checkEach(place, [...inner, 'host'], 'hosts', host, report);
  checkEach(place, [...inner, 'hosts'], 'hosts', hosts, report);
  const marked = entriesOf(place.written.hosts.hosts).map(([, each]) => each);
  const roles = marked.flatMap((each) => each.roles);
  const labels = marked.flatMap((each) => Object.entries(each.labels).map(([key, value]) => `${key}=${String(value)}`));
  checkMark(place, [...inner, 'role'], { what: 'role', name: role, known: roles }, report);
  checkMark(place, [...inner, 'label'], { what: 'label', name: label, known: labels }, report);
}

function checkMark(
  place: StepPlace,
  inner: Path,
  {
    what,
    name,
    known,
  }: { readonly what: string; readonly name: string | undefined; readonly known: readonly string[] },
  report: Report,
): void {
  if (name === undefined || isReference(name)) return;
  require(place, inner, { what, name, known: [...new Set(known)], knownIn: 'hosts.yml' }, report);
}

function checkEach(place: StepPlace, inner: Path, group: Group, written: unknown, report: Report): void {
  const { written: files } = place;
  const isUnread = group === 'probes' ? files.probes === null : files.hosts === null;
  if (isUnread) return;
  const knownIn = group === 'probes' ? 'probes.yml' : 'hosts.yml';
  for (const { at, name } of namesAt(inner, written)) {
    require(place, at, { what: group.slice(0, -1), name, known: files.names[group], knownIn }, report);
  }
}

type Asked = Parameters<typeof requireName>[2];

function require({ file, path }: StepPlace, inner: Path, asked: Asked, report: Report): void {
  requireName(report, { file, path: [...path, ...inner] }, asked);
}

/** Literal names of a text or a list of texts. */
function namesAt(inner: Path, written: unknown): Array<{ readonly at: Path; readonly name: string }> {
  const all = Array.isArray(written)
    ? written.map((name: unknown, index) => ({ at: [...inner, index], name }))
    : [{ at: inner, name: written }];
  return all.flatMap(({ at, name }) => (typeof name === 'string' && !isReference(name) ? [{ at, name }] : []));
}
