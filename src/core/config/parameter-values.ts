import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { RE2JS } from 're2js';
import { formatDuration, parseDuration } from '../duration.ts';
import { closest } from '../suggest.ts';
import { oneLine, stripControls } from '../text.ts';
import type { ParameterConfig } from './config.ts';

/** What a parameter says of its values. */
export type ParameterRules = Pick<ParameterConfig, 'type' | 'list' | 'options' | 'min' | 'max' | 'pattern'>;
/** Names that a service or host may have. */
export interface KnownNames {
  readonly services: readonly string[];
  readonly hosts: readonly string[];
}
export type ParameterReading =
  | { readonly kind: 'value'; readonly value: string | number | readonly string[] }
  /** `allowed` ends the sentence "It must be …". */
  | { readonly kind: 'refused'; readonly allowed: string };

const LONGEST_TEXT = 500;
const MOST_SHOWN = 20;
const MOST_LISTED = 100;
/** Characters that nobody sees, but for the joiners that words and emoji of many scripts are made of. */
const UNSEEN = /(?![\u200c\u200d])\p{Cf}/u;
/** `web-1`, `role:edge`, `label:region=eu`, `all`; with a `-` before it: not that. */
const HOSTS_WORD = /^(all|-?[a-z0-9][a-z0-9._-]*|-?role:[^\s,]{1,63}|-?label:[^\s,=]{1,63}=[^\s,=]{1,63})$/i;
const SECRET_NAME = /^[A-Z][A-Z0-9_]{0,99}$/;

/**
 * Reads one value of a parameter, given by a person or written as a default. Durations, addresses and names stay as
 * they are, since only one form of each is taken; the value of a secret is its variable's name.
 */
export function readParameterValue(
  rules: ParameterRules,
  written: string | number | readonly string[],
  known: KnownNames,
): ParameterReading {
  return rules.list ? readList(rules, written, known) : readOne(rules, written, known);
}

/** Each once, in the order in which they were given. */
function readList(rules: ParameterRules, written: string | number | readonly string[], known: KnownNames) {
  const given = typeof written === 'object' ? written : String(written).split(/[ ,]+/);
  const words = [...new Set(given.filter((word) => word !== ''))];
  if (words.length === 0 || words.length > MOST_LISTED) {
    return { kind: 'refused', allowed: `a list of 1 to ${MOST_LISTED} values, parted by commas or blanks` } as const;
  }
  const values: string[] = [];
  for (const word of words) {
    const read = readOne(rules, word, known);
    if (read.kind === 'refused')
      return { kind: 'refused', allowed: `a list; in it "${word}" must be ${read.allowed}` } as const;
    values.push(String(read.value));
  }
  return { kind: 'value', value: values } as const;
}

function readOne(
  rules: ParameterRules,
  written: string | number | readonly string[],
  known: KnownNames,
): ParameterReading {
  if (typeof written === 'object') return { kind: 'refused', allowed: 'one value' };
  const text = String(written);
  switch (rules.type) {
    case 'service':
      return oneOf(text, known.services);
    case 'host':
      return oneOf(text, known.hosts);
    case 'choice':
      return oneOf(text, rules.options);
    case 'text':
      return readText(text, rules.pattern);
    case 'number':
      return readNumber(written, rules);
    case 'duration':
      return readDuration(text, rules);
    case 'ip':
      return readIf(
        isCanonicalAddress(text),
        text,
        'an IP address in its canonical form, such as 192.0.2.7 or 2001:db8::7',
      );
    case 'cidr':
      return readNetwork(text);
    case 'address':
      return text.includes('/') ? readNetwork(text) : readOne({ ...rules, type: 'ip' }, text, known);
    case 'hosts':
      return readIf(HOSTS_WORD.test(text), text, 'a host, role:NAME, label:NAME=VALUE, or all; -NAME leaves one out');
    case 'secret':
      return readIf(
        SECRET_NAME.test(text),
        text,
        'the name of an environment variable, such as DB_PASSWORD, never the secret itself',
      );
    default:
      return rules.type satisfies never;
  }
}

function readIf(isSo: boolean, value: string | number, allowed: string): ParameterReading {
  return isSo ? { kind: 'value', value } : { kind: 'refused', allowed };
}

function oneOf(text: string, names: readonly string[]): ParameterReading {
  if (names.includes(text)) return { kind: 'value', value: text };
  const [near] = closest(text, names, 1);
  const more = names.length > MOST_SHOWN ? ` and ${names.length - MOST_SHOWN} more` : '';
  const listed =
    names.length === 0 ? 'one that exists; there is none' : `one of ${names.slice(0, MOST_SHOWN).join(', ')}`;
  return { kind: 'refused', allowed: `${listed}${more}${near === undefined ? '' : ` (did you mean ${near}?)`}` };
}

function readText(text: string, pattern: string | null): ParameterReading {
  if (text.length > LONGEST_TEXT) return { kind: 'refused', allowed: `a text of at most ${LONGEST_TEXT} characters` };
  if (text !== oneLine(stripControls(text)) || UNSEEN.test(text)) {
    return { kind: 'refused', allowed: 'one line of plain text' };
  }
  if (pattern === null) return { kind: 'value', value: text };
  return readIf(RE2JS.compile(pattern).matches(text), text, `a text that matches ${pattern}`);
}

function readNumber(written: string | number, rules: ParameterRules): ParameterReading {
  const isNumber = typeof written === 'number' || /^-?\d{1,30}(\.\d{1,30})?$/.test(written);
  const number = isNumber ? Number(written) : Number.NaN;
  const isExact = Number.isFinite(number) && Math.abs(number) <= Number.MAX_SAFE_INTEGER;
  return readIf(isExact && isWithin(number, rules), number + 0, `a number${range(rules, String)}`);
}

function readDuration(text: string, rules: ParameterRules): ParameterReading {
  const seconds = parseDuration(text);
  const allowed = `a duration such as 90s, 15m or 1h30m${range(rules, formatDuration)}`;
  return readIf(seconds !== null && isWithin(seconds, rules), text, allowed);
}

function isWithin(number: number, { min, max }: ParameterRules): boolean {
  return (min === null || number >= min) && (max === null || number <= max);
}

/** The bounds of a number or a duration as people write them: `at least 1m`, `at most 7d`; empty: there are none. */
export function boundsOf({ type, min, max }: Pick<ParameterRules, 'type' | 'min' | 'max'>): string[] {
  const print = type === 'duration' ? formatDuration : String;
  return [...(min === null ? [] : [`at least ${print(min)}`]), ...(max === null ? [] : [`at most ${print(max)}`])];
}

function range({ min, max }: ParameterRules, print: (bound: number) => string): string {
  if (min !== null && max !== null) return `, from ${print(min)} to ${print(max)}`;
  if (min !== null) return `, at least ${print(min)}`;
  return max === null ? '' : `, at most ${print(max)}`;
}

/** One address has many spellings, and programs read some of them differently: only the canonical one is taken. */
function isCanonicalAddress(text: string): boolean {
  if (isIP(text) === 0 || text.includes('%')) return false;
  const address = ipaddr.parse(text);
  const isMapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress();
  return !isMapped && address.toString() === text;
}

function readNetwork(text: string): ParameterReading {
  const allowed = 'a network in its canonical form, such as 192.0.2.0/24 or 2001:db8::/48';
  const [address = '', length = '', ...rest] = text.split('/');
  if (rest.length > 0 || !isCanonicalAddress(address) || !/^(0|[1-9]\d{0,2})$/.test(length)) {
    return { kind: 'refused', allowed };
  }
  const isV4 = isIP(address) === 4;
  if (Number(length) > (isV4 ? 32 : 128))
    return { kind: 'refused', allowed: `${allowed}, of at most /${isV4 ? 32 : 128}` };
  const network = isV4 ? ipaddr.IPv4.networkAddressFromCIDR(text) : ipaddr.IPv6.networkAddressFromCIDR(text);
  return readIf(network.toString() === address, text, `the address of a network: ${network.toString()}/${length}`);
}
