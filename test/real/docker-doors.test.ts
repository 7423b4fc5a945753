import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { DockerHostConfig, DockerTlsConfig } from '../../src/core/config/config.ts';
import { createShells, type Shells } from '../../src/hosts/shells.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { startDockerEngine, type TestEngine, whyNoEngine } from '../support/docker-engine.ts';
import { type NamespaceDoor, openNamespaceDoor } from '../support/namespace-door.ts';
import { type NamespaceHosts, startNamespaceHosts, whyNoHosts } from '../support/namespace-hosts.ts';
import { mayRun } from '../support/need.ts';
import { configOf } from '../support/probe-config.ts';

const PORT = 2376;

describe.runIf(mayRun(whyNoEngine() ?? whyNoHosts()))('a Docker Engine', () => {
  let engine: TestEngine;
  let world: NamespaceHosts;
  let door: NamespaceDoor;
  let folder: string;
  let own: Certificates;
  let other: Certificates;
  const opened: Shells[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-doors-'));
    own = makeCertificates(join(folder, 'own'));
    other = makeCertificates(join(folder, 'other'));
    const tls = ['--tlsverify', '--tlscacert', own.ca, '--tlscert', own.server.cert, '--tlskey', own.server.key];
    engine = await startDockerEngine([...tls, '-H', `tcp://127.0.0.1:${PORT}`]);
    door = await openNamespaceDoor(engine.namespace, PORT);
    world = await startNamespaceHosts(['web-1']);
  });
  afterAll(async () => {
    for (const shells of opened) await shells.close();
    await door?.stop();
    await world?.stop();
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function engineBy(parts: Partial<DockerHostConfig>) {
    const [web] = world.hosts;
    if (web === undefined) throw new Error('there is no host');
    const docker: DockerHostConfig = { connect: 'docker', socket: engine.socket, roles: [], ...parts };
    const config = configOf({ hosts: { 'web-1': web.config(), docker } });
    const logger = pino({ enabled: false });
    const deps = { config, clock: systemClock, logger, stateFolder: folder, sshAgent: null, installation: 'one' };
    const shells = createShells(deps);
    opened.push(shells);
    return shells.engineOf('docker');
  }
  const tls = (parts: Partial<DockerTlsConfig> = {}) => ({
    url: `tcp://${door.address}`,
    caFile: own.ca,
    certFile: own.client.cert,
    keyFile: own.client.key,
    ...parts,
  });

  it.each(['via another host', 'with TLS'] as const)('is asked, read and acted on %s', async (way) => {
    const name = way.replaceAll(' ', '-');
    const argv = ['sh', '-c', 'echo hello; trap "exit 0" TERM; while :; do sleep 0.1; done'];
    const id = await engine.run(name, { argv });
    const reached = engineBy(way === 'with TLS' ? { tls: tls() } : { via: 'web-1' });
    const before = await reached.inspect(id);

    const found = await reached.find({ name });
    const { release } = await reached.version();
    await reached.restart(id, 5);
    const after = await reached.inspect(id);
    const logs = await reached.logs(id, { tail: 10, since: 0, signal: new AbortController().signal });

    expect(found).toEqual([{ id, name }]);
    expect(release).toMatch(/^\d+\.\d+/);
    expect(after.State.StartedAt > before.State.StartedAt).toBe(true);
    expect(logs.map(({ text }) => text)).toContain('hello');
  });

  it('takes the key of our certificate as text too', async () => {
    const reached = engineBy({
      tls: tls({ keyFile: readFileSync(own.client.key, 'utf8') }),
    });

    await expect(reached.version()).resolves.toMatchObject({ api: expect.stringMatching(/^1\./) });
  });

  it.each([
    { why: 'its certificate is not signed by ca_file', parts: () => ({ caFile: other.ca }) },
    {
      why: 'it does not take our certificate',
      parts: () => ({ certFile: other.client.cert, keyFile: other.client.key }),
    },
    { why: 'cannot be read (ENOENT)', parts: () => ({ certFile: '/nonexistent/cert.pem' }) },
    { why: 'connection refused', parts: () => ({ url: 'tcp://127.0.0.1:9' }) },
  ])('is not believed or does not believe us: $why', async ({ why, parts }) => {
    const reached = engineBy({ tls: tls(parts()) });

    const asked = reached.version();

    await expect(asked).rejects.toMatchObject({ code: 'DOCKER_UNREACHABLE', family: 'transient' });
    await expect(asked).rejects.toThrow(why);
  });

  it('says what is wrong with a socket on another host', async () => {
    const reached = engineBy({ via: 'web-1', socket: join(folder, 'none.sock') });

    await expect(reached.version()).rejects.toMatchObject({
      code: 'DOCKER_UNREACHABLE',
      message: expect.stringMatching(
        /none\.sock of web-1 could not be opened: it is not there, or that account may not use it/,
      ),
    });
  });

  it('is the one that hosts.yml names, whatever DOCKER_HOST says', async () => {
    const before = process.env.DOCKER_HOST;
    process.env.DOCKER_HOST = 'tcp://127.0.0.1:9';

    const answer = await engineBy({})
      .version()
      .finally(() => {
        if (before === undefined) delete process.env.DOCKER_HOST;
        else process.env.DOCKER_HOST = before;
      });

    expect(answer.release).toMatch(/^\d+\./);
  });
});
