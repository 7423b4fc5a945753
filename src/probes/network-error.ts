const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed before an answer',
  EPIPE: 'connection closed before an answer',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name could not be looked up now',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  ETIMEDOUT: 'no answer in time',
  ECONNABORTED: 'no answer in time',
  ERR_CANCELED: 'no answer in time',
  ENOENT: 'the socket is not there',
  EACCES: 'permission denied',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  EPROTO: 'it does not speak TLS',
};

/** A socket, DNS, TLS or HTTP failure in words for people; its code where there are no words for it. */
export function sayNetworkError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const code = 'code' in error ? String(error.code) : '';
  const words = WORDS[code];
  if (words !== undefined) return words;
  if (code === 'ERR_BAD_RESPONSE' && error.message.startsWith('maxContentLength')) return 'the answer is too large';
  if (code.startsWith('HPE_')) return 'it does not speak HTTP';
  if (code.startsWith('ERR_SSL_')) return 'it does not speak TLS as expected';
  return code === '' ? 'unknown error' : `failed (${code})`;
}
