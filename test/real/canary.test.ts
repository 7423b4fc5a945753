import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRedisClient } from '../../src/probes/redis-client.ts';
import { ANA, BOT_CHANNELS, BOT_USERS, MARCO, OPS } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import { startHttpService, type TestHttpService } from '../support/http-service.ts';
import { control, type LocalSlack, look, startLocalSlack } from '../support/local-slack.ts';
import { type NamespaceHosts, startNamespaceHosts, whyNoHosts } from '../support/namespace-hosts.ts';
import { mayRun } from '../support/need.ts';
import { payload } from '../support/payloads.ts';
import { until } from '../support/process.ts';
import { startRedis, type TestRedis, whyNoRedis } from '../support/redis.ts';
import { messagesIn, watchThread, wordsOf } from '../support/slack-person.ts';
import { type SlackProxy, startSlackProxy } from '../support/slack-proxy/proxy.ts';
import { type SeenInProcesses, seeInProcesses } from '../support/watch-processes.ts';

const TOKEN = /gops_[0-9a-f]{10}_[\w-]{43}/;

/** What is looked for: it stays as it is inside of JSON and URLs, whatever stands around it. Half of it is a find, too. */
const CORE = randomBytes(20).toString('hex');
const HALVES = [CORE.slice(0, 20), CORE.slice(20)];
/** With characters that JSON, URLs and shells write otherwise. */
const CANARY = `c4n4ry ${CORE}"/+&%'$end`;

/** Prints what it got as it is, cut in two, in JSON, in a URL, and where a line is cut for a summary; then lingers a moment. */
const ECHOES = `
const key = process.env.KEY, input = require('fs').readFileSync(0, 'utf8');
const say = (out) => { out.write('x'.repeat(120) + key + '\\n'); out.write(key.slice(0, 30)); };
const rest = (out) => { out.write(key.slice(30) + '\\n' + JSON.stringify({ key, input }) + '\\n' + encodeURIComponent(key) + '\\n' + input + '\\n'); };
say(process.stdout); say(process.stderr);
setTimeout(() => { rest(process.stdout); rest(process.stderr); process.exitCode = Number(process.argv[1] ?? 0); }, 300);
`;

interface RunJson {
  readonly id: string;
  readonly status: string;
  readonly summary: string;
  readonly steps: ReadonlyArray<{ readonly id: string; readonly status: string; readonly summary: string }>;
}

describe.runIf(mayRun(whyNoHosts() ?? whyNoRedis()))('a secret that runs use', () => {
  let folder: string;
  let hosts: NamespaceHosts;
  let redis: TestRedis;
  let http: TestHttpService;
  let slack: LocalSlack;
  let proxy: SlackProxy;
  let bot: Bot;
  const heard: string[] = [];
  const printed: string[] = [];
  let good: RunJson;
  let bad: RunJson;
  let processes: SeenInProcesses;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-canary-'));
    writeFileSync(join(folder, 'key'), `${CANARY}\n`, { mode: 0o600 });
    [hosts, redis] = await Promise.all([startNamespaceHosts(['web-1']), startRedis()]);
    await asRedis(null, ['CONFIG', 'SET', 'requirepass', CANARY]);
    http = await startHttpService((request, response) => {
      heard.push(JSON.stringify(request.headers));
      response.writeHead(418, { 'content-type': 'application/json' });
      const echo = String(request.headers['x-key']);
      response.end(JSON.stringify({ cut: `${'y'.repeat(120)}${echo}`, echo, url: encodeURIComponent(echo) }));
    });
    slack = await startLocalSlack({ users: BOT_USERS, channels: BOT_CHANNELS });
    proxy = await startSlackProxy({ upstream: slack.url, limits: 'real' });
    bot = await createBot({
      slackUrl: proxy.url,
      config: config(),
      env: { CANARY_KEY_FILE: join(folder, 'key'), GIANNA_LOG_LEVEL: 'debug' },
    });
    await bot.startReady();
    await bot.post(payload([{ fingerprint: 'f1', labels: { alertname: 'Canary', severity: 'critical' } }]));
    await thread().parentSays('GI-1');
    processes = await seeInProcesses(CORE, bothRuns());
  });
  afterAll(async () => {
    await bot?.remove();
    await proxy?.stop();
    await Promise.all([slack?.stop(), hosts?.stop(), redis?.stop(), http?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const thread = () => watchThread({ url: proxy.url, channel: OPS, user: ANA, alertname: 'Canary' });
  const home = () => hosts.hosts[0]?.home ?? '';

  function config() {
    const { address, user, keyFile, hostKey } = hosts.hosts[0]?.config() ?? {};
    const ssh = { connect: 'ssh', address, user, key_file: keyFile, host_key: hostKey };
    const key = '${key}';
    const echoes = { argv: [process.execPath, '-e', ECHOES], env: { KEY: key }, input: key };
    const on = 'web-1';
    const server = { url: `redis://127.0.0.1:${redis.port}`, password: key };
    const common = { parameters: { key: { type: 'secret' } }, summary: 'Uses a secret in every way that there is' };
    return {
      'hosts.yml': { hosts: { 'web-1': ssh } },
      'runbooks/uses.yml': {
        ...{ runbook: 'uses', risk: 'R2', ...common },
        steps: [
          { id: 'echo', command: echoes, on },
          { id: 'write', file: { path: join(home(), 'kept'), content: key }, on },
          {
            id: 'call',
            http: {
              method: 'POST',
              url: http.url,
              headers: { 'X-Key': key },
              token: key,
              json: { key },
              expect: { status: 418 },
            },
          },
          { id: 'keep', redis: { ...server, command: ['SET', 'kept', key] } },
          { id: 'read', redis: { ...server, command: ['GET', 'kept'] } },
          // results of steps that printed it, in the argv of another and in a message
          { id: 'again', command: { argv: ['echo', '${echo.stdout}', '${call.json.cut}', '${read.reply}'] }, on },
          { id: 'tell', notify: { text: '${echo.stdout} ${call.json.echo} ${read.reply}' } },
        ],
      },
      'runbooks/fails.yml': {
        ...{ runbook: 'fails', risk: 'R3', ...common },
        steps: [{ id: 'echo', command: { ...echoes, argv: [...echoes.argv, '3'] }, on }],
      },
    };
  }

  /** One that goes well, and one that a second person agreed to and that fails with the secret in what it prints. */
  async function bothRuns(): Promise<void> {
    const given = ['key=CANARY_KEY', '--incident', 'GI-1'];
    printed.push(JSON.stringify(await bot.cli('runbook', 'plan', 'uses', ...given)));
    await control(proxy.url, 'command', { channel: OPS, user: ANA, command: '/gianna', text: 'runbook run uses' });
    good = await ended('uses', await bot.cli('runbook', 'run', 'uses', ...given, '--wait', '--json'));
    await bot.cli('runbook', 'run', 'fails', ...given, '--reason', 'to see');
    const [asked] = (await bot.cliJson('runs')) as Array<RunJson & { planHash: string }>;
    await useTokenOf(MARCO);
    printed.push(JSON.stringify(await bot.cli('approve', asked?.id ?? '', '--hash', asked?.planHash ?? '')));
    bad = await until('the run that fails has ended', async () => {
      const run = (await bot.cliJson('runs', asked?.id ?? '')) as RunJson;
      return ['waiting', 'running'].includes(run.status) ? null : run;
    });
    for (const { id } of [good, bad]) {
      await thread().replySays(`${id} in the thread`, (words) => words.includes(id));
    }
  }

  async function ended(runbook: string, { stdout, stderr }: { stdout: string; stderr: string }): Promise<RunJson> {
    printed.push(stdout, stderr);
    const run = (JSON.parse(stdout) as Partial<RunJson>).steps === undefined ? null : (JSON.parse(stdout) as RunJson);
    if (run === null) throw new Error(`${runbook} did not run: ${stdout}${stderr}`);
    return run;
  }

  /** The command line is this person from now on. */
  async function useTokenOf(user: string): Promise<void> {
    await control(slack.url, 'command', { channel: OPS, user, command: '/gianna', text: 'cli-token --for 1h' });
    const shown = () => messagesIn(slack.url, OPS).then((all) => TOKEN.exec(all.map(wordsOf).join('\n'))?.[0]);
    const file = join(bot.environment.HOME ?? '', '.config/gianna-ops/token');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${await until('the token', shown)}\n`, { mode: 0o600 });
  }

  async function asRedis(password: string | null, [name = '', ...words]: readonly string[]): Promise<unknown> {
    const client = await createRedisClient(redis.url, password === null ? {} : { password });
    await client.connect();
    try {
      return await client.call(name, ...words);
    } finally {
      client.disconnect();
    }
  }

  const expectNone = (what: string, text: string) => {
    for (const half of HALVES) {
      const at = text.indexOf(half);
      expect(at === -1 ? '' : `${what}: …${text.slice(Math.max(0, at - 200), at + 60)}`).toBe('');
    }
  };

  it('was used: the programs, the file, the service and Redis all got it', async () => {
    expect(good, JSON.stringify(good, null, 1)).toMatchObject({ status: 'succeeded' });
    expect(bad.status).toBe('failed');
    expect(bad.steps[0]?.summary).toContain('exit 3');
    expect(readFileSync(join(home(), 'kept'), 'utf8')).toBe(CANARY);
    expect(heard.map((headers) => JSON.parse(headers))).toEqual([
      expect.objectContaining({ 'x-key': CANARY, authorization: `Bearer ${CANARY}` }),
    ]);
    expect(await asRedis(CANARY, ['GET', 'kept'])).toBe(CANARY);
  });

  it('stands in no argv, and in no environment but that of the program that was given it', () => {
    expect(processes.argv).toEqual([]);
    expect(processes.variables).toEqual(['KEY']);
    expect(processes.looks).toBeGreaterThan(20);
  });

  it('stands in nothing that the command line prints', async () => {
    const calls = [
      ['runs', '--json'],
      ...[good, bad].flatMap(({ id }) => ['--log', '--plan'].map((what) => ['runs', id, what])),
      ...[
        ['incidents', 'GI-1', '--json'],
        ['journal', 'tail', '-n', '1000', '--json'],
        ['journal', 'export'],
      ],
    ];

    const all = await Promise.all(calls.map((argv) => bot.cli(...argv)));

    expectNone('earlier calls', printed.join('\n'));
    for (const [index, { code, stdout, stderr }] of all.entries()) {
      expect({ call: calls[index], code }).toEqual({ call: calls[index], code: 0 });
      expectNone(calls[index]?.join(' ') ?? '', stdout + stderr);
    }
    const log = all[1]?.stdout ?? '';
    expect(log.match(/\[redacted\]/g)?.length).toBeGreaterThan(8);
  });

  it('stands in nothing that Slack was sent: messages, forms, the full log', async () => {
    const message = await until('the run has a button for its log', async () =>
      (await messagesIn(slack.url, OPS)).find((each) => wordsOf(each).includes('gi.log')),
    );
    const block = message.blocks?.find(({ elements }) => elements?.some((each) => each.action_id === 'gi.log'));
    const value = block?.elements?.find((each) => each.action_id === 'gi.log')?.value;
    const action = { type: 'button', action_id: 'gi.log', block_id: block?.block_id, value };
    await control(proxy.url, 'interact', { channel: OPS, messageTs: message.ts, user: ANA, action });
    await until('the log is asked to be uploaded', async () => proxy.callsOf('files.getUploadURLExternal').length > 0);

    expect(proxy.callsOf('views.open').length).toBeGreaterThan(0);
    expectNone('calls', JSON.stringify(proxy.calls));
    expectNone('what Slack keeps', JSON.stringify(await look(slack.url, 'state')));
    expectNone('what Slack logged', JSON.stringify(await look(slack.url, 'log')));
  });

  it('stands in no page, no metric and no line of its log', async () => {
    const pages = await Promise.all(
      ['/metrics', '/ready', '/health', '/status'].map(async (path) => (await fetch(`${bot.url}${path}`)).text()),
    );

    expectNone('pages', pages.join('\n'));
    expectNone('log', bot.output());
    expect(bot.output()).toContain('run ended');
  });

  it('stands in no file that the bot wrote, while it runs and after its end', async () => {
    const own = dirname(dirname(bot.database));
    const files = () => filesBelow(own).map((path) => [path, readFileSync(path, 'latin1')] as const);

    const whileRunning = files();
    bot.signal('SIGTERM');
    await bot.ended();
    const after = files();

    for (const [path, text] of [...whileRunning, ...after]) expectNone(path, text);
    expect(whileRunning.some(([path]) => path === bot.database)).toBe(true);
    const locks = filesBelow(home()).filter((path) => path !== join(home(), 'kept'));
    expect(locks.length).toBeGreaterThan(0);
    for (const path of locks) expectNone(path, readFileSync(path, 'latin1'));
    expectNone('the end of its log', bot.output());
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
