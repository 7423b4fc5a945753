import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OpsCommand, VERBS } from '../../../src/bot/commands/grammar.ts';
import { parseCommand } from '../../../src/bot/commands/parse.ts';
import type { ParseContext } from '../../../src/bot/commands/verb.ts';
import { printCommand } from '../../support/print-command.ts';

const CONTEXT: ParseContext = {
  services: ['gianna', 'redis', 'worker-a', 'worker-b'],
  probes: ['gianna-health', 'cache'],
  restartModes: ['graceful', 'forced', 'rolling'],
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
const status: OpsCommand = { verb: 'status', service: null };

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
  ])('reads %j', (text, command) => {
    expect(parseCommand(text, CONTEXT)).toEqual({ kind: 'command', command });
  });

  it.each<[string, OpsCommand]>([
    ['ack', ack('GI-5')],
    ['resolve', { verb: 'resolve', incidents: ['GI-5'] }],
    ['restart', restart('gianna')],
    ['probe', { verb: 'probe', subject: { kind: 'service', name: 'gianna' }, share: false }],
    ['incident', { verb: 'incident', incident: 'GI-5' }],
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
    ['', { kind: 'empty' }],
    ['/gianna', { kind: 'empty' }],
    ['x'.repeat(5000), { kind: 'too-long' }],
  ])('does not guess at %j', (text, expected) => {
    expect(parseCommand(text, CONTEXT)).toMatchObject(expected);
  });

  it('reads what it prints', () => {
    const incident = fc.integer({ min: 1, max: 999_999_999 }).map((number) => `GI-${number}`);
    const service = fc.constantFrom(...CONTEXT.services);
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
      fc.record({ verb: fc.constant('incident' as const), incident }),
      fc.record({ verb: fc.constant('oncall' as const) }),
    );

    fc.assert(
      fc.property(command, (each: OpsCommand) => {
        expect(parseCommand(printCommand(each), CONTEXT)).toEqual({ kind: 'command', command: each });
      }),
      { numRuns: 500 },
    );
  });
});
