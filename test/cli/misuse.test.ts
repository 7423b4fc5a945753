import { describe, expect, it } from 'vitest';
import { callCli } from './call.ts';

const NOWHERE = { GIANNA_SOCKET: '/nonexistent/ops.sock', GIANNA_DATABASE_URL: 'sqlite:/nonexistent/ops.db' };

describe('misuse of the CLI', () => {
  it.each([
    ['an unknown command', ['incidnets'], 'Did you mean incidents?'],
    ['an unknown option', ['incidents', '--alert'], 'Did you mean --alerts?'],
    ['a missing argument', ['ack'], 'missing required argument'],
    ['an id that is none', ['ack', 'GI-x'], 'It is an id like GI-1.'],
    ['one argument too many', ['ack', 'GI-1', 'GI-2'], 'too many arguments'],
    ['a parameter that is none', ['runbook', 'run', 'restart', 'gianna'], 'A parameter is name=value.'],
    ['a parameter given twice', ['runbook', 'run', 'restart', 'a=1', 'a=2'], 'a is given twice.'],
    ['a time that is none', ['oncall', '--at', 'tomorrow'], 'It is a time like'],
    ['a row that is none', ['inbox', 'retry', 'some'], 'It is the number of a row, or all.'],
    ['no command at all', [], 'Usage: gianna-ops', 'A subcommand is missing.'],
    ['a subcommand that is missing', ['runbook'], 'Usage: gianna-ops runbook', 'A subcommand is missing.'],
    ['an unknown subcommand', ['journal', 'verfy'], 'Did you mean verify?'],
  ])('%s exits 2 and says what is wrong', async (_name, argv, said, inJson = said) => {
    const human = await callCli(argv, NOWHERE);
    const json = await callCli([...argv, '--json'], NOWHERE);

    expect([human.code, json.code]).toEqual([2, 2]);
    expect(human.err).toContain(said);
    expect(JSON.parse(json.err)).toMatchObject({ error: { code: 'USAGE', message: expect.stringContaining(inJson) } });
    expect(human.out + json.out).toBe('');
  });

  it('shows every command in the help, with exit 0', async () => {
    const { code, out } = await callCli(['help'], NOWHERE);

    expect(code).toBe(0);
    for (const name of [
      'start',
      'check',
      'incidents',
      'ack',
      'resolve',
      'inbox',
      'probe',
      'runbook',
      'runs',
      'oncall',
      'silence',
      'journal',
    ]) {
      expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    }
  });

  it('takes --json before the command too', async () => {
    const { code, out } = await callCli(['--json', 'oncall', '--at', '2026-11-23'], NOWHERE);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ schedule: 'primary' }));
  });

  it('without a command shows the help and exits 2', async () => {
    const { code, err } = await callCli([], NOWHERE);

    expect([code, err.includes('Usage: gianna-ops')]).toEqual([2, true]);
  });

  it.each([
    ['ack', ['ack', 'GI-1']],
    ['resolve', ['resolve', 'GI-1']],
    ['runbook run', ['runbook', 'run', 'restart']],
    ['inbox retry', ['inbox', 'retry', 'all']],
  ])('%s needs the running bot and says so', async (_name, argv) => {
    const { code, err } = await callCli([...argv, '--json'], NOWHERE);

    expect(code).toBe(1);
    expect(JSON.parse(err)).toMatchObject({
      error: { code: 'BOT_NOT_RUNNING', remedy: expect.stringContaining('npm start') },
    });
  });

  it('reading without a bot and without a store is a refusal', async () => {
    const { code, err } = await callCli(['incidents', '--json'], NOWHERE);

    expect(code).toBe(1);
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'STORE_MISSING' } });
  });
});
