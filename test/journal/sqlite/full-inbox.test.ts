import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Journal } from '../../../src/journal/port.ts';
import { openSqliteJournal } from '../../../src/journal/sqlite.ts';
import { openTestJournal, silentLogger, type TestJournal } from '../../support/journal.ts';
import { batchOf, rowOf } from '../builders.ts';

const FULL = { code: 'INBOX_FULL', family: 'transient' };
const body = new Uint8Array(90_000);

describe('an inbox that is full by bytes', () => {
  let subject: TestJournal;
  let journal: Journal;
  beforeEach(async () => {
    subject = await openTestJournal();
    await subject.journal.close();
    journal = await open();
  });
  afterEach(async () => {
    await journal.close();
    await subject.remove();
  });
  const open = () =>
    openSqliteJournal({ path: subject.path, clock: subject.clock, logger: silentLogger, maxWaitingBytes: 1_000_000 });
  const put = (key: string) => journal.put({ ...rowOf(key), body });

  it('takes no more of a flood of long payloads than the bound, and still takes people', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 50 }, (_, n) => put(`m${n}`)));

    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    expect(refused).toHaveLength(39);
    expect(refused[0]).toMatchObject(FULL);
    expect(await journal.put(rowOf('p', 'people'))).toMatchObject({ duplicate: false });
  });

  it('takes as much again as was handled, and counts anew what waits after a restart', async () => {
    for (let n = 0; n < 11; n += 1) await put(`m${n}`);
    await expect(put('too-much')).rejects.toMatchObject(FULL);

    await journal.append(batchOf({ done: [1] }));

    expect(await put('fits')).toMatchObject({ duplicate: false });
    await journal.close();
    journal = await open();
    await expect(put('still-too-much')).rejects.toMatchObject(FULL);
  });

  it('does not count what is parked, until it is tried again', async () => {
    for (let n = 0; n < 11; n += 1) await put(`m${n}`);
    for (let n = 0; n < 3; n += 1) await journal.failed(1, 'a bug');

    expect(await put('fits')).toMatchObject({ duplicate: false });
    await journal.unpark();
    await journal.append(batchOf({ done: [2] }));

    await expect(put('too-much')).rejects.toMatchObject(FULL);
  });
});
