import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FORMS } from '../../../src/bot/modals/forms.ts';
import {
  connected,
  createTestDesk,
  type TestDesk,
  testIncident,
  testLease,
  testPreview,
  testRule,
} from '../../support/desk.ts';
import { control, type LocalSlack, startLocalSlack } from '../../support/local-slack.ts';
import { type SlackProxy, startSlackProxy } from '../../support/slack-proxy/proxy.ts';
import { openSlackUi, type SlackUi } from '../../support/slack-ui.ts';

const ANA = 'U01ONCALL';
const GUEST = 'U09GUEST';
type Values = Parameters<SlackUi['submit']>[1];
const typed = (value: string): Values[string] => ({ value: { type: 'plain_text_input', value } });
const picked = (value: string): Values[string] => ({ value: { type: 'static_select', selected_option: { value } } });
const ticked = (...values: string[]): Values[string] => ({
  value: { type: 'checkboxes', selected_options: values.map((value) => ({ value })) },
});

const eventually = (check: () => void) => vi.waitFor(check, 15_000);

describe('the forms behind More actions', () => {
  let slack: LocalSlack;
  let proxy: SlackProxy;
  let desk: TestDesk;
  let ui: SlackUi;
  let parentTs = '';

  beforeAll(async () => {
    slack = await startLocalSlack({
      users: [
        { id: ANA, name: 'ana', real_name: 'Ana Oncall', email: 'ana@company.com' },
        { id: GUEST, name: 'gus', real_name: 'Gus Guest', email: 'gus@elsewhere.com' },
      ],
      channels: [{ id: 'C01OPS', name: 'gianna-ops', members: [ANA, GUEST, 'U0BOT'] }],
    });
  });
  beforeEach(async () => {
    proxy = await startSlackProxy({ upstream: slack.url, limits: 'off' });
    desk = await createTestDesk({ url: proxy.url });
    desk.incidents.set('GI-1', testIncident('GI-1', { severity: 'P1', alerts: { firing: 2, resolved: 0 } }));
    desk.incidents.set('GI-7', testIncident('GI-7'));
    desk.incidents.set('GI-9', testIncident('GI-9', { status: 'resolved' }));
    desk.alerts.set('GI-1', [
      { fingerprint: '00000000c0ffee01', isFiring: true, labels: { alertname: 'ApiSlow', instance: 'web-1' } },
      { fingerprint: '00000000c0ffee02', isFiring: true, labels: { alertname: 'ApiSlow', instance: 'web-2' } },
    ]);
    desk.listener.start();
    await connected(desk);
    ui = await openSlackUi(slack.url);
    const posted = await fetch(`${slack.url}/api/chat.postMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer xoxb-test-token' },
      body: JSON.stringify({ channel: 'C01OPS', text: 'parent' }),
    });
    parentTs = ((await posted.json()) as { ts: string }).ts;
  });
  afterEach(async () => {
    ui.close(ANA);
    ui.stop();
    await desk.stop();
    await proxy.stop();
  });
  afterAll(() => slack.stop());

  const interact = (user: string, action: object) =>
    control(slack.url, 'interact', { channel: 'C01OPS', messageTs: parentTs, user, action });
  const pick = (verb: string, incident = 'GI-1', user = ANA) =>
    interact(user, {
      type: 'static_select',
      action_id: 'gi.more',
      block_id: 'b',
      selected_option: { value: JSON.stringify({ v: 1, i: incident, n: 3, verb }) },
    });
  const press = (verb: string, incident: string | null = 'GI-1', user = ANA) => {
    const value = JSON.stringify(incident === null ? { v: 1, n: 0 } : { v: 1, i: incident, n: 3 });
    return interact(user, { type: 'button', action_id: `gi.${verb}`, block_id: 'b', value });
  };
  const opened = () => ui.frame((frame) => frame.t === 'view');
  const told = () => JSON.stringify(proxy.callsOf('chat.postEphemeral'));

  it.each<[string, Values, object]>([
    [
      'snooze',
      { seconds: picked('7200'), reason: typed('vendor is at it') },
      { seconds: 7200, reason: 'vendor is at it' },
    ],
    ['severity', { to: picked('P0'), reason: typed('nobody can pay') }, { to: 'P0', reason: 'nobody can pay' }],
    ['assign', { to: picked('ben') }, { to: 'ben' }],
    ['note', { text: typed('failed over') }, { text: 'failed over' }],
    ['merge', { into: picked('GI-7'), reason: typed('same disk') }, { into: 'GI-7', reason: 'same disk' }],
    [
      'split',
      { fingerprints: ticked('00000000c0ffee02'), reason: typed('another host') },
      { fingerprints: ['00000000c0ffee02'], reason: 'another host' },
    ],
    [
      'silence',
      { matchers: typed('alertname="ApiSlow"'), seconds: picked('3600'), reason: typed('new disk') },
      {
        matchers: [{ name: 'alertname', value: 'ApiSlow', isRegex: false, isEqual: true }],
        seconds: 3600,
        reason: 'new disk',
      },
    ],
  ])(
    'a pick of %s opens its form and stores nothing; submitting it asks for exactly that',
    async (verb, values, args) => {
      await pick(verb);
      await opened();
      expect(desk.commands).toEqual([]);

      ui.submit(ANA, values);

      await eventually(() => expect(desk.commands).toHaveLength(1));
      expect(desk.commands[0]).toMatchObject({ verb, via: 'modal', by: `slack:${ANA}`, incident: 'GI-1', seen: 3 });
      expect(desk.commands[0]?.args).toEqual(args);
      await eventually(() => expect(told()).toContain('✓'));
    },
  );

  it.each<[string, string, Values, object]>([
    [
      'renew',
      'LEASE-3',
      { lease: picked('LEASE-3'), seconds: picked('3600'), reason: typed('') },
      { verb: 'renew', incident: 'GI-7', args: { lease: 'LEASE-3', seconds: 3600 } },
    ],
    [
      'lease-end',
      'LEASE-3',
      { lease: picked('LEASE-3'), reason: typed('load is gone') },
      { verb: 'undo', run: 'RUN-7', incident: 'GI-7', args: { steps: ['more'], reason: 'load is gone' } },
    ],
    [
      'lease-abandon',
      'LEASE-4',
      { lease: picked('LEASE-4'), reason: typed('mended by hand') },
      { verb: 'lease-abandon', args: { lease: 'LEASE-4', reason: 'mended by hand' } },
    ],
  ])('a press of %s of a lease opens its form and asks for exactly that once it is submitted', async (...about) => {
    const [verb, lease, values, command] = about;
    desk.leases.push(testLease('LEASE-3', { incident: 'GI-7' }), testLease('LEASE-4', { state: 'failed' }));
    await interact(ANA, {
      type: 'button',
      action_id: `gi.${verb}`,
      block_id: 'b',
      value: JSON.stringify({ v: 1, s: lease, n: 0 }),
    });
    const view = await opened();
    const before = [...desk.commands];

    ui.submit(ANA, values);

    await eventually(() => expect(desk.commands).toHaveLength(1));
    expect(before).toEqual([]);
    expect(JSON.stringify(view)).toContain('gianna has 6 replicas');
    expect(desk.commands[0]).toMatchObject({ ...command, via: 'modal', by: `slack:${ANA}` });
  });

  it('keeps a lease from whoever may not act, and a rule from whoever is no admin', async () => {
    desk.leases.push(testLease('LEASE-3'));
    desk.rules.push(testRule('restart-when-down'));
    const value = (s: string) => JSON.stringify({ v: 1, s, n: 0 });

    await interact(GUEST, { type: 'button', action_id: 'gi.renew', block_id: 'b', value: value('LEASE-3') });
    await eventually(() => expect(told()).toContain('Renewing a lease'));
    await interact(ANA, {
      type: 'button',
      action_id: 'gi.remediation-on',
      block_id: 'b',
      value: value('restart-when-down'),
    });
    await eventually(() => expect(told()).toContain('needs the role admin'));

    expect(desk.commands).toEqual([]);
  });

  it('reopens only with a reason', async () => {
    await press('reopen', 'GI-9');
    await opened();

    ui.submit(ANA, { reason: typed('x') });
    expect(JSON.stringify(await ui.frame((frame) => frame.t === 'view_errors'))).toContain('3 to 300');
    ui.submit(ANA, { reason: typed('still broken') });

    await eventually(() => expect(desk.commands).toMatchObject([{ verb: 'reopen', incident: 'GI-9' }]));
  });

  it('opens an incident by hand without one to be about', async () => {
    await press('open', null);
    await opened();

    ui.submit(ANA, { title: typed('Checkout is slow'), severity: picked('P1'), service: picked('gianna') });

    await eventually(() => expect(desk.commands).toHaveLength(1));
    expect(desk.commands[0]).not.toHaveProperty('incident');
    expect(desk.commands[0]?.args).toEqual({ title: 'Checkout is slow', severity: 'P1', service: 'gianna' });
  });

  it('pages somebody about an incident that is chosen in the form', async () => {
    await press('page', null);
    await opened();

    ui.submit(ANA, { to: picked('schedule:backup'), about: picked('GI-7'), message: typed('the replica is gone') });

    await eventually(() => expect(desk.commands).toHaveLength(1));
    const args = { to: 'schedule:backup', message: 'the replica is gone' };
    expect(desk.commands[0]).toMatchObject({ verb: 'escalate', incident: 'GI-7', seen: 3, via: 'modal', args });
    await eventually(() => expect(told()).toContain('✓ GI-7'));
  });

  it('pages somebody about a new incident: it is opened first, by the first line of the message', async () => {
    desk.decide = ({ verb }) =>
      verb === 'open' ? { kind: 'done', text: 'GI-12 opened.', incident: 'GI-12' } : { kind: 'done', text: 'paged' };
    await press('page', null);
    await opened();
    const message = 'Checkout is slow\nThree customers wrote.';

    ui.submit(ANA, { to: picked('person:ben'), severity: picked('P1'), message: typed(message) });

    await eventually(() => expect(desk.commands).toHaveLength(2));
    expect(desk.commands).toMatchObject([
      { verb: 'open', args: { title: 'Checkout is slow', severity: 'P1', description: message } },
      { verb: 'escalate', incident: 'GI-12', args: { to: 'person:ben', message } },
    ]);
    await eventually(() => expect(told()).toContain('GI-12: paged'));
  });

  it('pages nobody when the new incident could not be opened', async () => {
    desk.decide = () => ({ kind: 'refused', code: 'X', text: 'It was not opened.', remedy: '' });
    await press('page', null);
    await opened();

    ui.submit(ANA, { to: picked('person:ben'), severity: picked('P1'), message: typed('Checkout is slow') });

    await eventually(() => expect(told()).toContain('It was not opened'));
    expect(desk.commands.map(({ verb }) => verb)).toEqual(['open']);
  });

  it.each<[Values, string]>([
    [{ about: picked('GI-7'), message: typed('gone') }, 'Choose somebody'],
    [{ to: picked('person:ben'), about: picked('GI-9') }, 'Choose an incident that is open'],
    [{ to: picked('person:ben'), message: typed('Checkout is slow') }, 'Choose how bad'],
    [{ to: picked('person:ben'), severity: picked('P1') }, 'Say what is wrong'],
  ])('pages nobody and says under the field what is wrong: %j', async (values, words) => {
    await press('page', null);
    await opened();

    ui.submit(ANA, values);

    expect(JSON.stringify(await ui.frame((frame) => frame.t === 'view_errors'))).toContain(words);
    expect(desk.commands).toEqual([]);
  });

  it.each<[string, Values, string]>([
    ['snooze', { reason: typed('vendor') }, 'Choose how long'],
    ['snooze', { seconds: picked('60'), reason: typed('') }, '3 to 300'],
    ['severity', { to: picked('P1'), reason: typed('worse') }, 'It is P1 already'],
    ['assign', { to: picked('nobody') }, 'Choose somebody'],
    ['note', { text: typed('   ') }, 'Write something'],
    ['merge', { into: picked('GI-9'), reason: typed('same disk') }, 'Choose an incident that is open'],
    ['split', { reason: typed('another host') }, 'Tick the alerts'],
    ['split', { fingerprints: ticked('00000000c0ffee01', '00000000c0ffee02'), reason: typed('other') }, 'one to leave'],
    ['silence', { matchers: typed('no matcher'), seconds: picked('60'), reason: typed('disk') }, 'is no matcher'],
  ])('says under the field of %s what is wrong, and stores nothing', async (verb, values, words) => {
    await pick(verb);
    await opened();

    ui.submit(ANA, values);

    expect(JSON.stringify(await ui.frame((frame) => frame.t === 'view_errors'))).toContain(words);
    expect(desk.commands).toEqual([]);
  });

  it('shows what a silence mutes, and refuses under the field what the preview refuses', async () => {
    desk.preview = async () =>
      testPreview({
        refused: { field: 'duration', code: 'SILENCE_TOO_LONG', text: '8h is too long for P1.', remedy: 'Shorten it.' },
      });
    await pick('silence');
    await opened();
    const view = JSON.stringify(proxy.callsOf('views.open'));
    expect(view).toContain('Mutes 3 alerts now');
    expect(view).toContain('In the last 7 days');
    expect(view).toContain('alertname=\\"GiannaServiceDown');

    ui.submit(ANA, { matchers: typed('alertname=X'), seconds: picked('28800'), reason: typed('new disk') });

    expect(JSON.stringify(await ui.frame((frame) => frame.t === 'view_errors'))).toContain('too long for P1');
    expect(desk.commands).toEqual([]);
  });

  it('takes what a field was shown with when nobody touched it', async () => {
    await pick('silence');
    await opened();

    ui.submit(ANA, { seconds: picked('3600'), reason: typed('new disk') });

    await eventually(() => expect(desk.commands).toHaveLength(1));
    expect(desk.commands[0]?.args).toMatchObject({ matchers: [{ name: 'alertname', value: 'GiannaServiceDown' }] });
  });

  it('shows a loading view within three seconds when what it shows is slow, and then the form', async () => {
    let answer: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (answer = resolve));
    desk.preview = async () => {
      await slow;
      return testPreview();
    };

    await pick('silence');
    await opened();
    expect(JSON.stringify(proxy.callsOf('views.open'))).toContain('Looking at GI-1');
    expect(JSON.stringify(proxy.callsOf('views.open'))).not.toContain('"submit"');
    answer();

    await eventually(() => expect(JSON.stringify(proxy.callsOf('views.update'))).toContain('Mutes 3 alerts now'));
  });

  it('changes nothing when it is closed', async () => {
    await pick('snooze');
    await opened();

    ui.close(ANA);
    await press('ack');

    await eventually(() => expect(desk.commands.map(({ verb }) => verb)).toEqual(['ack']));
  });

  it('tells what was decided against it', async () => {
    desk.decide = () => ({ kind: 'refused', code: 'X', text: 'GI-1 is a P0.', remedy: 'Acknowledge it.' });
    await pick('snooze');
    await opened();

    ui.submit(ANA, { seconds: picked('7200'), reason: typed('vendor') });

    await eventually(() => expect(told()).toContain('GI-1 is a P0'));
  });

  it.each(
    FORMS.map(({ verb, about }) => [verb, about === 'nothing' ? null : verb === 'reopen' ? 'GI-9' : 'GI-1'] as const),
  )('opens no form for %s for a viewer, who is told which role it needs', async (verb, incident) => {
    await press(verb, incident, GUEST);

    const role =
      verb === 'remediation-on'
        ? 'needs the role admin'
        : verb === 'drill'
          ? 'needs the role admin or approver'
          : 'responder';
    await eventually(() => expect(told()).toContain(role));
    expect(proxy.callsOf('views.open')).toEqual([]);
    expect(desk.commands).toEqual([]);
  });

  it('looks at the rights again when the form is submitted', async () => {
    await pick('snooze');
    await opened();
    desk.onCall = [];
    const config = desk.config.current();
    const roles = { responder: [], approver: [], security: [], admin: [] };
    desk.config.swap({ ...config, slack: { ...config.slack, roles } });

    ui.submit(ANA, { seconds: picked('7200'), reason: typed('vendor') });

    expect(JSON.stringify(await ui.frame((frame) => frame.t === 'view_errors'))).toContain('needs the role');
    expect(desk.commands).toEqual([]);
  });

  it.each([
    ['a form that does not exist', 'frobnicate', 'GI-1', 'do not know'],
    ['an incident that does not exist', 'snooze', 'GI-77', 'no incident GI-77'],
    ['an incident in the wrong state', 'snooze', 'GI-9', 'GI-9 is resolved already'],
  ])('answers a pick for %s', async (_what, verb, incident, words) => {
    await pick(verb, incident);

    await eventually(() => expect(told()).toContain(words));
    expect(desk.commands).toEqual([]);
  });

  it('lifts the silence of an incident at the press, by its id in Alertmanager', async () => {
    const quiet = { kind: 'silenced', until: Date.now() + 60_000, by: 'slack:U1', silence: 'c0ffee' } as const;
    desk.incidents.set('GI-1', testIncident('GI-1', { severity: 'P1', quiet }));

    await press('lift');

    await eventually(() => expect(desk.commands).toMatchObject([{ verb: 'lift', incident: 'GI-1' }]));
    expect(desk.commands[0]?.args).toEqual({ id: 'c0ffee' });
  });

  it.each(['unsnooze', 'unmerge'])('stores %s at the press', async (verb) => {
    await press(verb);

    await eventually(() => expect(desk.commands).toMatchObject([{ verb, incident: 'GI-1', via: 'button', seen: 3 }]));
  });

  it('says that nothing is silenced any more instead of lifting something else', async () => {
    await press('lift');

    await eventually(() => expect(told()).toContain('not silenced any more'));
    expect(desk.commands).toEqual([]);
  });
});
