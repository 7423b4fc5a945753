import { startHttpService } from './http-service.ts';

/** `ill`: every figure is beyond what the rules allow; `down`: neither the service nor its health check answers. */
export type Condition = 'well' | 'ill' | 'down';

export interface GiannaExporter {
  /** `host:port` of what job `gianna-app` scrapes. */
  readonly app: string;
  /** `host:port` of what job `gianna-health` scrapes. */
  readonly health: string;
  become(condition: Condition): void;
  stop(): Promise<void>;
}

const MIB = 1024 * 1024;

/** Gauges, and counters by what they grow in a second, of a service that is well and of one that is ill. */
const GAUGES = {
  gianna_cpu_usage_percent: { well: 20, ill: 97 },
  gianna_disk_usage_percent: { well: 40, ill: 97 },
  gianna_cache_hit_rate: { well: 0.9, ill: 0.2 },
} as const;
// HighErrorRate writes its own component over theirs: errors that differ by it alone would make one alert of two, which
// Prometheus refuses, and the rule would not fire at all.
const COUNTERS = {
  'gianna_errors_total{component="database",error_type="connection"}': { well: 0, ill: 20 },
  'gianna_errors_total{component="api",error_type="timeout"}': { well: 0.1, ill: 20 },
  'gianna_llm_requests_total{status="error",provider="openai"}': { well: 0, ill: 10 },
  'gianna_audio_processing_total{status="error",operation="transcribe"}': { well: 0, ill: 5 },
  'gianna_requests_total{method="POST"}': { well: 50, ill: 0.1 },
  'gianna_llm_tokens_total{provider="openai"}': { well: 100, ill: 50_000 },
} as const;
/** Observations a second all fall into one bucket: below the limit of the rule, or above it. */
const HISTOGRAMS = {
  gianna_request_duration_seconds: { labels: '', bounds: [1, 5, 10], well: 1, ill: 10 },
  gianna_llm_duration_seconds: { labels: 'provider="openai",', bounds: [10, 30, 60], well: 10, ill: 60 },
  gianna_conversation_length: { labels: '', bounds: [10, 100, 200], well: 10, ill: 200 },
} as const;
const OBSERVATIONS = 20;
const GROWTH_BYTES = 250 * MIB;

/** Stands in for the service and its health check as Prometheus sees them: every metric that the real rule file asks for. */
export async function startGiannaExporter(): Promise<GiannaExporter> {
  let condition: Condition = 'well';
  let at = performance.now();
  let memory = 100 * MIB;
  const grown = new Map<string, number>();

  /** Lets the counters grow by the time that has passed in this condition. */
  function pass(): void {
    const seconds = (performance.now() - at) / 1000;
    at = performance.now();
    const state = condition === 'ill' ? 'ill' : 'well';
    const grow = (series: string, by: number) => grown.set(series, (grown.get(series) ?? 0) + by * seconds);
    for (const [series, growth] of Object.entries(COUNTERS)) grow(series, growth[state]);
    for (const [name, { labels, bounds, ...bucket }] of Object.entries(HISTOGRAMS)) {
      for (const bound of bounds) grow(bucketOf(name, labels, bound), bound >= bucket[state] ? OBSERVATIONS : 0);
      grow(bucketOf(name, labels, '+Inf'), OBSERVATIONS);
    }
    memory = state === 'ill' ? Math.max(memory, 2048 * MIB) + GROWTH_BYTES * seconds : 100 * MIB;
  }
  function metrics(): string {
    pass();
    const state = condition === 'ill' ? 'ill' : 'well';
    const gauges = Object.entries(GAUGES).map(([name, value]) => `${name} ${value[state]}`);
    const counters = [...grown].map(([series, value]) => `${series} ${value}`);
    return `${[...gauges, `gianna_memory_usage_bytes ${memory}`, ...counters].join('\n')}\n`;
  }
  const service = (body: () => string) =>
    startHttpService((_request, response) => {
      if (condition === 'down') response.writeHead(503).end();
      else response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(body());
    });
  const app = await service(metrics);
  const health = await service(() => 'gianna_healthy 1\n');
  return {
    app: `127.0.0.1:${app.port}`,
    health: `127.0.0.1:${health.port}`,
    become: (next) => {
      pass();
      condition = next;
    },
    stop: async () => {
      await app.stop();
      await health.stop();
    },
  };
}

function bucketOf(name: string, labels: string, bound: number | '+Inf'): string {
  return `${name}_bucket{${labels}le="${bound}"}`;
}
