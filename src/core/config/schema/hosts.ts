import * as z from 'zod';
import { argv, httpUrl, name, positiveDuration, reference, secret } from './common.ts';

const roles = z.array(name).default([]).describe('Words by which probes and runbooks find hosts.');
const labels = z
  .record(
    name,
    z.string().regex(/^[^\s=,]{1,63}$/, 'must be a word without spaces, "=" and ",", at most 63 characters long'),
  )
  .default({})
  .describe('Facts by which runbooks find hosts: { region: eu, tier: web }.');
const marks = { roles, labels };
const firewall = z
  .strictObject({
    block: argv.describe('Blocks; ADDRESS SECONDS KEY are added. Of what is blocked already: changes its time.'),
    unblock: argv.describe('Unblocks; ADDRESS is added.'),
    list: argv.describe('Prints what is blocked, a JSON object a line: address, key, left_seconds, hits.'),
  })
  .optional()
  .describe('Commands of your own in place of nftables or iptables of the host: a cloud’s firewall.');

const socketPath = z.string().regex(/^(unix:\/\/)?\/\S+$/, 'must be the absolute path of a socket');
const filePath = z.string().regex(/^\/[^\0\n]+$/, 'must be the absolute path of a file');

const Host = z
  .discriminatedUnion('connect', [
    z.strictObject({ connect: z.literal('local').describe('This machine.'), ...marks, firewall }),
    z.strictObject({
      connect: z.literal('docker').describe('A Docker Engine.'),
      socket: socketPath.optional().describe('Path of its socket; /var/run/docker.sock where nothing is written.'),
      via: reference('Host of this file, with connect: ssh, on which the socket lies.').optional(),
      url: z
        .string()
        .regex(/^tcp:\/\/[A-Za-z0-9[][A-Za-z0-9_.:[\]-]*:\d{1,5}$/, 'must be tcp://HOST:PORT')
        .optional()
        .describe('Where it listens with TLS, in place of a socket.'),
      ca_file: filePath
        .optional()
        .describe('With url: path of the certificate authority that its certificate is checked by.'),
      cert_file: filePath.optional().describe('With url: path of our certificate.'),
      key_file: secret('With url: path of the key of our certificate, or the key itself.').optional(),
      ...marks,
    }),
    z.strictObject({
      connect: z.literal('ssh').describe('A machine reached by SSH.'),
      address: z
        .string()
        .regex(/^[A-Za-z0-9:][A-Za-z0-9_.:-]*$/, 'must be a host name or an IP address')
        .describe('Where it is.'),
      port: z.int().min(1).max(65535).default(22).describe('Port of its SSH server.'),
      user: z
        .string()
        .regex(/^[a-z_][a-z0-9_.-]*\$?$/i, 'must be a user name')
        .describe('User to log in as.'),
      key_file: secret('Path of the private key, or the key itself.').optional(),
      agent: z.boolean().default(false).describe('Log in by the keys of the agent at SSH_AUTH_SOCK.'),
      host_key: z
        .string()
        .regex(/^SHA256:\S+$/, 'must be the fingerprint of the host key: SHA256:…')
        .describe('Fingerprint that the host must show.'),
      ...marks,
      firewall,
    }),
  ])
  .describe('A machine.');

const selector = z
  .union(
    [
      z.strictObject({ label: z.string().min(1).describe('Label, or label=value.') }),
      z.strictObject({ name: z.string().min(1).describe('Exact name.') }),
      z.strictObject({ id: z.string().min(1).describe('Id.') }),
    ],
    { error: 'must be { label: name=value }, { name: … } or { id: … }' },
  )
  .describe('Which containers are meant.');
/** Also used by probes. */
export const containerSelector = selector;

const path = z.string().regex(/^\/\S*$/, 'must be a path that begins with /');
const method = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

const common = {
  host: reference('Host of this file that runs it.'),
  environment: name.optional().describe('Environment, for roles such as approver@production.'),
  components: z
    .array(z.string().min(1))
    .default([])
    .describe('Values of the alert label "component" that point to this service.'),
  probes: z.array(reference('Probe of probes.yml.')).default([]).describe('Probes that tell whether it is well.'),
  depends_on: z.array(reference('Service of this file.')).default([]).describe('Services that it needs.'),
  scale: z
    .strictObject({
      min: z.int().min(0).max(1000).default(0).describe('Fewest copies that it may be given.'),
      max: z.int().min(1).max(1000).default(10).describe('Most copies that it may be given.'),
    })
    .optional()
    .describe('How many copies it may have; 0 to 10 when absent.'),
  drain: z
    .strictObject({
      out: argv.describe('Takes one copy out of whatever spreads the load; may hold ${copy.address}.'),
      back: argv.describe('Puts it back.'),
      host: reference('Host of this file on which they run; the host of the service when absent.').optional(),
      wait: positiveDuration.default('5s').describe('Time for requests under way, after it was taken out.'),
    })
    .optional()
    .describe('What keeps new requests from a copy before it is restarted or taken away.'),
  maintenance: z
    .strictObject({
      enter: z
        .strictObject({
          method: method.default('POST').describe('HTTP method.'),
          path: path.describe('Path.'),
          base: httpUrl.optional().describe('URL that the paths are relative to.'),
          token: secret('Bearer token.').optional(),
        })
        .describe('Request that puts the service into maintenance.'),
      leave: z
        .strictObject({ method: method.default('DELETE').describe('HTTP method.'), path: path.describe('Path.') })
        .optional()
        .describe('Request that ends it; without it a restart does.'),
    })
    .optional()
    .describe('How the service goes into maintenance.'),
};

const Service = z
  .discriminatedUnion('driver', [
    z.strictObject({
      driver: z.enum(['container', 'compose', 'swarm']).describe('How it is run.'),
      selector,
      also_on: z
        .array(reference('Host of this file.'))
        .default([])
        .describe('Further hosts whose containers belong to it, by the same selector; not of a Swarm service.'),
      ...common,
    }),
    z.strictObject({
      driver: z.literal('systemd').describe('How it is run.'),
      unit: z
        .string()
        .regex(/^[A-Za-z0-9@_.:\\-]+$/, 'must be the name of a unit')
        .describe('Unit.'),
      ...common,
    }),
    z.strictObject({
      driver: z.literal('command').describe('How it is run.'),
      command: z
        .strictObject({
          start: argv.describe('Starts it.'),
          stop: argv.describe('Stops it.'),
          status: argv.describe('Exit code 0: it runs.'),
        })
        .describe('Lists of arguments; no shell parses them.'),
      ...common,
    }),
  ])
  .describe('Something that runs on a host.');

/** `hosts.yml` (CONFIG.md): machines and the services on them. */
export const HostsFile = z
  .strictObject({
    hosts: z.record(name, Host).default({}).describe('A word of your own → a machine.'),
    services: z.record(name, Service).default({}).describe('A word of your own → a service.'),
    default_service: reference('Service of an alert that names none.').optional(),
  })
  .describe('Machines and the services on them.');
export type HostsFile = z.infer<typeof HostsFile>;
export type WrittenService = z.infer<typeof Service>;
export type WrittenHost = z.infer<typeof Host>;
