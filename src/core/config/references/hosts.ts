import type { Written } from '../files.ts';
import type { Report } from '../problem.ts';
import type { WrittenHost } from '../schema/hosts.ts';
import { entriesOf, entryOf, requireName } from './names.ts';

const FILE = 'hosts.yml';
const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}=?$/;
const TLS_FILES = ['ca_file', 'cert_file', 'key_file'] as const;

type Docker = Extract<WrittenHost, { connect: 'docker' }>;
type Ssh = Extract<WrittenHost, { connect: 'ssh' }>;

/** hosts.yml: keys of a host that need or exclude each other, and hosts reached through others. */
export function checkHosts(written: Written, report: Report): void {
  for (const [name, host] of entriesOf(written.hosts?.hosts)) {
    if (host.connect === 'docker') checkDocker(written, name, host, report);
    if (host.connect === 'ssh') checkSsh(name, host, report);
  }
}

function checkDocker({ hosts, names }: Written, name: string, host: Docker, report: Report): void {
  const at = (key: string) => ({ file: FILE, path: ['hosts', name, key] });
  if (host.via !== undefined) {
    const asked = { what: 'host', name: host.via, known: names.hosts, knownIn: 'hosts' };
    const isKnown = requireName(report, at('via'), asked);
    const connect = entryOf(hosts?.hosts, host.via)?.connect;
    if (isKnown && connect !== undefined && connect !== 'ssh') {
      report({ ...at('via'), message: `via needs a host with connect: ssh; "${host.via}" has ${connect}` });
    }
  }
  if (host.url === undefined) {
    for (const key of TLS_FILES) {
      if (host[key] === undefined) continue;
      report({ ...at(key), at: 'key', message: `${key} belongs to url: tcp://HOST:PORT, which is not written` });
    }
    return;
  }
  for (const key of ['socket', 'via'] as const) {
    if (host[key] === undefined) continue;
    report({ ...at(key), at: 'key', message: `${key} and url exclude each other: one engine is meant` });
  }
  const missing = TLS_FILES.filter((key) => host[key] === undefined);
  if (missing.length === 0) return;
  const message = `an engine at a url is reached with TLS alone: ${missing.join(' and ')} must stand beside it`;
  report({ ...at('url'), message, hint: 'an engine that listens without TLS is open to whoever reaches its port' });
}

function checkSsh(name: string, host: Ssh, report: Report): void {
  const at = (key: string) => ({ file: FILE, path: ['hosts', name, key], severity: 'warning' as const });
  if (host.key_file === undefined && !host.agent) {
    const message = 'neither key_file nor agent: true is written: nobody can log in there';
    report({ ...at('connect'), message });
  }
  if (FINGERPRINT.test(host.host_key)) return;
  const message = 'no host can show this fingerprint: SHA256: and 43 characters are expected';
  report({
    ...at('host_key'),
    message,
    hint: 'print it on the host: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
  });
}
