/**
 * A stand-in for the Gianna service: a real process with /health, /ready, /metrics and /admin/maintenance, and ways to
 * break it. What is broken lives in memory: a restart mends it, as it would mend a leak.
 *
 *   POST /admin/break/<unhealthy|degraded|memory|errors|cache|crash>   POST /admin/mend
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Counter, Gauge, Registry } from 'prom-client';

const port = Number(process.argv[2] ?? 8000);
const FAULTS = ['unhealthy', 'degraded', 'memory', 'errors', 'cache', 'crash'] as const;
type Fault = (typeof FAULTS)[number];
const startedAt = Date.now();
const faults = new Set<Fault>();
let maintenance = false;

const registry = new Registry();
const gauge = (name: string, help: string, read: () => number) =>
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
gauge('gianna_cpu_usage_percent', 'CPU use of the host in per cent.', () => 18);
gauge('gianna_memory_usage_bytes', 'Memory in use.', () => (faults.has('memory') ? 1.8e9 : 6.2e8));
gauge('gianna_disk_usage_percent', 'Disk in use in per cent.', () => 41);
gauge('gianna_cache_hit_rate', 'Share of look-ups that the cache answered.', () => (faults.has('cache') ? 0.31 : 0.93));
gauge('gianna_uptime_seconds', 'Time since the start.', () => (Date.now() - startedAt) / 1000);
const errors = new Counter({
  name: 'gianna_errors_total',
  help: 'Errors so far.',
  labelNames: ['component'],
  registers: [registry],
});
const requests = new Counter({ name: 'gianna_requests_total', help: 'Requests so far.', registers: [registry] });
setInterval(() => {
  requests.inc(40);
  if (faults.has('errors')) errors.inc({ component: 'application' }, 60);
}, 1000).unref();

function health(): { status: string; reason: string | null } {
  if (faults.has('unhealthy'))
    return { status: 'unhealthy', reason: 'database: connection pool exhausted (50 of 50 in use)' };
  if (faults.has('memory')) return { status: 'unhealthy', reason: 'memory: 1.8 GB in use, limit 1.5 GB' };
  if (faults.has('degraded')) return { status: 'degraded', reason: 'llm: primary provider slow (p95 9.2 s)' };
  return { status: 'healthy', reason: null };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const route = `${request.method} ${path}`;
  if (route === 'GET /health') {
    const now = health();
    return answer(response, now.status === 'unhealthy' ? 503 : 200, {
      ...now,
      maintenance,
      uptime: Date.now() - startedAt,
    });
  }
  if (route === 'GET /ready')
    return answer(response, maintenance || faults.has('unhealthy') ? 503 : 200, { ready: !maintenance });
  if (route === 'GET /metrics') {
    response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
    return;
  }
  if (path === '/admin/maintenance') {
    maintenance = request.method === 'POST';
    return answer(response, 200, { maintenance });
  }
  if (route === 'POST /admin/mend') {
    faults.clear();
    return answer(response, 200, { faults: [] });
  }
  const fault = FAULTS.find((each) => route === `POST /admin/break/${each}`);
  if (fault === undefined) return answer(response, 404, { error: 'unknown path', faults: FAULTS });
  faults.add(fault);
  answer(response, 200, { faults: [...faults] });
  if (fault === 'crash') setImmediate(() => process.exit(3));
}

createServer((request, response) => void handle(request, response)).listen(port, '127.0.0.1', () => {
  console.log(`gianna listens on 127.0.0.1:${port}`);
});
