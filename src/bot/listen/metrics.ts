import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from '../../core/metrics.ts';

export interface ListenMetrics {
  /** An incoming envelope and what became of it: `handled`, `copy`, `foreign`, `failed`. */
  envelope(kind: string, result: 'handled' | 'copy' | 'foreign' | 'failed'): void;
  acked(kind: string, seconds: number): void;
  sockets(open: number): void;
  socketEnded(reason: 'refused' | 'closed' | 'failed'): void;
  httpRefused(reason: string): void;
  /** A command or click and what it came to. */
  command(verb: string, result: 'taken' | 'refused' | 'duplicate' | 'answered'): void;
}

/** Registers what the incoming half of the bot counts. */
export function createListenMetrics(registry: Registry): ListenMetrics {
  const registers = [registry];
  const envelopes = new Counter({
    name: 'gianna_ops_bot_envelopes_total',
    help: 'Deliveries from Slack, by kind and by what became of them.',
    labelNames: ['kind', 'result'],
    registers,
  });
  const ackSeconds = new Histogram({
    name: 'gianna_ops_bot_ack_seconds',
    help: 'Time from a delivery to its acknowledgement; Slack waits 3 seconds.',
    labelNames: ['kind'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 2, 3],
    registers,
  });
  const sockets = new Gauge({
    name: 'gianna_ops_bot_sockets_open',
    help: 'Socket Mode connections that are open now.',
    registers,
  });
  const ended = new Counter({
    name: 'gianna_ops_bot_sockets_ended_total',
    help: 'Socket Mode connections that ended or could not be opened, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const refused = new Counter({
    name: 'gianna_ops_bot_http_refused_total',
    help: 'HTTP requests from Slack that were refused before they were read, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const commands = new Counter({
    name: 'gianna_ops_bot_commands_total',
    help: 'Commands and clicks of people, by verb and by what they came to.',
    labelNames: ['verb', 'result'],
    registers,
  });
  return {
    envelope: (kind, result) => envelopes.inc({ kind, result }),
    acked: (kind, seconds) => ackSeconds.observe({ kind }, seconds),
    sockets: (open) => sockets.set(open),
    socketEnded: (reason) => ended.inc({ reason }),
    httpRefused: (reason) => refused.inc({ reason }),
    command: (verb, result) => commands.inc({ verb, result }),
  };
}
