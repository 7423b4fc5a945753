import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXAMPLES, EXAMPLES_ENV } from '../core/config/folder.ts';
import { callCli } from './call.ts';

describe('check looks ahead', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gianna-check-'));
    cpSync(EXAMPLES, folder, { recursive: true });
    env = { ...EXAMPLES_ENV, GIANNA_CONFIG: folder };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const replaceInOncall = (text: string, by: string) => {
    const path = join(folder, 'oncall.yml');
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(text, by));
  };

  it('to times at which nobody is on call, at their schedule, and is content all the same', async () => {
    replaceInOncall('people: [ana, ben] }', 'people: [ana, ben], only: { days: [Mon, Tue, Wed, Thu, Fri] } }');
    const { code, out } = await callCli(['check', '--weeks', '4', '--json'], env);

    const gaps = (JSON.parse(out) as Array<{ path: string; message: string }>).filter(({ message }) =>
      message.startsWith('nobody is on call'),
    );
    expect(code).toBe(0);
    expect(gaps[0]).toMatchObject({
      file: 'oncall.yml',
      path: 'schedules.primary',
      severity: 'warning',
      message: expect.stringMatching(/^nobody is on call from Sat .* to Mon .* \(America\/Sao_Paulo\)$/),
    });
  });

  it('to every switch of clocks, as a section of its own and with --switches under a key of its own', async () => {
    replaceInOncall('timezone: America/Sao_Paulo\n    layers', 'timezone: Europe/Lisbon\n    layers');
    const human = await callCli(['check'], env);
    const json = await callCli(['check', '--switches', '--json'], env);
    const plain = await callCli(['check', '--json'], env);

    expect(human.out).toMatch(
      /^ {2}\d{4}-03-\d\d Europe\/Lisbon springs forward 01:00→02:00: (ana|ben)'s shift in primary is 167 h, not 168 h; /m,
    );
    expect(JSON.parse(json.out)).toMatchObject({
      problems: expect.any(Array),
      switches: [{ zone: 'Europe/Lisbon' }, {}],
    });
    expect(JSON.parse(plain.out)).toEqual(JSON.parse(json.out).problems);
  });

  it('so far as it is told, in whole weeks', async () => {
    expect((await callCli(['check', '--weeks', '0'], env)).code).toBe(2);
    expect((await callCli(['check', '--weeks', 'many'], env)).code).toBe(2);
  });
});
