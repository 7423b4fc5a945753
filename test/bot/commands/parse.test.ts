import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OpsCommand, VERBS } from '../../../src/bot/commands/grammar.ts';
import type { Laid } from '../../../src/bot/commands/laid.ts';
import type { Moment, MomentDay } from '../../../src/bot/commands/moments.ts';
import { parseCommand } from '../../../src/bot/commands/parse.ts';
import type { Span } from '../../../src/bot/commands/spans.ts';
import type { ParseContext } from '../../../src/bot/commands/verb.ts';
import { MEANS, SEVERITIES, type Severity } from '../../../src/core/config/config.ts';
import { printCommand } from '../../support/print-command.ts';

const CONTEXT: ParseContext = {
  services: ['gianna', 'redis', 'worker-a', 'worker-b'],
  probes: ['gianna-health', 'cache'],
  people: ['ana', 'ben', 'marco'],
  schedules: ['primary', 'backup'],
  restartModes: ['graceful', 'forced', 'rolling'],
  runbooks: { restart: ['service', 'mode'], 'block-ip': ['ip', 'for_how_long'] },
  runbookWords: {},
  serviceOfThread: null,
  incidentOfThread: null,
  incidentOfLink: new Map([['C01OPS/1700000000.000100', 'GI-7']]),
};
const THREAD: ParseContext = { ...CONTEXT, incidentOfThread: 'GI-5', serviceOfThread: 'gianna' };

const ack = (...incidents: string[]): OpsCommand => ({ verb: 'ack', incidents });
const restart = (service: string | null, mode: string | null = null): OpsCommand => ({
  verb: 'restart',
  service,
  mode,
});
const open = (title: string | null, sev: string | null, service: string | null = null): OpsCommand => ({
  verb: 'open',
  title,
  severity: sev,
  service,
  description: null,
});
const GI42 = { incidents: ['GI-42'] } as const;
const note = (text: string): OpsCommand => ({ verb: 'note', ...GI42, text });
const severity = (to: Severity | null, reason: string | null): OpsCommand => ({
  verb: 'severity',
  ...GI42,
  to,
  reason,
});
const assign = (to: string): OpsCommand => ({ verb: 'assign', ...GI42, to });
const snooze = (span: Span | null, reason: string | null): OpsCommand => ({ verb: 'snooze', ...GI42, span, reason });
const merge = (into: string, reason: string | null): OpsCommand => ({ verb: 'merge', ...GI42, into, reason });
const split = (fingerprints: string[], reason: string | null): OpsCommand => ({
  verb: 'split',
  ...GI42,
  fingerprints,
  reason,
});
const TWO_HOURS: Span = { kind: 'for', seconds: 7200 };
type LeaseWhat = Extract<OpsCommand, { verb: 'leases' }>['what'];
const lease = (what: LeaseWhat): OpsCommand => ({ verb: 'leases', what });
type SilenceWhat = Extract<OpsCommand, { verb: 'silence' }>['what'];
const silence = (what: SilenceWhat): OpsCommand => ({ verb: 'silence', what });
const make = (rest: Partial<Extract<SilenceWhat, { kind: 'make' }>>): OpsCommand =>
  silence({ kind: 'make', incident: null, service: null, matchers: [], span: null, reason: null, ...rest });
const UNSAID: Laid = { schedule: null, from: null, span: null, reason: null };
const FOUR_HOURS: Span = { kind: 'for', seconds: 14_400 };
const at = (day: MomentDay, hour: number): Moment => ({ day, minute: hour * 60 });
const override = (person: string | null, laid: Partial<Laid> = {}): OpsCommand => ({
  verb: 'override',
  person,
  laid: { ...UNSAID, ...laid },
});
const swap = (person: string, other: string | null, laid: Partial<Laid> = {}): OpsCommand => ({
  verb: 'swap',
  person,
  with: other,
  laid: { ...UNSAID, ...laid },
});
const shifts = (person: string): OpsCommand => ({ verb: 'shifts', person });
const simulate = (rest: Partial<Extract<OpsCommand, { verb: 'simulate' }>>): OpsCommand => ({
  verb: 'simulate',
  severity: 'P0',
  at: null,
  ackAfterSeconds: null,
  ...rest,
});
const status: OpsCommand = { verb: 'status', service: null };

describe('the word of a runbook', () => {
  const known = {
    ...CONTEXT,
    runbooks: { 'block-ip': ['addresses', 'for', 'hosts', 'reason'], scale: ['service', 'replicas'] },
    runbookWords: {
      'block-ip': { aliases: ['block'], takes: [{ name: 'addresses', isList: true }] },
      scale: {
        aliases: [],
        takes: [
          { name: 'service', isList: false },
          { name: 'replicas', isList: false },
        ],
      },
    },
  };

  it.each([
    ['block-ip 203.0.113.7 --for 24h', 'block-ip', { addresses: '203.0.113.7', for: '24h' }],
    [
      'block --for 24h 203.0.113.7, 2001:db8:: hosts=web-1',
      'block-ip',
      { addresses: '203.0.113.7 2001:db8::', for: '24h', hosts: 'web-1' },
    ],
    ['BLOCK_IP addresses=203.0.113.7 --dry-run', 'block-ip', { addresses: '203.0.113.7' }],
    ['block-ip', 'block-ip', {}],
    ['scale worker +2', 'scale', { service: 'worker', replicas: '+2' }],
  ])('%j asks for the runbook with what was said', (text, name, given) => {
    const parsed = parseCommand(text, known);

    const dryRun = text.includes('--dry-run');
    expect(parsed).toEqual({
      kind: 'command',
      command: { verb: 'runbook', what: { kind: 'run', name, given, dryRun } },
    });
  });

  it('is suggested for what is near it, and says which words are too many', () => {
    expect(parseCommand('blok-ip 1.2.3.4', known)).toMatchObject({ kind: 'unknown', suggestions: ['block-ip'] });
    expect(parseCommand('scale worker 3 4', known)).toMatchObject({ kind: 'unknown', what: 'option', word: '4' });
  });

  it('has help of its own', () => {
    expect(parseCommand('help block', known)).toEqual({
      kind: 'command',
      command: { verb: 'help', topic: 'block-ip' },
    });
  });
});

describe('the command parser', () => {
  it.each<[string, OpsCommand]>([
    ['status', status],
    ['  STATUS  ', status],
    ['st', status],
    ['ls', status],
    ['ps', status],
    ['incident list', status],
    ['incidents', status],
    ['status gianna.', { verb: 'status', service: 'gianna' }],
    ['gianna status', { verb: 'status', service: 'gianna' }],
    ['who', { verb: 'oncall' }],
    ['on-call', { verb: 'oncall' }],
    ['on_call?', { verb: 'oncall' }],
    ['oncall please', { verb: 'oncall' }],
    ['drill', { verb: 'drill', severity: null }],
    ['drill P1', { verb: 'drill', severity: 'P1' }],
    ['paged 42', { verb: 'paged', incident: 'GI-42' }],
    ['incident 42 paged', { verb: 'paged', incident: 'GI-42' }],
    ['oncall now', { verb: 'oncall' }],
    ['oncall who', { verb: 'oncall' }],
    ['oncall override @ben --for 4h', override('ben', { span: FOUR_HOURS })],
    ['override @ben for 4h', override('ben', { span: FOUR_HOURS })],
    ['oncall override <@U03DEV|ben> 4 hours', override('slack:U03DEV', { span: FOUR_HOURS })],
    ['oncall override me until tomorrow 9am', override('me', { span: { kind: 'until', ...at('tomorrow', 9) } })],
    ['oncall override Ben until 18:00.', override('ben', { span: { kind: 'until', ...at('next', 18) } })],
    ['duty cover mar 4h at the dentist', override('marco', { span: FOUR_HOURS, reason: 'at the dentist' })],
    [
      'oncall override ben from fri 18:00 until mon 9am in primary ana is away',
      override('ben', {
        from: at(5, 18),
        span: { kind: 'until', ...at(1, 9) },
        schedule: 'primary',
        reason: 'ana is away',
      }),
    ],
    [
      'oncall override @ben —from 2026-12-24T18:00 —to 2026-12-26 9:00 —schedule back —reason “a wedding”',
      override('ben', {
        from: at('2026-12-24', 18),
        span: { kind: 'until', ...at('2026-12-26', 9) },
        schedule: 'backup',
        reason: 'a wedding',
      }),
    ],
    ['oncall override ben from now for 4h', override('ben', { span: FOUR_HOURS })],
    ['oncall override ben in a hurry', override('ben', { reason: 'in a hurry' })],
    ['oncall override for 4h', override(null, { span: FOUR_HOURS })],
    ['oncall override', override(null)],
    ['oncall swap @ben', swap('me', 'ben')],
    ['oncall swap with @ben --schedule primary', swap('me', 'ben', { schedule: 'primary' })],
    ['swap ana and ben a wedding', swap('ana', 'ben', { reason: 'a wedding' })],
    ['swap ben a wedding', swap('me', 'ben', { reason: 'a wedding' })],
    ['oncall trade me <@U03DEV>', swap('me', 'slack:U03DEV')],
    [
      'oncall swap ben --from mon 9am --until fri 18:00',
      swap('me', 'ben', { from: at(1, 9), span: { kind: 'until', ...at(5, 18) } }),
    ],
    ['oncall swap', swap('me', null)],
    ['oncall shifts', shifts('me')],
    ['my-shifts', shifts('me')],
    ['shifts @ben', shifts('ben')],
    ['oncall shifts <@U03DEV>', shifts('slack:U03DEV')],
    ['page-test', { verb: 'page-test', by: [] }],
    ['page_test me --by sms,', { verb: 'page-test', by: ['sms'] }],
    ['page-me email, sms email', { verb: 'page-test', by: ['email', 'sms'] }],
    ['oncall overrides', { verb: 'overrides' }],
    ['oncall page', { verb: 'page', to: null, message: null }],
    ['page the checkout is slow', { verb: 'page', to: null, message: 'the checkout is slow' }],
    ['oncall page @ben', { verb: 'page', to: '@ben', message: null }],
    ['oncall page schedule:backup it is down', { verb: 'page', to: 'schedule:backup', message: 'it is down' }],
    [
      'oncall page @marco about 42 the replica is gone too',
      { verb: 'escalate', incidents: ['GI-42'], to: 'marco', message: 'the replica is gone too' },
    ],
    ['oncall accept', { verb: 'handoff-accept', id: null }],
    ['accept hnd-7', { verb: 'handoff-accept', id: 'HND-7' }],
    ['oncall override_remove ovr-3', { verb: 'override-remove', id: 'OVR-3' }],
    ['snooze 42 until 2026-12-24 18:00 vendor', snooze({ kind: 'until', ...at('2026-12-24', 18) }, 'vendor')],
    ['oncall simulate P0', simulate({})],
    ['simulate critical ack-after 7m', simulate({ ackAfterSeconds: 420 })],
    [
      'oncall simulate p1 at 2027-03-28 02:30 Europe/Lisbon nobody-answers',
      simulate({ severity: 'P1', at: '2027-03-28 02:30 Europe/Lisbon' }),
    ],
    [
      'oncall simulate p0 at 2027-03-28T02:30:00Z --ack-after 90s',
      simulate({ at: '2027-03-28T02:30:00Z', ackAfterSeconds: 90 }),
    ],
    ['oncall simulate p0 at 2027-03-28', simulate({ at: '2027-03-28' })],
    ['stats', { verb: 'stats', seconds: 604_800 }],
    ['stats 24h', { verb: 'stats', seconds: 86_400 }],
    ['numbers --since 2W', { verb: 'stats', seconds: 1_209_600 }],
    ['help', { verb: 'help', topic: null }],
    ['?', { verb: 'help', topic: null }],
    ['help restart', { verb: 'help', topic: 'restart' }],
    ['/gianna ack 42', ack('GI-42')],
    ['@gianna ack #42', ack('GI-42')],
    ['ack GI-42, GI-43', ack('GI-42', 'GI-43')],
    ['ack 42 42', ack('GI-42')],
    ['42 ack', ack('GI-42')],
    ['incident 42 ack', ack('GI-42')],
    ['incident ack 42', ack('GI-42')],
    ['gi-42 resolve', { verb: 'resolve', incidents: ['GI-42'] }],
    ['incident 42', { verb: 'incident', incident: 'GI-42' }],
    ['ack\u00a042', ack('GI-42')],
    ['`ack 42`', ack('GI-42')],
    ['“ack” ‘42’', ack('GI-42')],
    ['a\u200bck 42', ack('GI-42')],
    ['ack <https://x.slack.com/archives/C01OPS/p1700000000000100>', ack('GI-7')],
    [
      'ack <https://x.slack.com/archives/C01OPS/p1700000009000200?thread_ts=1700000000.000100&amp;cid=C01OPS>',
      ack('GI-7'),
    ],
    ['restart', restart(null)],
    ['restart Gianna', restart('gianna')],
    ['restart worker_a', restart('worker-a')],
    ['restart red', restart('redis')],
    ['restart <http://redis|redis>', restart('redis')],
    ['restart gianna mode=forced', restart('gianna', 'forced')],
    ['restart gianna —mode forced', restart('gianna', 'forced')],
    ['restart --service=gianna --mode=rolling', restart('gianna', 'rolling')],
    ['reboot gianna', restart('gianna')],
    ['gianna restart', restart('gianna')],
    ['probe', { verb: 'probe', subject: { kind: 'all' }, share: false }],
    ['probe all --share', { verb: 'probe', subject: { kind: 'all' }, share: true }],
    ['probe gianna', { verb: 'probe', subject: { kind: 'service', name: 'gianna' }, share: false }],
    ['check cache', { verb: 'probe', subject: { kind: 'probe', name: 'cache' }, share: false }],
    ['incident open "Checkout is slow!" --sev p1', open('Checkout is slow!', 'P1')],
    ['open checkout slow —sev critical —service red', open('checkout slow', 'P0', 'redis')],
    ['incident open “checkout: slow” --severity=high', open('checkout: slow', 'P1')],
    ['incident open --sev p1 checkout is slow', open('checkout is slow', 'P1')],
    ['incident open', open(null, null)],
    ['note 42 it’s down, see <https://x.example|x.example>.', note('it’s down, see x.example')],
    ['incident 42 note it is *down*', note('it is *down*')],
    ['42 note two\nlines', note('two\nlines')],
    ['sev 42 p0 nobody can pay', severity('P0', 'nobody can pay')],
    ['incident 42 sev critical --reason "nobody can pay"', severity('P0', 'nobody can pay')],
    ['severity 42', severity(null, null)],
    ['assign 42 <@U03DEV|ben>', assign('slack:U03DEV')],
    ['assign 42 to @ben', assign('ben')],
    ['incident 42 assign mar', assign('marco')],
    ['assign 42 me', assign('me')],
    ['snooze 42 2h deploy of the api', snooze({ kind: 'for', seconds: 7200 }, 'deploy of the api')],
    ['snooze 42 1h30m', snooze({ kind: 'for', seconds: 5400 }, null)],
    ['snooze 42 2 hours vendor', snooze({ kind: 'for', seconds: 7200 }, 'vendor')],
    ['silence list', silence({ kind: 'list' })],
    ['mute list', silence({ kind: 'list' })],
    ['silence lift 7', silence({ kind: 'lift', id: 'SIL-7' })],
    [
      'silence lift c0ffee00-0000-4000-8000-000000000000',
      silence({ kind: 'lift', id: 'c0ffee00-0000-4000-8000-000000000000' }),
    ],
    ['silence extend sil-7 2h', silence({ kind: 'extend', id: 'SIL-7', span: TWO_HOURS })],
    [
      'silence 42 —for 2h —reason deploy of the api',
      make({ incident: 'GI-42', span: TWO_HOURS, reason: 'deploy of the api' }),
    ],
    ['42 silence 2 hours deploy', make({ incident: 'GI-42', span: TWO_HOURS, reason: 'deploy' })],
    ['silence gian --for 2h', make({ service: 'gianna', span: TWO_HOURS })],
    [
      'silence alertname=ApiSlow instance=~“web.*” 2h deploy',
      make({ matchers: ['alertname=ApiSlow', 'instance=~"web.*"'], span: TWO_HOURS, reason: 'deploy' }),
    ],
    ['silence 42 --for 2 hours deploy', make({ incident: 'GI-42', span: TWO_HOURS, reason: 'deploy' })],
    ['silence severity!=info --incident 42', make({ incident: 'GI-42', matchers: ['severity!=info'] })],
    ['silence', make({})],
    ['leases', lease({ kind: 'list' })],
    ['lease ls', lease({ kind: 'list' })],
    ['lease renew LEASE-3 for 2 hours', lease({ kind: 'renew', about: 'LEASE-3', span: TWO_HOURS, reason: null })],
    [
      'lease extend run-7 --for 2h --reason load',
      lease({ kind: 'renew', about: 'RUN-7', span: TWO_HOURS, reason: 'load' }),
    ],
    ['lease undo 3', lease({ kind: 'end', about: 'LEASE-3', span: null, reason: null })],
    ['lease abandon LEASE-3 gone', lease({ kind: 'abandon', about: 'LEASE-3', span: null, reason: 'gone' })],
    ['lease renew', lease({ kind: 'renew', about: null, span: null, reason: null })],
    ['remediation', { verb: 'remediation', what: { kind: 'list' } }],
    ['remediation on restart-when-down', { verb: 'remediation', what: { kind: 'on', rule: 'restart-when-down' } }],
    ['reopen 42 3 pods died', { verb: 'reopen', incidents: ['GI-42'], reason: '3 pods died' }],
    [
      'snooze 42 #43 2h',
      { verb: 'snooze', incidents: ['GI-42', 'GI-43'], span: { kind: 'for', seconds: 7200 }, reason: null },
    ],
    ['snooze 42 for 2 hours vendor', snooze({ kind: 'for', seconds: 7200 }, 'vendor')],
    [
      'snooze 42 --for 30m --reason waiting for the vendor',
      snooze({ kind: 'for', seconds: 1800 }, 'waiting for the vendor'),
    ],
    ['snooze 42 until 18:00 deploy', snooze({ kind: 'until', day: 'next', minute: 1080 }, 'deploy')],
    ['snooze 42 until tomorrow 9am deploy', snooze({ kind: 'until', day: 'tomorrow', minute: 540 }, 'deploy')],
    ['snooze 42 until Monday', snooze({ kind: 'until', day: 1, minute: 540 }, null)],
    ['incident snooze 42', snooze(null, null)],
    ['wake 42', { verb: 'unsnooze', incidents: ['GI-42'] }],
    ['merge 42 into 17 same disk', merge('GI-17', 'same disk')],
    ['incident 42 merge into #17', merge('GI-17', null)],
    ['unmerge 42', { verb: 'unmerge', incidents: ['GI-42'], reason: null }],
    ['split 42 00000000c0ffee00 another host', split(['00000000c0ffee00'], 'another host')],
    ['split 42', split([], null)],
    ['reopen 42 “still broken”', { verb: 'reopen', incidents: ['GI-42'], reason: 'still broken' }],
  ])('reads %j', (text, command) => {
    expect(parseCommand(text, CONTEXT)).toEqual({ kind: 'command', command });
  });

  it.each<[string, OpsCommand]>([
    ['ack', ack('GI-5')],
    ['resolve', { verb: 'resolve', incidents: ['GI-5'] }],
    ['restart', restart('gianna')],
    ['probe', { verb: 'probe', subject: { kind: 'service', name: 'gianna' }, share: false }],
    ['incident', { verb: 'incident', incident: 'GI-5' }],
    ['note 3 pods died', { verb: 'note', incidents: ['GI-5'], text: '3 pods died' }],
    ['note GI-3 pods died', { verb: 'note', incidents: ['GI-3'], text: 'pods died' }],
    ['sev p0 nobody can pay', { verb: 'severity', incidents: ['GI-5'], to: 'P0', reason: 'nobody can pay' }],
    ['snooze 2h', { verb: 'snooze', incidents: ['GI-5'], span: { kind: 'for', seconds: 7200 }, reason: null }],
    ['snooze 2 hours', { verb: 'snooze', incidents: ['GI-5'], span: { kind: 'for', seconds: 7200 }, reason: null }],
    ['merge into 7', { verb: 'merge', incidents: ['GI-5'], into: 'GI-7', reason: null }],
    ['silence 2h deploy', make({ incident: 'GI-5', span: TWO_HOURS, reason: 'deploy' })],
    ['silence --for 2h', make({ incident: 'GI-5', span: TWO_HOURS })],
    ['assign me', { verb: 'assign', incidents: ['GI-5'], to: 'me' }],
  ])('takes the incident of the thread for %j', (text, command) => {
    expect(parseCommand(text, THREAD)).toEqual({ kind: 'command', command });
  });

  it.each([
    ['restat gianna', ['restart']],
    ['stauts', ['stats', 'status']],
    ['akc 42', ['ack']],
    ['hepl', ['help']],
    ['prob', ['probe']],
    ['xyzzy', []],
  ])('carries out no correction of %j but suggests it', (text, suggestions) => {
    expect(parseCommand(text, CONTEXT)).toMatchObject({ kind: 'unknown', what: 'command', suggestions });
  });

  it('lists what an ambiguous prefix may be', () => {
    expect(parseCommand('restart work', CONTEXT)).toMatchObject({
      kind: 'ambiguous',
      candidates: ['worker-a', 'worker-b'],
    });
  });

  it.each([
    ['ack', { kind: 'missing', what: 'incident' }],
    ['ack 0', { kind: 'unknown', what: 'incident' }],
    ['ack GI-1 and more', { kind: 'surplus' }],
    ['ack all', { kind: 'unknown', what: 'incident' }],
    ['restart gianna now', { kind: 'surplus' }],
    ['restart giana', { kind: 'unknown', what: 'service', suggestions: ['gianna'] }],
    ['restart gianna mode=brutal', { kind: 'unknown', what: 'option' }],
    ['restart gianna --force', { kind: 'unknown', what: 'option' }],
    ['42 open', { kind: 'unknown', what: 'command' }],
    ['note it is down', { kind: 'missing', what: 'incident' }],
    ['snooze 42 soon', { kind: 'unknown', what: 'time' }],
    ['snooze 42 until 25:00', { kind: 'unknown', what: 'time' }],
    ['snooze 42 2h --until now', { kind: 'unknown', what: 'option' }],
    ['sev 42 worst', { kind: 'unknown', what: 'severity' }],
    ['open x --sev 9', { kind: 'unknown', what: 'severity' }],
    ['open x --sev p1 --service giana', { kind: 'unknown', what: 'service', suggestions: ['gianna'] }],
    ['assign 42 bem', { kind: 'unknown', what: 'person', suggestions: ['ben'] }],
    ['assign 42 ben now', { kind: 'surplus' }],
    ['silence giana --for 2h', { kind: 'unknown', what: 'service', suggestions: ['gianna'] }],
    ['silence lift', { kind: 'missing', what: 'silence' }],
    ['lease renwe LEASE-3', { kind: 'unknown', what: 'option', suggestions: ['renew'] }],
    ['lease renew SIL-3', { kind: 'unknown', what: 'option' }],
    ['silence lift that', { kind: 'unknown', what: 'silence' }],
    ['silence extend 7', { kind: 'unknown', what: 'time' }],
    ['silence 42 --until now', { kind: 'unknown', what: 'option' }],
    ['drill now', { kind: 'unknown', what: 'severity' }],
    ['drill p1 now', { kind: 'surplus' }],
    ['paged', { kind: 'missing', what: 'incident' }],
    ['paged 42 43', { kind: 'surplus' }],
    ['oncall simulate', { kind: 'unknown', what: 'severity' }],
    ['oncall simulate p0 at 2027-02-30', { kind: 'unknown', what: 'time' }],
    ['oncall simulate p0 at 2027-03-28 02:30 Europe/Lisboa', { kind: 'unknown', what: 'option' }],
    ['oncall simulate p0 ack-after soon', { kind: 'unknown', what: 'time' }],
    ['merge 42 into production', { kind: 'unknown', what: 'incident' }],
    ['wake 42 43 please', { kind: 'surplus' }],
    ['oncall overide @ben for 4h', { kind: 'unknown', what: 'command' }],
    ['oncall override bem for 4h', { kind: 'unknown', what: 'person', suggestions: ['ben'] }],
    ['oncall override ben for a while', { kind: 'unknown', what: 'time' }],
    ['oncall override ben until then', { kind: 'unknown', what: 'time' }],
    ['oncall override ben --from soon --for 4h', { kind: 'unknown', what: 'time' }],
    ['oncall override ben until 2026-02-30', { kind: 'unknown', what: 'time' }],
    ['oncall override ben 4h --schedule primry', { kind: 'unknown', what: 'schedule', suggestions: ['primary'] }],
    ['oncall override ben 4h --because ill', { kind: 'unknown', what: 'option' }],
    ['oncall swap ana with bem', { kind: 'unknown', what: 'person', suggestions: ['ben'] }],
    ['oncall override-remove', { kind: 'missing', what: 'override' }],
    ['oncall override-remove GI-3', { kind: 'unknown', what: 'override' }],
    ['oncall page @marco about lunch', { kind: 'unknown', what: 'incident' }],
    ['oncall accept OVR-3', { kind: 'unknown', what: 'handoff' }],
    ['oncall accept HND-3 please', { kind: 'surplus' }],
    ['oncall shifts nora', { kind: 'unknown', what: 'person' }],
    ['42 override', { kind: 'unknown', what: 'command' }],
    ['', { kind: 'empty' }],
    ['/gianna', { kind: 'empty' }],
    ['x'.repeat(5000), { kind: 'too-long' }],
  ])('does not guess at %j', (text, expected) => {
    expect(parseCommand(text, CONTEXT)).toMatchObject(expected);
  });

  it('reads what it prints', () => {
    const incident = fc.integer({ min: 1, max: 999_999_999 }).map((number) => `GI-${number}`);
    const service = fc.constantFrom(...CONTEXT.services);
    const incidents = fc.uniqueArray(incident, { minLength: 1, maxLength: 20 });
    const one = incident.map((each) => [each]);
    const text = fc.constantFrom(
      'nobody can pay',
      'it’s down: look!',
      'see GI-7 and 12',
      'x',
      'a=b, c=~d|e',
      '100 % full',
    );
    const isSaid = (each: Span) => each.kind === 'until' || each.seconds > 0;
    const CHANGE = { reason: fc.option(text) };
    const minute = fc.integer({ min: 0, max: 1439 });
    const day = fc.constantFrom<MomentDay>('next', 'tomorrow', 1, 2, 3, 4, 5, 6, 7, '2026-12-24');
    const span: fc.Arbitrary<Span> = fc.oneof(
      fc.record({ kind: fc.constant('for' as const), seconds: fc.integer({ min: 0, max: 1_000_000 }) }),
      fc.record({ kind: fc.constant('until' as const), day, minute }),
    );
    const who = fc.constantFrom('slack:U03DEV', 'ana', 'ben', 'me');
    const laid = fc.record({
      schedule: fc.option(fc.constantFrom(...CONTEXT.schedules)),
      from: fc.option(fc.record({ day, minute })),
      span: fc.option(span),
      reason: fc.option(text),
    });
    const command = fc.oneof(
      fc.record({ verb: fc.constant('help' as const), topic: fc.option(fc.constantFrom(...VERBS)) }),
      fc.record({ verb: fc.constant('status' as const), service: fc.option(service) }),
      fc.record({
        verb: fc.constant('probe' as const),
        subject: fc.oneof(
          fc.constant({ kind: 'all' as const }),
          fc.record({ kind: fc.constant('service' as const), name: service }),
          fc.record({ kind: fc.constant('probe' as const), name: fc.constantFrom(...CONTEXT.probes) }),
        ),
        share: fc.boolean(),
      }),
      fc.record({
        verb: fc.constant('restart' as const),
        service: fc.option(service),
        mode: fc.option(fc.constantFrom(...CONTEXT.restartModes)),
      }),
      fc.record({
        verb: fc.constantFrom('ack' as const, 'resolve' as const),
        incidents: fc.uniqueArray(incident, { minLength: 1, maxLength: 20 }),
      }),
      fc.record({ verb: fc.constantFrom('incident' as const, 'paged' as const), incident }),
      fc.record({ verb: fc.constantFrom('oncall' as const, 'blocks' as const) }),
      fc.record({
        verb: fc.constant('page' as const),
        to: fc.constantFrom(null, '@ben', 'schedule:backup'),
        message: fc.option(text),
      }),
      fc.record({ verb: fc.constant('drill' as const), severity: fc.option(fc.constantFrom(...SEVERITIES)) }),
      fc.record({ verb: fc.constant('override' as const), person: fc.option(who), laid }),
      fc
        .record({ verb: fc.constant('swap' as const), person: who, with: fc.option(who), laid })
        .filter((each) => each.person === 'me' || each.with !== null),
      fc.record({ verb: fc.constant('shifts' as const), person: who }),
      fc.record({ verb: fc.constant('overrides' as const) }),
      fc.record({ verb: fc.constant('page-test' as const), by: fc.uniqueArray(fc.constantFrom(...MEANS)) }),
      fc.record({ verb: fc.constant('handoff-accept' as const), id: fc.constantFrom(null, 'HND-1', 'HND-123') }),
      fc.record({ verb: fc.constant('override-remove' as const), id: fc.constantFrom('OVR-1', 'OVR-123') }),
      fc.record({
        verb: fc.constant('simulate' as const),
        severity: fc.constantFrom(...SEVERITIES),
        at: fc.option(fc.constantFrom('2027-03-28 02:30 Europe/Lisbon', '2027-03-28T02:30:00Z', '2027-03-28')),
        ackAfterSeconds: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
      }),
      fc.record({
        verb: fc.constant('runbook' as const),
        what: fc.oneof(
          fc.constant({ kind: 'list' as const }),
          fc.record({ kind: fc.constant('show' as const), name: fc.constantFrom('restart', 'block-ip') }),
          fc.record({
            kind: fc.constant('run' as const),
            name: fc.constant('block-ip'),
            given: fc.record(
              { ip: fc.constantFrom('203.0.113.7', 'DB_PASSWORD'), for_how_long: fc.constantFrom('1h', 'two words') },
              { requiredKeys: [] },
            ),
            dryRun: fc.boolean(),
          }),
        ),
      }),
      fc.record({
        verb: fc.constant('cli-token' as const),
        what: fc.oneof(
          fc.constant({ kind: 'list' as const }),
          fc.record({ kind: fc.constant('make' as const), seconds: fc.integer({ min: 0, max: 10_000_000 }) }),
          fc.record({ kind: fc.constant('revoke' as const), id: fc.constant('3f2a91c04d') }),
        ),
      }),
      fc.record({ verb: fc.constant('unsnooze' as const), incidents }),
      fc.record({ verb: fc.constant('note' as const), incidents: one, text: fc.option(text) }),
      fc.record({ verb: fc.constant('severity' as const), incidents, ...CHANGE, to: fc.constantFrom(...SEVERITIES) }),
      fc.record({
        verb: fc.constant('assign' as const),
        incidents,
        to: fc.constantFrom('slack:U03DEV', 'ana', 'me', null),
      }),
      fc.record({ verb: fc.constant('snooze' as const), incidents, ...CHANGE, span }),
      fc.record({
        verb: fc.constant('silence' as const),
        what: fc.oneof(
          fc.constant({ kind: 'list' as const }),
          fc.record({ kind: fc.constant('lift' as const), id: fc.constantFrom('SIL-7', 'SIL-123') }),
          fc.record({ kind: fc.constant('extend' as const), id: fc.constant('SIL-7'), span: span.filter(isSaid) }),
          fc
            .record({
              kind: fc.constant('make' as const),
              incident: fc.option(incident),
              service: fc.option(service),
              matchers: fc.subarray(['alertname=ApiSlow', 'instance=~"web-.*"', 'severity!=info']),
              span: fc.option(span),
              reason: fc.option(text),
            })
            .map((each) => (each.matchers.length > 0 ? { ...each, service: null } : each)),
        ),
      }),
      fc.record({ verb: fc.constantFrom('reopen' as const, 'unmerge' as const), incidents, ...CHANGE }),
      fc.record({ verb: fc.constant('merge' as const), incidents, ...CHANGE, into: incident }),
      fc.record({
        verb: fc.constant('split' as const),
        incidents,
        ...CHANGE,
        fingerprints: fc.uniqueArray(fc.constantFrom('00000000c0ffee00', 'ffffffffffffffff')),
      }),
      fc.record({
        verb: fc.constant('open' as const),
        title: fc.option(text),
        severity: fc.option(fc.constantFrom(...SEVERITIES)),
        service: fc.option(service),
        description: fc.option(text),
      }),
    );

    fc.assert(
      fc.property(command, (each: OpsCommand) => {
        expect(parseCommand(printCommand(each), CONTEXT)).toEqual({ kind: 'command', command: each });
      }),
      { numRuns: 500 },
    );
  });
});
