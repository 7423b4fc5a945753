import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Faults } from './faults.ts';
import type { Memory } from './memory.ts';
import { fillShownFields } from './shown-fields.ts';

/** The Socket Mode connections that lead through the proxy. */
export interface SlackSockets {
  /** How many are open now. */
  open(): number;
  /** Cuts every connection without a goodbye. */
  cut(): void;
  /** Sends Slack's `disconnect` frame to every connection. */
  disconnect(reason: 'warning' | 'refresh_requested' | 'link_disabled'): void;
  /** Sends the next `times` envelopes that often, the same envelope each time, over the open sockets in turn. */
  repeat(copies: number): void;
}

interface Link {
  readonly client: WebSocket;
  readonly upstream: WebSocket;
}
interface Envelope {
  envelope_id?: string;
  payload?: Parameters<typeof fillShownFields>[0] & {
    event?: { type?: string; channel?: string };
    trigger_id?: string;
  };
}

/** Passes websockets through. Each envelope goes to one Socket Mode client, as real Slack does it. */
export function createSockets(deps: {
  server: Server;
  upstream: string;
  faults: Faults;
  memory: Memory;
  rewrite: (text: string) => string;
  /** What the app sends up. */
  rewriteUp: (text: string) => string;
}): SlackSockets & { close(): void } {
  const links = new Set<Link>();
  const seen = new Set<string>();
  const acceptor = new WebSocketServer({ noServer: true });
  let turn = 0;
  let copies = 1;
  deps.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const isApp = (request.url ?? '').startsWith('/socket');
    if (isApp && deps.faults.take('socket', undefined) !== null) return void socket.destroy();
    acceptor.handleUpgrade(request, socket, head, (client) => connect(client, request.url ?? '/', isApp));
  });

  function connect(client: WebSocket, path: string, isApp: boolean): void {
    const upstream = new WebSocket(`${deps.upstream.replace('http', 'ws')}${path}`);
    const link = { client, upstream };
    if (isApp) links.add(link);
    const early: string[] = [];
    client.on('message', (data) => {
      const text = deps.rewriteUp(data.toString());
      if (upstream.readyState === WebSocket.OPEN) upstream.send(text);
      else early.push(text);
    });
    upstream.on('open', () => {
      for (const text of early.splice(0)) upstream.send(text);
    });
    upstream.on('message', (data) => {
      if (isApp) deliver(link, data.toString());
      else client.send(deps.rewrite(data.toString()));
    });
    const end = () => {
      links.delete(link);
      client.terminate();
      upstream.terminate();
    };
    for (const side of [client, upstream]) side.on('close', end).on('error', end);
  }

  function deliver(link: Link, text: string): void {
    const envelope = JSON.parse(text) as Envelope;
    const id = envelope.envelope_id;
    if (id === undefined) return void link.client.send(deps.rewrite(text));
    if (seen.has(id)) return;
    seen.add(id);
    if (isMentionInDm(envelope)) return void link.upstream.send(JSON.stringify({ envelope_id: id }));
    if (envelope.payload?.trigger_id !== undefined) deps.memory.issued(envelope.payload.trigger_id);
    if (envelope.payload !== undefined) fillShownFields(envelope.payload);
    const sent = deps.rewrite(JSON.stringify(envelope));
    for (let copy = 0; copy < copies; copy += 1) next()?.client.send(sent);
  }

  function next(): Link | undefined {
    const open = [...links].filter((each) => each.client.readyState === WebSocket.OPEN);
    turn += 1;
    return open[turn % Math.max(1, open.length)];
  }

  return {
    open: () => links.size,
    cut: () => {
      for (const { client, upstream } of links) for (const side of [client, upstream]) side.terminate();
    },
    disconnect: (reason) => {
      for (const { client } of links) client.send(JSON.stringify({ type: 'disconnect', reason, debug_info: {} }));
    },
    repeat: (wanted) => {
      copies = wanted;
    },
    close: () => {
      for (const { client, upstream } of links) for (const side of [client, upstream]) side.terminate();
      acceptor.close();
    },
  };
}

/** In a DM real Slack sends `message` alone. */
function isMentionInDm(envelope: Envelope): boolean {
  const event = envelope.payload?.event;
  return event?.type === 'app_mention' && (event.channel ?? '').startsWith('D');
}
