import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { startHttpService } from './http-service.ts';
import { createSchemaCheck, readVendorRules } from './vendor-schema.ts';

type Resource = 'Messages' | 'Calls';
type Form = Record<string, string>;

export interface TwilioRecord {
  readonly sid: string;
  status: string;
  readonly to: string;
  readonly createdAt: number;
  /** As it was asked for. */
  readonly form: Form;
}

/** What the next request that creates something gets, instead of what it should. */
export type TwilioFault =
  | { readonly kind: 'refuse'; readonly status: number; readonly code: number }
  /** It is taken, and the connection ends without an answer. */
  | { readonly kind: 'take-and-drop' }
  /** The connection ends, and nothing was taken. */
  | { readonly kind: 'drop' };

export interface TwilioStandIn {
  readonly url: string;
  readonly accountSid: string;
  readonly authToken: string;
  readonly messages: TwilioRecord[];
  readonly calls: TwilioRecord[];
  /** Requests that broke the vendor's rules, in words: a test expects none. */
  readonly complaints: string[];
  /** `GET Messages`, `POST Calls` … as they came. */
  readonly requests: string[];
  failNext(...faults: TwilioFault[]): void;
  stop(): Promise<void>;
}

interface Rules {
  readonly request: unknown;
  readonly record: unknown;
  readonly listQuery: readonly string[];
}

const rules = readVendorRules('twilio-2010-04-01') as unknown as Record<Resource, Rules> & {
  oneOf: Record<Resource, readonly string[][]>;
};
const CHECKS = {
  Messages: { request: createSchemaCheck(rules.Messages.request), record: createSchemaCheck(rules.Messages.record) },
  Calls: { request: createSchemaCheck(rules.Calls.request), record: createSchemaCheck(rules.Calls.record) },
};

/** Twilio's API 2010-04-01 for messages and calls: refuses what the published rules do not allow. */
export async function startTwilio(now: () => number = Date.now): Promise<TwilioStandIn> {
  const accountSid = `AC${'a1'.repeat(16)}`;
  const authToken = 'test-auth-token';
  const wantedAuth = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const kept: Record<Resource, TwilioRecord[]> = { Messages: [], Calls: [] };
  const complaints: string[] = [];
  const requests: string[] = [];
  let faults: TwilioFault[] = [];

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const url = new URL(request.url ?? '/', 'http://twilio');
    const match = /^\/2010-04-01\/Accounts\/([^/]+)\/(Messages|Calls)(?:\/([^/]+))?\.json$/.exec(url.pathname);
    if (match === null) return answer(response, 404, { code: 20404, message: 'not found', status: 404 });
    const resource = match[2] as Resource;
    const { method = 'GET' } = request;
    requests.push(`${method} ${resource}${match[3] === undefined ? '' : '/*'}`);
    if (request.headers.authorization !== wantedAuth || match[1] !== accountSid) {
      return answer(response, 401, { code: 20003, message: 'Authenticate', status: 401 });
    }
    if (method === 'POST') return create(resource, await readForm(request), response);
    if (match[3] !== undefined) return fetchOne(resource, match[3], response);
    return list(resource, url, response);
  }

  function create(resource: Resource, form: Form, response: ServerResponse): unknown {
    const complaint = complain(resource, form);
    if (complaint !== null) {
      complaints.push(complaint);
      return answer(response, 400, { code: 21211, message: complaint, status: 400 });
    }
    const fault = faults.shift();
    if (fault?.kind === 'refuse')
      return answer(response, fault.status, { code: fault.code, message: 'refused', status: fault.status });
    if (fault?.kind === 'drop') return response.destroy();
    const sid = `${resource === 'Messages' ? 'SM' : 'CA'}${randomBytes(16).toString('hex')}`;
    const record: TwilioRecord = {
      sid,
      status: 'queued',
      to: form.To ?? '',
      form,
      createdAt: now(),
    };
    kept[resource].unshift(record);
    if (fault?.kind === 'take-and-drop') return response.destroy();
    return answer(response, 201, shown(resource, record));
  }

  function fetchOne(resource: Resource, sid: string, response: ServerResponse): unknown {
    const record = kept[resource].find((each) => each.sid === sid);
    if (record === undefined) return answer(response, 404, { code: 20404, message: 'not found', status: 404 });
    return answer(response, 200, shown(resource, record));
  }

  function list(resource: Resource, url: URL, response: ServerResponse): unknown {
    const unknown = [...url.searchParams.keys()].filter((key) => !rules[resource].listQuery.includes(key));
    if (unknown.length > 0) complaints.push(`unknown query of ${resource}: ${unknown.join(', ')}`);
    const to = url.searchParams.get('To');
    const found = kept[resource].filter((record) => to === null || record.to === to);
    const key = resource.toLowerCase();
    return answer(response, 200, {
      [key]: found.map((record) => shown(resource, record)),
      page: 0,
      page_size: 50,
      next_page_uri: null,
    });
  }

  function shown(resource: Resource, record: TwilioRecord): object {
    const common = {
      sid: record.sid,
      account_sid: accountSid,
      status: record.status,
      to: record.to,
      from: record.form.From ?? '',
      direction: 'outbound-api',
      date_created: new Date(record.createdAt).toUTCString(),
      uri: `/2010-04-01/Accounts/${accountSid}/${resource}/${record.sid}.json`,
    };
    const body =
      resource === 'Messages'
        ? { ...common, body: record.form.Body ?? '', num_segments: '1', error_code: null }
        : common;
    const wrong = CHECKS[resource].record(body);
    if (wrong !== null) throw new Error(`the stand-in breaks the vendor's rules: ${wrong}`);
    return body;
  }

  const service = await startHttpService((request, response) => {
    handle(request, response).catch((error: unknown) => {
      complaints.push(String(error));
      response.destroy();
    });
  });
  return {
    url: service.url,
    accountSid,
    authToken,
    messages: kept.Messages,
    calls: kept.Calls,
    complaints,
    requests,
    failNext: (...next) => {
      faults = [...faults, ...next];
    },
    stop: service.stop,
  };
}

function complain(resource: Resource, form: Form): string | null {
  const wrong = CHECKS[resource].request(form);
  if (wrong !== null) return wrong;
  const missing = rules.oneOf[resource].find((names) => !names.some((name) => form[name] !== undefined));
  return missing === undefined ? null : `one of ${missing.join(', ')} is needed`;
}

function answer(response: ServerResponse, status: number, body: object): ServerResponse {
  response.writeHead(status, { 'content-type': 'application/json' });
  return response.end(JSON.stringify(body));
}

async function readForm(request: IncomingMessage): Promise<Form> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
}
