import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EXAMPLES, EXAMPLES_ENV } from '../core/config/folder.ts';
import { type LocalSlack, startLocalSlack } from '../support/local-slack.ts';
import { callCli } from './call.ts';

interface Shown {
  readonly path: string;
  readonly severity: string;
  readonly message: string;
}

// ana U01ONCALL and ben U03DEV, U03BEN take turns; marco U02MGR is on no schedule.
const USERS = ['U01ONCALL', 'U02MGR', 'U03DEV', 'U03BEN'];

describe('check --connect with Slack', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-check-'));
    cpSync(EXAMPLES, folder, { recursive: true });
    for (const file of ['hosts.yml', 'probes.yml']) rmSync(join(folder, file)); // no hosts to reach: Slack alone
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function check(apiUrl: string, token = 'xoxb-test-token') {
    const env = { ...EXAMPLES_ENV, GIANNA_CONFIG: folder, SLACK_API_URL: apiUrl, SLACK_BOT_TOKEN: token };
    const { code, out, err } = await callCli(['check', '--connect', '--json'], env);
    const shown = (JSON.parse(out) as Shown[]).filter(({ message }) => /Slack|bot/.test(message));
    return { code, problems: shown.map(({ path, severity, message }) => [path, severity, message]), all: out + err };
  }

  describe('with a Slack that answers', () => {
    let slack: LocalSlack;
    beforeAll(async () => {
      const users = USERS.filter((id) => id !== 'U03BEN').map((id) => ({
        id,
        name: id.toLowerCase(),
        real_name: id,
        email: `${id.toLowerCase()}@company.com`,
      }));
      slack = await startLocalSlack({
        users,
        channels: [{ id: 'C01OPS', name: 'gianna-ops', members: USERS.slice(0, 1) }],
      });
    });
    afterAll(() => slack.stop());

    it('names an account that Slack does not know, at its person', async () => {
      const { code, problems } = await check(`${slack.url}/api/`);

      expect(problems).toEqual([['people.ben.slack', 'error', 'Slack does not know U03BEN of ben']]);
      expect(code).toBe(1);
    });
  });

  describe('with what the local Slack cannot say', () => {
    let server: Server;
    let answer: (user: string) => object;
    beforeEach(async () => {
      server = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        request.on('end', () => {
          const user = new URLSearchParams(body).get('user') ?? '';
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer(user)));
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));
    const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;

    it('is an error for who is on call soon and deactivated, a warning for who is not, and silent for the others', async () => {
      answer = (id) => ({ ok: true, user: { id, deleted: id === 'U01ONCALL' || id === 'U02MGR' } });

      const { code, problems } = await check(url());

      expect(problems).toEqual([
        [
          'people.ana.slack',
          'error',
          'U01ONCALL of ana is deactivated in Slack, and ana is on call within the weeks ahead',
        ],
        ['people.marco.slack', 'warning', 'U02MGR of marco is deactivated in Slack'],
      ]);
      expect(code).toBe(1);
    });

    it.each([
      ['missing_scope', { ok: false, error: 'missing_scope' }],
      ['invalid_auth', { ok: false, error: 'invalid_auth' }],
      ['http_200', ['nothing of that kind']],
    ])('warns once when Slack says %s, and says no token', async (why, said) => {
      answer = () => said;

      const { code, problems, all } = await check(url(), 'xoxb-secret-canary');

      expect(problems).toEqual([['people', 'warning', `Slack could not be asked about people: ${why}`]]);
      expect(code).toBe(0);
      expect(all).not.toContain('xoxb-secret-canary');
    });
  });

  it('warns once when Slack cannot be reached', async () => {
    const { code, problems } = await check('http://127.0.0.1:9/api/');

    expect(problems).toEqual([['people', 'warning', 'Slack could not be asked about people: ECONNREFUSED']]);
    expect(code).toBe(0);
  });
});
