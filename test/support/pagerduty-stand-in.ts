import type { IncomingMessage } from 'node:http';
import { startHttpService } from './http-service.ts';
import { createSchemaCheck, readVendorRules } from './vendor-schema.ts';

export interface PagerDutyEvent {
  readonly routing_key: string;
  readonly event_action: 'trigger' | 'acknowledge' | 'resolve';
  readonly dedup_key?: string;
  readonly payload?: { readonly summary: string; readonly severity: string; readonly source: string };
}

export interface PagerDutyStandIn {
  readonly url: string;
  readonly events: PagerDutyEvent[];
  /** The state of an alert by its dedup_key. */
  readonly alerts: Map<string, 'triggered' | 'acknowledged' | 'resolved'>;
  readonly complaints: string[];
  /** The next requests are answered by these codes, and not taken. */
  failNext(...statuses: number[]): void;
  stop(): Promise<void>;
}

const UNKNOWN = { status: 404, body: { status: 'not found', message: 'There is nothing here' } };
const ROUTING_KEY = '0123456789abcdef0123456789abcdef';
const rules = readVendorRules('pagerduty-events-v2');
const checkRequest = createSchemaCheck(rules.request);
const CHECKS = { taken: createSchemaCheck(rules.response), refused: createSchemaCheck(rules.error) };

/** PagerDuty's Events API v2: refuses what the published rules do not allow, and keeps the state of each alert. */
export async function startPagerDuty(): Promise<PagerDutyStandIn> {
  const events: PagerDutyEvent[] = [];
  const alerts: PagerDutyStandIn['alerts'] = new Map();
  const complaints: string[] = [];
  let faults: number[] = [];

  function take(body: unknown): { status: number; body: object } {
    const fault = faults.shift();
    if (fault !== undefined) return { status: fault, body: { status: 'error', message: 'fault' } };
    const wrong = checkRequest(body) ?? whyIncomplete(body as PagerDutyEvent);
    if (wrong !== null) {
      complaints.push(wrong);
      return { status: 400, body: { status: 'invalid event', message: 'Event object is invalid', errors: [wrong] } };
    }
    const event = body as PagerDutyEvent;
    const key = event.dedup_key ?? `auto-${events.length}`;
    events.push(event);
    if (event.event_action === 'resolve') alerts.set(key, 'resolved');
    else if (event.event_action === 'acknowledge') acknowledge(key);
    else if (alerts.get(key) !== 'acknowledged') alerts.set(key, 'triggered');
    return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: key } };
  }

  function acknowledge(key: string): void {
    if (alerts.get(key) === 'triggered') alerts.set(key, 'acknowledged');
  }

  const service = await startHttpService((request, response) => {
    void readBody(request).then((text) => {
      const answer = request.url === '/v2/enqueue' && request.method === 'POST' ? take(JSON.parse(text)) : UNKNOWN;
      const wrong = CHECKS[answer.status === 202 ? 'taken' : 'refused'](answer.body);
      if (wrong !== null) complaints.push(`the stand-in breaks the vendor's rules: ${wrong}`);
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body));
    });
  });
  return {
    url: service.url,
    events,
    alerts,
    complaints,
    failNext: (...statuses) => {
      faults = [...faults, ...statuses];
    },
    stop: service.stop,
  };
}

/** The routing key that the stand-in knows. */
export const PAGERDUTY_KEY = ROUTING_KEY;

function whyIncomplete({ routing_key, event_action, dedup_key, payload }: PagerDutyEvent): string | null {
  if (routing_key !== ROUTING_KEY) return 'routing_key is unknown';
  if (event_action === 'trigger' && payload === undefined) return 'payload is required for a trigger';
  return event_action !== 'trigger' && dedup_key === undefined ? 'dedup_key is required' : null;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
