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
  page: unknown;
};
const checkPage = createSchemaCheck(rules.page);
const USUAL_PAGE_SIZE = '50';
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
    const [size, page] = [numberIn(url, 'PageSize', USUAL_PAGE_SIZE), numberIn(url, 'Page', '0')];
    const start = page * size;
    const records = found.slice(start, start + size);
    const about = {
      uri: url.pathname + url.search,
      first_page_uri: pageUri(url, 0),
      next_page_uri: start + size < found.length ? pageUri(url, page + 1) : null,
      previous_page_uri: page === 0 ? null : pageUri(url, page - 1),
      page,
      page_size: size,
      start,
      end: Math.max(start, start + records.length - 1),
    };
    assertOwn(checkPage(about));
    return answer(response, 200, { ...about, [resource.toLowerCase()]: records.map((each) => shown(resource, each)) });
  }

  function shown(resource: Resource, record: TwilioRecord): object {
    const body = resource === 'Messages' ? messageOf(record, accountSid) : callOf(record, accountSid);
    assertOwn(CHECKS[resource].record(body));
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

/** What both resources have. */
function recordOf(resource: Resource, { sid, status, to, form, createdAt }: TwilioRecord, accountSid: string) {
  // RFC 2822 as the vendor writes it
  const at = new Date(createdAt).toUTCString().replace('GMT', '+0000');
  return {
    sid,
    account_sid: accountSid,
    status,
    to,
    from: form.From ?? null,
    direction: 'outbound-api',
    date_created: at,
    date_updated: at,
    price: null,
    price_unit: 'USD',
    api_version: '2010-04-01',
    uri: `/2010-04-01/Accounts/${accountSid}/${resource}/${sid}.json`,
    subresource_uris: {},
  };
}

function messageOf(record: TwilioRecord, accountSid: string): object {
  return {
    ...recordOf('Messages', record, accountSid),
    body: record.form.Body ?? '',
    num_segments: '1',
    num_media: '0',
    date_sent: null,
    messaging_service_sid: record.form.MessagingServiceSid ?? null,
    error_code: null,
    error_message: null,
  };
}

function callOf(record: TwilioRecord, accountSid: string): object {
  return {
    ...recordOf('Calls', record, accountSid),
    ...{ to_formatted: record.to, from_formatted: record.form.From ?? null },
    ...{ parent_call_sid: null, phone_number_sid: null, group_sid: null, trunk_sid: null },
    ...{ start_time: null, end_time: null, duration: null, queue_time: '0' },
    ...{ answered_by: null, forwarded_from: null, caller_name: null },
  };
}

function pageUri(url: URL, page: number): string {
  const params = new URLSearchParams(url.search);
  params.set('Page', String(page));
  return `${url.pathname}?${params}`;
}

function numberIn(url: URL, name: string, usual: string): number {
  return Number(url.searchParams.get(name) ?? usual);
}

function assertOwn(wrong: string | null): void {
  if (wrong !== null) throw new Error(`the stand-in breaks the vendor's rules: ${wrong}`);
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
