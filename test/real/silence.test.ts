import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Alertmanager, startAlertmanager } from '../support/alertmanager.ts';
import { BOT_CHANNELS, BOT_USERS, OPS, routesFile } from '../support/bot-config.ts';
import { type Bot, createBot } from '../support/bot-process.ts';
import { type LocalSlack, startLocalSlack } from '../support/local-slack.ts';
import { mayRun } from '../support/need.ts';
import { findCommand, until } from '../support/process.ts';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.ts';
import { messagesIn, wordsOf } from '../support/slack-person.ts';

const run = promisify(execFile);
const missing = ['prometheus-alertmanager', 'amtool'].find((name) => findCommand(name) === null);

interface Incident {
  readonly id: string;
  readonly title: string;
  readonly alertname: string;
  readonly severity: string;
  readonly flags: readonly string[];
  readonly escalation: { readonly nextAt: string | null };
}
interface Silence {
  readonly id: string;
  readonly status: string;
  readonly madeHere: boolean;
  readonly author: string;
  readonly matchers: readonly string[];
  readonly alertmanagerId: string;
  readonly failure: string | null;
  readonly mutesNow: { readonly alerts: number } | null;
}
interface Held {
  readonly id: string;
  readonly comment: string;
  readonly createdBy: string;
  readonly status: { readonly state: string };
}

describe.runIf(mayRun(missing === undefined ? null : `${missing} is not installed`))(
  'silences in a real Alertmanager',
  () => {
    let slack: LocalSlack;
    let alertmanager: Alertmanager;
    /** Between Alertmanager and our webhook, and between us and Alertmanager's API. */
    let webhooks: RecordingProxy;
    let api: RecordingProxy;
    let bot: Bot;

    beforeAll(async () => {
      slack = await startLocalSlack({ users: BOT_USERS, channels: BOT_CHANNELS });
      bot = await createBot({ slackUrl: slack.url, env: { GIANNA_LOG_LEVEL: 'info' } });
      webhooks = await startRecordingProxy(() => bot.url);
      const started = await startAlertmanager({
        webhook: `${webhooks.url}/webhooks/alertmanager`,
        token: bot.token,
        groupBy: ['alertname'],
        groupInterval: '1s',
      });
      if (started === null) throw new Error('Alertmanager did not start');
      alertmanager = started;
      api = await startRecordingProxy(() => alertmanager.url);
      bot.configure({ 'routes.yml': { ...routesFile(), alertmanager: { url: api.url } } });
      await bot.startReady();
    });
    afterAll(async () => {
      await bot?.remove();
      await api?.stop();
      await webhooks?.stop();
      await alertmanager?.stop();
      await slack?.stop();
    });

    const fire = (labels: Record<string, string>) =>
      alertmanager.send([{ labels, annotations: { summary: `${labels.alertname} fires` }, endsAt: hoursFromNow(3) }]);
    const incidents = async () => (await bot.cliJson('incidents')) as Incident[];
    const incidentOf = (alertname: string, wanted: (incident: Incident) => boolean = () => true) =>
      until(
        `the incident of ${alertname}`,
        async () => (await incidents()).find((one) => one.alertname === alertname && wanted(one)),
        60_000,
      );
    const silences = async () => (await bot.cliJson('silence', 'list')) as Silence[];
    const held = async () => {
      const all = (await (await fetch(`${alertmanager.url}/api/v2/silences`)).json()) as Held[];
      return all.filter(({ status }) => status.state === 'active');
    };
    const delivered = (word: string) => webhooks.requests.some(({ body }) => body.includes(word));
    const add = (...argv: string[]) => bot.cliJson('silence', 'add', ...argv) as Promise<{ silence: Silence }>;

    it('made from the command line, mute for real: no webhook, a flagged incident, no page', async () => {
      await fire({ alertname: 'LlmDown', severity: 'critical', component: 'llm', instance: 'a' });
      const incident = await incidentOf('LlmDown', ({ escalation }) => escalation.nextAt !== null);
      expect(incident.severity).toBe('P1');

      const { silence } = await add(
        ...['alertname=LlmDown', 'component=llm', '--for', '2h', '--reason', 'the provider knows', '--author', 'ana'],
        ...['--incident', incident.id],
      );

      expect(silence).toMatchObject({ id: 'SIL-1', status: 'active', madeHere: true, mutesNow: { alerts: 1 } });
      expect(await held()).toMatchObject([
        {
          id: silence.alertmanagerId,
          comment: `${incident.id} SIL-1 by ana (command line): the provider knows`,
          createdBy: 'ana (command line)',
        },
      ]);
      const quiet = await incidentOf('LlmDown', ({ flags }) => flags.includes('silenced'));
      expect(quiet.escalation.nextAt).toBeNull();

      await fire({ alertname: 'LlmDown', severity: 'critical', component: 'llm', instance: 'muted-one' });
      await fire({ alertname: 'CacheMisses', severity: 'warning', component: 'cache' });
      await incidentOf('CacheMisses');
      expect(delivered('muted-one')).toBe(false);
      expect((await silences()).find(({ id }) => id === 'SIL-1')?.mutesNow?.alerts).toBe(2);
    });

    it('lifted, are heard again: the webhook comes, the flag goes, the pages go on', async () => {
      const lifted = (await bot.cliJson('silence', 'lift', 'SIL-1')) as Silence;

      expect(lifted.status).toBe('lifted');
      expect(await held()).toEqual([]);
      const heard = await incidentOf('LlmDown', ({ flags }) => !flags.includes('silenced'));
      expect(heard.escalation.nextAt).not.toBeNull();
      await until('the webhook of the alert that was muted', () => delivered('muted-one'), 60_000);
    });

    it('tell channel or author before they end, and end', async () => {
      const { silence } = await add('alertname=CacheMisses', '--for', '20s', '--reason', 'short', '--author', 'ana');

      const told = await until(
        'the word before the end',
        async () => (await messagesIn(slack.url, OPS)).find((one) => wordsOf(one).includes(`${silence.id} ends in`)),
        60_000,
      );
      expect(wordsOf(told)).toContain('mutes 1 alert');
      await until(
        'its end',
        async () => {
          const view = (await bot.cliJson('silence', 'show', silence.id)) as Silence;
          return view.status === 'expired';
        },
        60_000,
      );
      await incidentOf('CacheMisses', ({ flags }) => !flags.includes('silenced'));
    });

    it('wait for a second person when they would mute a P0, say what it is, and can be withdrawn', async () => {
      await fire({ alertname: 'GiannaServiceDown', severity: 'critical', component: 'health' });
      const incident = await incidentOf('GiannaServiceDown');

      const argv = ['silence', 'add', 'alertname=GiannaServiceDown', '--for', '1h', '--reason', 'be still'];
      const { run, preview } = (await bot.cliJson(...argv)) as {
        run: string;
        preview: { second: { because: string } };
      };
      const agreed = await bot.cli('approve', run, '--hash', '0123456789ab');
      const waiting = await bot.cliJson('runs', run);
      const withdrawn = await bot.cli('deny', run, '--reason', 'not needed');

      expect(preview.second.because).toContain(`GiannaServiceDown (${incident.id})`);
      expect(waiting).toMatchObject({ runbook: 'wide-silence', status: 'waiting' });
      expect([agreed.code, withdrawn.code]).toEqual([1, 0]);
      expect(await bot.cliJson('runs', run)).toMatchObject({ status: 'refused' });
      expect(await held()).toEqual([]);
    });

    it('are made once when the bot is killed between asking and hearing the answer', async () => {
      const killed = new Promise<void>((resolve) => {
        api.trap(
          ({ method, path }) => method === 'POST' && path === '/api/v2/silences',
          () => void bot.kill().then(resolve),
        );
      });
      const asking = bot.cli('silence', 'add', 'alertname=QueueLong', '--for', '1h', '--reason', 'killed meanwhile');
      await killed;
      await asking;
      expect(await held()).toHaveLength(1);

      await run('amtool', [
        `--alertmanager.url=${alertmanager.url}`,
        ...['silence', 'add', 'alertname=DiskFull', '--author=eve', '--comment=made by amtool', '--duration=1h'],
      ]);
      await bot.startReady();
      await until(
        'both',
        async () => (await silences()).filter(({ status }) => status === 'active').length === 2,
        60_000,
      );

      expect(await held()).toHaveLength(2);
      const ours = (await silences()).filter(({ madeHere }) => madeHere);
      expect(ours).toMatchObject([{ status: 'active', matchers: ['alertname="QueueLong"'], failure: null }]);
    });

    it('made by amtool are listed as not made here, and can be lifted from here', async () => {
      const foreign = (await silences()).find(({ madeHere }) => !madeHere);
      expect(foreign).toMatchObject({ author: 'eve', matchers: ['alertname="DiskFull"'] });

      const lifted = (await bot.cliJson('silence', 'lift', String(foreign?.id))) as Silence;

      expect(lifted).toMatchObject({ status: 'lifted', alertmanagerId: foreign?.id });
      expect((await held()).map(({ createdBy }) => createdBy)).not.toContain('eve');
    });

    it('leave a journal whose states are what its events come to', async () => {
      expect(await bot.cliJson('journal', 'verify', '--state')).toMatchObject({ ok: true });
    });
  },
);

function hoursFromNow(hours: number): string {
  return new Date(Date.now() + hours * 3_600_000).toISOString();
}
