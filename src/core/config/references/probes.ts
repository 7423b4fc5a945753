import type { Written } from '../files.ts';
import type { Path, Report } from '../problem.ts';
import { entriesOf, entryOf, requireName } from './names.ts';

const FILE = 'probes.yml';

/** probes.yml: probes of a host name one that can be looked at in that way. */
export function checkProbes({ hosts, probes, names }: Written, report: Report): void {
  if (hosts === null) return;
  for (const [name, probe] of entriesOf(probes?.probes)) {
    if (probe.kind !== 'docker' && probe.kind !== 'system') continue;
    const path: Path = ['probes', name, 'host'];
    const asked = { what: 'host', name: probe.host, known: names.hosts, knownIn: 'hosts.yml' };
    if (!requireName(report, { file: FILE, path }, asked)) continue;
    const connect = entryOf(hosts.hosts, probe.host)?.connect;
    const allowed = probe.kind === 'docker' ? ['docker'] : ['local', 'ssh'];
    if (connect === undefined || allowed.includes(connect)) continue;
    const message = `a ${probe.kind} probe needs a host with connect: ${allowed.join(' or ')}; "${probe.host}" has ${connect}`;
    report({ file: FILE, path, message });
  }
}
