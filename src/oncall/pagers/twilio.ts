import * as z from 'zod';
import type { HttpClient } from '../../core/http.ts';
import { askVendor, failureOf, type VendorAnswer } from './answer.ts';
import type { DeliveryState, SendResult } from './pager.ts';

export interface TwilioOptions {
  readonly http: HttpClient;
  readonly timeoutMs: number;
  readonly accountSid: string;
  readonly authToken: string;
  /** Our own number. */
  readonly from: string;
  readonly apiUrl: string;
}

/** `Messages` are SMS, `Calls` are voice. */
type Resource = 'Messages' | 'Calls';

/** What we read of a message or a call (Twilio API 2010-04-01); everything else is ignored. */
const TwilioRecord = z.object({
  sid: z.string(),
  status: z.string(),
  body: z.string().nullish(),
  date_created: z.string().nullish(),
});
type TwilioRecord = z.infer<typeof TwilioRecord>;
const Listed = z.object({ messages: z.array(TwilioRecord).optional(), calls: z.array(TwilioRecord).optional() });

/** Twilio's REST API, as far as pages need it. */
export interface Twilio {
  create(resource: Resource, form: Readonly<Record<string, string>>): Promise<SendResult>;
  /** What was sent to a number, newest first; throws when it cannot be read. */
  list(resource: Resource, to: string): Promise<readonly TwilioRecord[]>;
  /** Throws when it cannot be read now. */
  statusOf(resource: Resource, sid: string): Promise<string>;
}

const NEWEST = '20';

/** Creates the client. Answers are read as data; nothing that Twilio says is shown but its numeric error code. */
export function createTwilio(options: TwilioOptions): Twilio {
  const { http, timeoutMs, from } = options;
  const base = `${options.apiUrl}/2010-04-01/Accounts/${options.accountSid}`;
  const request = {
    auth: { username: options.accountSid, password: options.authToken },
    validateStatus: () => true,
  };

  async function get(path: string, params: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const answer = await askVendor(() => http.get(`${base}/${path}`, { ...request, params }), timeoutMs);
    if (answer.kind === 'answer' && answer.status === 200) return answer.body;
    throw new Error(answer.kind === 'answer' ? `twilio_${answer.status}` : `twilio_${answer.why}`);
  }

  return {
    create: async (resource, form) => {
      const body = new URLSearchParams({ From: from, ...form }).toString();
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const post = () => http.post(`${base}/${resource}.json`, body, { ...request, headers });
      const answer = await askVendor(post, timeoutMs);
      const created = answer.kind === 'answer' && answer.status === 201 ? TwilioRecord.safeParse(answer.body) : null;
      if (created === null) return refusedAs(answer);
      if (!created.success) return { kind: 'later', error: 'twilio_unreadable', mayBeThere: true };
      return { kind: 'sent', reference: created.data.sid, isFinal: false };
    },
    list: async (resource, to) => {
      const { messages, calls } = Listed.parse(await get(`${resource}.json`, { To: to, PageSize: NEWEST }));
      return messages ?? calls ?? [];
    },
    statusOf: async (resource, sid) =>
      TwilioRecord.parse(await get(`${resource}/${encodeURIComponent(sid)}.json`)).status,
  };
}

/** Twilio's own error code (21211, say) tells more than the status. */
function refusedAs(answer: VendorAnswer): SendResult {
  const failure = failureOf('twilio', answer);
  const body = answer.kind === 'answer' ? answer.body : null;
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : null;
  return typeof code === 'number' ? { ...failure, error: `twilio_${code}` } : failure;
}

const GONE_WELL: ReadonlySet<string> = new Set(['delivered', 'read', 'completed']);
const GONE_WRONG: ReadonlySet<string> = new Set(['undelivered', 'failed', 'canceled', 'busy', 'no-answer']);

/** What a status of Twilio's means for a page. */
export function stateOf(status: string): DeliveryState {
  if (GONE_WELL.has(status)) return { kind: 'delivered', detail: status };
  return GONE_WRONG.has(status) ? { kind: 'undelivered', detail: status } : { kind: 'pending' };
}

/** `+1-555-0123` → `+15550123`; null when it is not in international form. */
export function toE164(phone: string): string | null {
  const digits = `+${phone.replace(/\D/g, '')}`;
  return phone.trim().startsWith('+') && /^\+[1-9]\d{6,14}$/.test(digits) ? digits : null;
}
