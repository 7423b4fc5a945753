import axios, { type AxiosInstance } from 'axios';

/** A configured axios instance; `HttpClient` is how the rooms name it, so that axios itself stays here. */
export type HttpClient = AxiosInstance;

export interface HttpOptions {
  /** Of the whole exchange, from the first look-up to the last byte. */
  readonly timeoutMs: number;
  /** Of an answer, inflated; default 10 MiB. */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 10 * 1024 * 1024;

/**
 * The one way out over HTTP, but for the http probe: a time limit, a size cap, no proxy, and no redirects (an answer
 * must not send us to an address that the operator did not write, such as a private range or a metadata service).
 */
export function createHttp(options: HttpOptions): HttpClient {
  const http = axios.create({
    adapter: 'http',
    timeout: options.timeoutMs,
    maxContentLength: options.maxBytes ?? DEFAULT_MAX_BYTES,
    maxBodyLength: options.maxBytes ?? DEFAULT_MAX_BYTES,
    maxRedirects: 0,
    proxy: false,
    headers: { 'user-agent': 'gianna-ops' },
  });
  // axios starts its own clock at the request, and again at the answer: one signal ends the whole.
  http.interceptors.request.use((request) => {
    const limit = AbortSignal.timeout(options.timeoutMs);
    const asked = request.signal;
    request.signal = asked instanceof AbortSignal ? AbortSignal.any([asked, limit]) : limit;
    return request;
  });
  return http;
}

/** Why a request got no answer, in words or by its code (`ECONNREFUSED`); `timeoutMs` is the limit that it had. */
export function whyNoAnswer(error: unknown, timeoutMs: number): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'no answer';
  return OUT_OF_TIME.has(code) ? `no answer within ${timeoutMs / 1000} s` : code;
}

/** Our own limit, or axios's of the same length, whichever rings first. */
const OUT_OF_TIME: ReadonlySet<string> = new Set(['ERR_CANCELED', 'ECONNABORTED', 'ETIMEDOUT']);
