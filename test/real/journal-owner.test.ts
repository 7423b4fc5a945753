import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestJournal } from '../support/journal.ts';

const WRITER = join(import.meta.dirname, '../support/journal-writer.ts');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gianna-owner-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('refuses a second process on the same database, and lets it in once the first was killed', async () => {
  const path = join(folder, 'journal.db');
  const writer = spawn(process.execPath, ['--import', 'tsx', WRITER, path, join(folder, 'acknowledged'), '1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(writer.stdout, 'data');

  const refused = await openTestJournal({ path }).catch((error: unknown) => error);
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  const { journal } = await openTestJournal({ path });

  expect(refused).toMatchObject({ code: 'STORE_IN_USE', family: 'refusal' });
  expect(await journal.writable()).toBe(true);
  await journal.close();
});
