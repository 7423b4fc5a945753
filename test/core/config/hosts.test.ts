import { describe, expect, it } from 'vitest';
import { editTexts, loadTexts, SHIPPED } from './folder.ts';

const KEY = `SHA256:${'a'.repeat(43)}`;
const ssh = (parts: string) =>
  `{ connect: ssh, address: 10.0.0.1, user: gops, agent: true, host_key: "${KEY}"${parts} }`;

/** The shipped configuration with one host more. */
async function withHost(written: string) {
  const texts = editTexts(SHIPPED, [['hosts.yml', '{ connect: local }', `{ connect: local }\n  more: ${written}`]]);
  const { config, problems } = await loadTexts(texts);
  const told = problems
    .filter(({ path }) => path.startsWith('hosts.'))
    .map(({ severity, path, message }) => `${severity} ${path}: ${message}`);
  return { host: config?.hosts.more, told };
}

describe('a host of hosts.yml', () => {
  it.each([
    {
      written: ssh(', roles: [app], labels: { region: eu }'),
      host: { connect: 'ssh', port: 22, keyFile: null, agent: true, roles: ['app'], labels: { region: 'eu' } },
    },
    { written: '{ connect: docker }', host: { socket: '/var/run/docker.sock', via: null, tls: null } },
    { written: '{ connect: docker, socket: unix:///run/d.sock }', host: { socket: '/run/d.sock' } },
    {
      written:
        '{ connect: docker, url: "tcp://10.0.0.2:2376", ca_file: /c/ca.pem, cert_file: /c/c.pem, key_file: /c/k.pem }',
      host: { tls: { url: 'tcp://10.0.0.2:2376', caFile: '/c/ca.pem', certFile: '/c/c.pem', keyFile: '/c/k.pem' } },
    },
  ])('is taken: $written', async ({ written, host: expected }) => {
    const { host, told } = await withHost(written);

    expect(told).toEqual([]);
    expect(host).toMatchObject(expected);
  });

  it.each([
    ['address', '-oProxyCommand=touch pwned'],
    ['address', '10.0.0.1 -oX'],
    ['address', '$(id)'],
    ['address', '10.0.0.1;id'],
    ['address', '10.0.0.1\\n'],
    ['address', ''],
    ['user', '-l'],
    ['user', 'root@elsewhere'],
    ['user', 'a b'],
    ['user', '$(id)'],
    ['user', 'root\\n'],
  ])('is refused with the hostile %s %j', async (key, hostile) => {
    const parts = { address: '10.0.0.1', user: 'gops', [key]: hostile };

    const { host, told } = await withHost(
      `{ connect: ssh, address: "${parts.address}", user: "${parts.user}", agent: true, host_key: "${KEY}" }`,
    );

    expect(host).toBeUndefined();
    expect(told).toEqual([expect.stringMatching(new RegExp(`^error hosts\\.more\\.${key}: must be a`))]);
  });

  it.each([
    ['without a pinned key', '{ connect: ssh, address: a, user: b, agent: true }', 'error hosts.more'],
    ['with a name that cannot be one', '{ connect: docker, via: lokal }', 'error hosts.more.via: unknown host "lokal"'],
    [
      'via a host without SSH',
      '{ connect: docker, via: local }',
      'error hosts.more.via: via needs a host with connect: ssh',
    ],
    [
      'at a url without TLS',
      '{ connect: docker, url: "tcp://a:2375" }',
      'error hosts.more.url: an engine at a url is reached with TLS alone',
    ],
    [
      'with a certificate and no url',
      '{ connect: docker, ca_file: /c }',
      'error hosts.more.ca_file: ca_file belongs to url',
    ],
    [
      'with a url of another kind',
      '{ connect: docker, url: "http://a:2376" }',
      'error hosts.more.url: must be tcp://HOST:PORT',
    ],
    [
      'with a socket and a url',
      '{ connect: docker, socket: /s, url: "tcp://a:2376", ca_file: /c, cert_file: /c, key_file: /c }',
      'error hosts.more.socket: socket and url exclude each other',
    ],
    [
      'with a label of two words',
      '{ connect: local, labels: { a: "b c" } }',
      'error hosts.more.labels.a: must be a word',
    ],
    [
      'without a key',
      `{ connect: ssh, address: a, user: b, host_key: "${KEY}" }`,
      'warning hosts.more.connect: neither key_file nor agent',
    ],
    [
      'with half a fingerprint',
      '{ connect: ssh, address: a, user: b, agent: true, host_key: "SHA256:x" }',
      'warning hosts.more.host_key: no host can show',
    ],
  ])('is told of %s', async (_what, written, says) => {
    const { told } = await withHost(written);

    expect(told).toHaveLength(1);
    expect(told[0]).toContain(says);
  });
});
