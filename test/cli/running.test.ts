import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callCli } from './call.ts';
import { RUN, type RunningBot, startRunningBot } from './running-bot.ts';

describe('the CLI with a running bot', () => {
  let bot: RunningBot;
  beforeEach(async () => {
    bot = await startRunningBot();
  });
  afterEach(() => bot.stop());

  it.each(['GI-1', 'gi-1', '1'])('acknowledges %s as local', async (id) => {
    const { code, out } = await callCli(['ack', id], bot.env);

    expect([code, out]).toEqual([0, 'GI-1 is yours.\n']);
    expect(bot.commands).toMatchObject([{ v: 1, verb: 'ack', by: 'local', via: 'cli', incident: 'GI-1', args: {} }]);
  });

  it('says why a command was refused, on stderr, with exit 1', async () => {
    bot.decide({ kind: 'refused', code: 'ALREADY', text: 'ana has it since 4 s.', remedy: 'Nothing is to be done.' });

    const human = await callCli(['ack', 'GI-1'], bot.env);
    const json = await callCli(['ack', 'GI-1', '--json'], bot.env);

    expect(human).toEqual({ code: 1, out: '', err: '✖ ana has it since 4 s.\n  Nothing is to be done.\n' });
    expect([json.code, json.out]).toEqual([1, '']);
    expect(JSON.parse(json.err)).toEqual({
      error: {
        code: 'ALREADY',
        message: 'ana has it since 4 s.',
        remedy: 'Nothing is to be done.',
        reference: expect.stringMatching(/^[0-9a-f]{8}$/),
      },
    });
  });

  it('pages a person as a test, and fails when a page did not arrive', async () => {
    bot.decide({ kind: 'done', text: 'TEST-1 pages ana by sms, voice.', pageTest: 'TEST-1' });

    const { code, out } = await callCli(['page-test', 'ana', '--by', 'sms,voice'], bot.env);

    expect(code).toBe(1);
    expect(out).toContain('TEST-1 pages ana by sms, voice.\n');
    expect(out).toMatch(/sms +delivered +2\.5 s/);
    expect(out).toMatch(/voice +undelivered +6\.0 s +busy/);
    expect(bot.commands).toMatchObject([
      { verb: 'page-test', by: 'local', args: { person: 'ana', by: ['sms', 'voice'] } },
    ]);
  });

  it('runs a runbook with its parameters and is done when that is accepted', async () => {
    bot.decide({ kind: 'done', text: 'RUN-1 accepted.', run: 'RUN-1' });

    const argv = ['runbook', 'run', 'restart', 'service=gianna', 'mode=a=b', '--incident', 'GI-7', '--reason', 'oom'];
    const { code, out } = await callCli([...argv, '--json'], bot.env);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ id: 'RUN-1', outcome: 'done', text: 'RUN-1 accepted.' });
    expect(bot.commands[0]).toMatchObject({
      verb: 'run',
      incident: 'GI-7',
      args: { runbook: 'restart', parameters: { service: 'gianna', mode: 'a=b' }, reason: 'oom' },
    });
  });

  it.each([
    ['succeeded', 'fixed', 0],
    ['succeeded', 'no-effect', 0],
    ['succeeded', null, 0],
    ['succeeded', 'worse', 1],
    ['failed', 'no-effect', 1],
    ['interrupted', null, 1],
    ['refused', null, 1],
  ])('waits for a run that ends %s, %s: exit %i', async (status, verdict, expected) => {
    bot.decide({ kind: 'done', text: 'RUN-1 accepted.', run: 'RUN-1' });
    bot.end({ status, verdict });

    const { code, out } = await callCli(['runbook', 'run', 'restart', 'service=gianna', '--wait', '--json'], bot.env);

    expect(code).toBe(expected);
    expect(JSON.parse(out)).toEqual({ ...RUN, status, verdict });
  });

  it('prints foreign text so that it cannot steer a terminal', async () => {
    const { out } = await callCli(['runs', 'RUN-1'], bot.env);

    expect(out).toContain('restarted');
    expect(out).not.toContain('\u001b');
  });

  it('probes those of a service, worst first', async () => {
    const { code, out } = await callCli(['probe', 'gianna'], bot.env);
    await callCli(['probe'], bot.env);

    expect(code).toBe(0);
    expect(bot.probed).toEqual([
      ['gianna-health', 'gianna-ready'],
      ['gianna-health', 'gianna-ready', 'cache'],
    ]);
    expect(out.split('\n')[0]).toMatch(/^RESULT +PROBE +TARGET/);
  });

  it('says which probe was probably meant', async () => {
    const { code, err } = await callCli(['probe', 'giana-health', '--json'], bot.env);

    expect(code).toBe(1);
    expect(JSON.parse(err)).toMatchObject({
      error: { code: 'PROBE_UNKNOWN', remedy: expect.stringContaining('gianna-health') },
    });
  });

  it('puts parked rows back, one or all', async () => {
    const one = await callCli(['inbox', 'retry', '7', '--json'], bot.env);
    await callCli(['inbox', 'retry', 'all'], bot.env);

    expect(JSON.parse(one.out)).toEqual({ retried: 2 });
    expect(bot.unparked).toEqual([7, undefined]);
  });

  it('fails when the row to put back is not parked', async () => {
    const { code, err } = await callCli(['inbox', 'retry', '404', '--json'], bot.env);

    expect(code).toBe(1);
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'ROW_NOT_PARKED' } });
  });

  it('shows who is on call at a time, in the shape of the contract', async () => {
    const { code, out } = await callCli(['oncall', '--at', '2026-12-01T12:00:00Z', '--json'], bot.env);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([
      { schedule: 'primary', now: ['ben'], until: '2026-12-07T12:00:00.000Z', next: ['ana'] },
      { schedule: 'backup', now: ['ana'], until: '2026-12-07T12:00:00.000Z', next: ['ben'] },
    ]);
  });

  it('passes on what a plan was refused for', async () => {
    const { code, err } = await callCli(['runbook', 'plan', 'restart', '--json'], bot.env);

    expect(code).toBe(1);
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'PARAMETER_MISSING', remedy: 'Give service=gianna.' } });
  });

  it.each([
    ['incidents', 'GI-9', 'INCIDENT_UNKNOWN'],
    ['runs', 'RUN-9', 'RUN_UNKNOWN'],
  ])('%s %s is a refusal when there is none', async (command, id, expected) => {
    const { code, err } = await callCli([command, id, '--json'], bot.env);

    expect(code).toBe(1);
    expect(JSON.parse(err)).toMatchObject({ error: { code: expected } });
  });

  it('lists runbooks with their parameters', async () => {
    const { out } = await callCli(['runbook', 'list', '--json'], bot.env);

    expect(JSON.parse(out)).toMatchObject([
      { runbook: 'restart', risk: 'R2', parameters: { mode: { type: 'choice' } } },
    ]);
  });
});
