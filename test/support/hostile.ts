import { gzipSync } from 'node:zlib';
import { payload } from './payloads.ts';
import type { Random } from './random.ts';

/** A body that no decent sender sends, and what the contract says it is answered with. */
export interface HostileBody {
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly expected: number;
  /** Says in the answer of a 400 which field is wrong. */
  readonly field?: string;
}
/** A class of hostile bodies: how many of it are sent, and how one is made. */
export interface HostileClass {
  readonly name: string;
  readonly count: number;
  make(random: Random): HostileBody;
}

const MIB = 1024 * 1024;

const INJECTIONS = [
  '<!channel>',
  '<!here> <!everyone>',
  '<@U01ANA>',
  '<@U04VIC|ana>',
  '<#C01OPS|general>',
  '<!subteam^S0SRE|@sre>',
  '<https://evil.example/login|Open thread>',
  '<javascript:alert(1)|click>',
  '[click](https://evil.example)',
  '&lt;!channel&gt; &amp;lt;!here&amp;gt;',
  '*bold* _it_ ~gone~ `code` ```block```',
  '> quoted\n> twice',
  '<!date^1^{date}^https://evil.example|now>',
  '"><script>alert(1)</script><img src=x onerror=alert(1)>',
  '${jndi:ldap://127.0.0.1/x} {{ .Labels }} $(id) `id` ; rm -rf /',
  "'; DROP TABLE events; --",
  '../../../../etc/passwd',
  ':rotating_light: :slack:',
];
const ODD_TEXTS = [
  '\u202Egnp.exe\u202C reversed',
  'zero\u200Bwidth\u200C\u200Dtext\uFEFF',
  '\u2066isolated\u2069 \u061C',
  '\uD800 lone \uDFFF surrogates',
  'nul \u0000 and \u0007 bell and \u001B[31mred\u001B[0m',
  'e\u0301'.repeat(200),
  'Z\u0351\u036B\u0343\u036A\u0302\u036B\u033D\u034F\u0334\u0319\u0324\u031E'.repeat(50),
  '👩‍👩‍👧‍👦'.repeat(80),
  'ÀÉÎ 中文 العربية עברית ไทย',
  '\u2028line\u2029paragraph',
  'x'.repeat(100_000),
  '\u{E0041}\u{E0042} tags',
];

/** URLs that must neither be linked nor fetched; `own` is a server of the test that must never be asked. */
function hostileUrls(own: string): string[] {
  return [
    'javascript:alert(document.domain)',
    'data:text/html,<script>alert(1)</script>',
    'file:///etc/passwd',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/latest',
    'http://010.0.0.1/',
    'http://0x7f000001/',
    'http://user:secret@evil.example/',
    `${own}/generator`,
    'http://localhost:8080/admin',
    'http://metadata.google.internal/',
    '//evil.example|<!channel>',
    ' https://evil.example/ <!here>',
  ];
}

const HOSTILE_TEXTS = [...INJECTIONS, ...ODD_TEXTS];
/** Alerts of which each text stands once in each place of a payload. */
export const HOSTILE_ALERTS = HOSTILE_TEXTS.length;

/** A good envelope whose every foreign text is hostile, and the labels of its one alert. */
export interface HostileAlert {
  readonly body: Buffer;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The alert number `serial`: over `HOSTILE_ALERTS` of them each hostile text was each label's and annotation's name and
 * value, of the group too, and the receiver; each hostile URL was each kind of URL. It opens an incident of its own.
 */
export function hostileAlert(serial: number, own: string, more: Readonly<Record<string, string>>): HostileAlert {
  const urls = hostileUrls(own);
  const text = (place: number) => HOSTILE_TEXTS[(serial + place) % HOSTILE_TEXTS.length] ?? '';
  const url = (place: number) => urls[(serial + place) % urls.length] ?? '';
  const alertname = `Hostile${serial} ${text(0)}`;
  const labels = {
    ...{ alertname, severity: text(1), component: text(2), service: text(3), job: text(4), instance: text(5) },
    [text(6)]: text(7),
    ...more,
  };
  const annotations = {
    summary: text(8),
    description: `${text(9)}\n${text(10)}`,
    runbook_url: url(0),
    dashboard_url: url(1),
    [text(11)]: text(12),
  };
  const groupLabels = { alertname, [text(13)]: text(14) };
  const alert = { fingerprint: `hostile-${serial}`, labels, annotations };
  const built = payload([alert], { groupLabels, receiver: text(15) });
  const alerts = (built.alerts as object[]).map((each) => ({ ...each, generatorURL: url(2) }));
  return { body: Buffer.from(JSON.stringify({ ...built, externalURL: url(3), groupKey: text(16), alerts })), labels };
}

/** Every class of body that is wrong in form, size or type, with the status that the contract gives it. */
export function hostileClasses(): HostileClass[] {
  return [
    { name: 'malformed', count: 60, make: malformed },
    { name: 'wrong envelope', count: 60, make: wrongEnvelope },
    { name: 'wrong alerts', count: 60, make: wrongAlerts },
    { name: 'prototype keys', count: 40, make: prototypeKeys },
    { name: 'deep', count: 12, make: deep },
    { name: 'huge', count: 5, make: huge },
    { name: 'gzip', count: 12, make: gzipped },
    { name: 'many alerts', count: 2, make: manyAlerts },
    { name: 'encoding', count: 8, make: strangeEncoding },
    { name: 'token', count: 10, make: wrongToken },
  ];
}

function malformed(random: Random): HostileBody {
  const good = JSON.stringify(payload([{}]));
  const body = random.pick([
    () => Buffer.from(good.slice(0, random.between(0, good.length - 1))),
    () => Buffer.from([0xff, 0xfe, random.between(0, 255), 0x00]),
    () => Buffer.from(`${good}${random.pick(['}', ',', '\u0000', good])}`),
    () => Buffer.from(random.pick(['[]', 'null', '"4"', '4', 'true', '""', 'NaN', '{', '<xml/>', 'version=4'])),
    () => Buffer.from(good.replaceAll('"', "'")),
    () => Buffer.from(`\ufeff${random.pick(['', ' '])}{]`),
  ])();
  return { body, expected: 400, field: 'body' };
}

function wrongEnvelope(random: Random): HostileBody {
  const wrong: Record<string, readonly unknown[]> = {
    version: ['3', 4, null, [], '4.0', '__proto__'],
    status: ['Firing', '', null, 1, {}],
    receiver: [null, 1, [], {}],
    groupLabels: [null, [], 'alertname', 1],
    commonLabels: [null, [], '', true],
    alerts: [null, {}, 'alerts', 1, { length: 1e9 }],
  };
  const field = random.pick(Object.keys(wrong));
  const body = { ...payload([{}]), [field]: random.pick(wrong[field] ?? []) };
  return { body: Buffer.from(JSON.stringify(body)), expected: 400, field };
}

function wrongAlerts(random: Random): HostileBody {
  const built = payload([{ fingerprint: 'wrong' }]);
  const [good] = built.alerts as Array<Record<string, unknown>>;
  const odd: unknown[] = [null, 1, -1, 1e308, '', [], {}, true, 'x', [[]], { toString: 1 }];
  const broken = () => {
    const field = random.pick(['status', 'labels', 'annotations', 'startsAt', 'endsAt', 'fingerprint']);
    return { ...good, status: 'neither', [field]: random.pick(odd) };
  };
  const alerts = Array.from({ length: random.between(1, 5) }, () => random.pick([...odd.slice(0, 8), broken()]));
  return { body: Buffer.from(JSON.stringify({ ...built, alerts })), expected: 200 };
}

function prototypeKeys(random: Random): HostileBody {
  const name = random.pick(['__proto__', 'constructor', 'prototype']);
  const poison = `{"${name}":${random.pick(['{"isAdmin":true}', '"x"', 'null', '[]'])}}`;
  const good = JSON.stringify(payload([{ fingerprint: 'poisoned', status: 'resolved' }]));
  const at = random.pick(['"labels":', '"annotations":', '"groupLabels":', '"commonAnnotations":']);
  const start = good.indexOf(at) + at.length;
  const end = good.indexOf('}', start) + 1;
  const body = `${good.slice(0, start)}${poison}${good.slice(end)}`;
  return { body: Buffer.from(body), expected: 200 };
}

function deep(random: Random): HostileBody {
  const depth = 10_000;
  const nest = random.pick([
    () => `${'['.repeat(depth)}${']'.repeat(depth)}`,
    () => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
  ])();
  const good = JSON.stringify(payload([{ fingerprint: 'deep', status: 'resolved' }]));
  return random.pick<() => HostileBody>([
    () => ({ body: Buffer.from('['.repeat(depth) + ']'.repeat(depth)), expected: 400, field: 'body' }),
    () => ({ body: Buffer.from(`{"alerts":${nest}}`), expected: 400, field: 'version' }),
    () => ({ body: Buffer.from(good.replace(/^\{/, `{"unknown":${nest},`)), expected: 200 }),
    () => ({ body: Buffer.from(good.replace('"alerts":[', `"alerts":[${nest},`)), expected: 200 }),
    () => ({ body: Buffer.from(good.replace('"labels":{', `"labels":{"deep":${nest},`)), expected: 200 }),
  ])();
}

function huge(random: Random): HostileBody {
  return { body: Buffer.alloc(random.between(11, 50) * MIB, random.pick(['x', ' ', '[', '{'])), expected: 413 };
}

function gzipped(random: Random): HostileBody {
  const headers = { 'content-encoding': 'gzip' };
  const good = Buffer.from(JSON.stringify(payload([{ fingerprint: 'zipped', status: 'resolved' }])));
  return random.pick<() => HostileBody>([
    () => ({ headers, body: gzipSync(good), expected: 200 }),
    () => ({ headers, body: gzipSync(Buffer.alloc(random.between(64, 256) * MIB)), expected: 413 }),
    () => ({ headers, body: gzipSync(good).subarray(0, random.between(1, 60)), expected: 400, field: 'body' }),
    () => ({ headers, body: good, expected: 400, field: 'body' }),
    () => ({ headers, body: gzipSync(gzipSync(good)), expected: 400, field: 'body' }),
  ])();
}

function manyAlerts(random: Random): HostileBody {
  const one = random.pick(['null', '1', '{}', '""']);
  const built = JSON.stringify({ ...payload([]), status: 'firing' });
  const list = Array.from({ length: 300_000 }, () => one).join(',');
  return { body: Buffer.from(built.replace('"alerts":[]', `"alerts":[${list}]`)), expected: 200 };
}

function strangeEncoding(random: Random): HostileBody {
  const encoding = random.pick(['br', 'deflate', 'zstd', 'gzip, gzip', 'x-evil', 'identity, br']);
  return {
    body: Buffer.from(JSON.stringify(payload([{}]))),
    headers: { 'content-encoding': encoding },
    expected: 415,
  };
}

function wrongToken(random: Random): HostileBody {
  const authorization = random.pick([
    '',
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    'Basic c3lzdGVt',
    'bearer  x',
    'Bearer null',
  ]);
  return { body: Buffer.from(JSON.stringify(payload([{}]))), headers: { authorization }, expected: 401 };
}

/** A class of texts after `/gianna` or `@gianna`. */
export const HOSTILE_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  shell: [
    'restart gianna; rm -rf /',
    'restart $(id)',
    'restart `id`',
    'probe | sh',
    'ack GI-1 && resolve GI-1',
    'restart -oProxyCommand=id',
  ],
  mention: [
    '<!channel>',
    'ack <@U04VIC>',
    'restart <!here>',
    'status <#C01OPS|x>',
    'help <https://evil.example|restart>',
    'incident <!subteam^S1>',
  ],
  path: [
    'incident ../../etc/passwd',
    'probe /proc/self/environ',
    'status file:///etc/shadow',
    'restart %2e%2e%2f',
    'probe \u0000',
  ],
  keys: [
    '__proto__',
    'constructor',
    'status __proto__',
    'restart constructor',
    'probe toString',
    'ack __proto__',
    'restart gianna __proto__=1',
  ],
  numbers: [
    'ack GI-99999999999999999999',
    'ack -1',
    'ack 0',
    'ack 1e9',
    'resolve GI-0x1',
    'incident NaN',
    'ack GI-999',
  ],
  unicode: ['re\u200Bstart giann\u0430', '\u202Etratser', '\uD800', 'ａｃｋ ９９９', 'restart 👩‍👩‍👧‍👦', 'проверь'],
  huge: [
    `restart ${'a'.repeat(3000)}`,
    'a'.repeat(10_000),
    Array.from({ length: 900 }, (_, n) => `GI-${n + 500}`).join(' '),
  ],
  json: [
    '{"verb":"run"}',
    '[1,2]',
    '{"v":1,"i":"GI-1","n":0}',
    'restart {"service":"gianna"}',
    'runbook run restart service=gianna',
  ],
};
