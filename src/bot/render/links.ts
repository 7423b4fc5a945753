import { isIP } from 'node:net';
import { foreign } from '../mrkdwn.ts';

const MAX_URL = 1_500;
const PRIVATE_V4 =
  /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])|22[4-9]|2[3-5]\d)\./;
const LOCAL_NAMES = /(^|\.)(localhost|local|internal|localdomain|home\.arpa)$/;

/**
 * A foreign URL as a link, or null when it must not be one: only http(s), no credentials, no private, loopback,
 * link-local or metadata address, no bare host name (FAULTS.md C 30). The host is shown, so that a label cannot lie.
 */
export function safeLink(url: string | null, label: string): string | null {
  if (url === null || url.length > MAX_URL) return null;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !isAsWritten(url, parsed) || !isPublic(parsed)) return null;
  const target = parsed.href
    .replaceAll('|', '%7C')
    .replaceAll('<', '%3C')
    .replaceAll('>', '%3E')
    .replaceAll('&', '&amp;');
  return `<${target}|${label} (${foreign(parsed.hostname, 60)})>`;
}

/** Nothing that a reader sees otherwise than a parser: `010.0.0.1` is read as 8.0.0.1, blanks are thrown away. */
function isAsWritten(url: string, parsed: URL): boolean {
  return !/[\s\\\p{Cc}]/u.test(url) && url.toLowerCase().startsWith(`${parsed.protocol}//${parsed.hostname}`);
}

function isPublic(url: URL): boolean {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  if (url.username !== '' || url.password !== '') return false;
  const host = url.hostname.toLowerCase().replace(/\.$/, '');
  if (host.startsWith('[')) return isPublicV6(host.slice(1, -1));
  if (isIP(host) === 4) return !PRIVATE_V4.test(host);
  return host.includes('.') && !LOCAL_NAMES.test(host);
}

/** Global unicast only, without the ranges that carry a v4 address inside. */
function isPublicV6(address: string): boolean {
  return /^[23][0-9a-f]{3}:/.test(address) && !/^(2002|2001:0?:|2001:db8):?/.test(address);
}
