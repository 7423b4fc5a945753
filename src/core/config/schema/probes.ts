import * as z from 'zod';
import { name, positiveDuration, reference, secretHttpUrl } from './common.ts';
import { containerSelector } from './hosts.ts';

/** `"> 1.2e9"`, `"<= 0.7"`, `"> 80%"`. */
export const THRESHOLD = /^\s*(>=|<=|==|!=|>|<)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*%?\s*$/i;
const threshold = z
  .string({ error: 'must be a threshold in quotes, such as "> 80%" or "< 0.7"' })
  .regex(THRESHOLD, 'must be a threshold such as "> 80%" or "< 0.7"');

const Expectation = z.strictObject({
  status: z.int().min(100).max(599).optional().describe('HTTP status.'),
  json: z
    .record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe('Dotted path into the JSON answer → value that must be there.'),
});

const common = {
  every: positiveDuration.optional().describe('How often it runs by itself; on demand only when absent.'),
  timeout: positiveDuration.default('5s').describe('Time limit of one run.'),
};

const redisUrl = z
  .string()
  .regex(/^rediss?:\/\/\S+$/i, 'must be a URL that begins with redis:// or rediss://')
  .refine((url) => URL.canParse(url), 'must be a URL that begins with redis:// or rediss://')
  .meta({ writeOnly: true })
  .describe('URL of the server; the password may be "${NAME}" (environment).');

const redisThresholds = z.record(
  z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be hit_rate or a field of INFO'),
  threshold,
);
const systemThresholds = z.partialRecord(z.enum(['disk', 'memory', 'load']), threshold);

const Probe = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('http').describe('Asks a URL.'),
      url: secretHttpUrl('URL that is asked.'),
      method: z.enum(['GET', 'HEAD']).default('GET').describe('HTTP method.'),
      expect: Expectation.optional().describe('What a good answer is; status 200 when absent.'),
      warn: Expectation.optional().describe('What a degraded answer is.'),
      ...common,
    }),
    z.strictObject({
      kind: z.literal('metrics').describe('Reads one series of a Prometheus page.'),
      url: secretHttpUrl('URL of the page.'),
      metric: z
        .string()
        .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, 'must be the name of a metric')
        .describe('Series.'),
      labels: z.record(z.string(), z.string()).default({}).describe('Labels that the series must have.'),
      warn: threshold.optional().describe('Threshold of warn.'),
      fail: threshold.optional().describe('Threshold of fail.'),
      ...common,
    }),
    z.strictObject({
      kind: z.literal('redis').describe('Asks a Redis server.'),
      url: redisUrl,
      warn: redisThresholds.default({}).describe('hit_rate (0 to 1) or a number of INFO → threshold of warn.'),
      fail: redisThresholds.default({}).describe('hit_rate (0 to 1) or a number of INFO → threshold of fail.'),
      ...common,
    }),
    z.strictObject({
      kind: z.literal('tcp').describe('Opens a connection.'),
      host: z
        .string()
        .regex(/^[A-Za-z0-9_.:-]+$/, 'must be a host name or an IP address')
        .describe('Where to.'),
      port: z.int().min(1).max(65535).describe('Port.'),
      ...common,
    }),
    z.strictObject({
      kind: z.literal('docker').describe('Looks at containers.'),
      host: reference('Host of hosts.yml with connect: docker.'),
      selector: containerSelector,
      ...common,
    }),
    z.strictObject({
      kind: z.literal('system').describe('Looks at disk, memory and load of a host.'),
      host: reference('Host of hosts.yml.'),
      path: z
        .string()
        .regex(/^\/[^\0]*$/, 'must be an absolute path')
        .default('/')
        .describe('Disk that is measured.'),
      warn: systemThresholds.default({}).describe('disk, memory, load in per cent → threshold of warn.'),
      fail: systemThresholds.default({}).describe('disk, memory, load in per cent → threshold of fail.'),
      ...common,
    }),
  ])
  .describe('One check that can be run.');

/** `probes.yml` (CONFIG.md): checks that can be run. */
export const ProbesFile = z
  .strictObject({ probes: z.record(name, Probe).default({}).describe('A word of your own → a check.') })
  .describe('Checks that can be run.');
export type ProbesFile = z.infer<typeof ProbesFile>;
export type WrittenProbe = z.infer<typeof Probe>;
