import { expect, it } from 'vitest';
import { transient } from '../../src/core/errors.ts';
import { createPatientJournal } from '../../src/journal/patient.ts';
import type { Journal } from '../../src/journal/port.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { silentLogger } from '../support/journal.ts';

const busy = () => transient('STORE_BUSY', 'Another process holds the database; nothing was stored.', 'Find it.');

/** A store that refuses so many appends, then takes them. */
function store(errors: Error[]): { journal: Journal; appended: () => number } {
  let appended = 0;
  const append = async () => {
    const error = errors.shift();
    if (error !== undefined) throw error;
    appended += 1;
    return { kind: 'appended', events: [] };
  };
  return { journal: { append } as unknown as Journal, appended: () => appended };
}

/** Lets time pass until it has settled. */
async function passing<T>(work: Promise<T>, clock: FakeClock): Promise<T> {
  let isSettled = false;
  work.then(
    () => (isSettled = true),
    () => (isSettled = true),
  );
  for (let turn = 0; turn < 100 && !isSettled; turn += 1) {
    clock.advance(1000);
    await new Promise(setImmediate);
  }
  return work;
}

const batch = { at: 0, actor: 'auto' } as const;

it('waits for a busy store while it is to be patient, and stores once', async () => {
  const clock = createFakeClock(0);
  const { journal, appended } = store([busy(), busy(), busy()]);
  const patient = createPatientJournal(journal, { isPatient: () => true, clock, logger: silentLogger });

  await passing(patient.append(batch), clock);

  expect(appended()).toBe(1);
});

it('tells of a busy store once the start is over, or somebody wants it to stop', async () => {
  const clock = createFakeClock(0);
  let isPatient = true;
  const { journal, appended } = store([busy(), busy()]);
  const patient = createPatientJournal(journal, { isPatient: () => isPatient, clock, logger: silentLogger });

  const appending = patient.append(batch);
  isPatient = false;

  await expect(passing(appending, clock)).rejects.toMatchObject({ code: 'STORE_BUSY' });
  expect(appended()).toBe(0);
});

it('never waits for a store that is broken', async () => {
  const clock = createFakeClock(0);
  const { journal } = store([transient('STORE_FULL', 'The disk is full.', 'Make room.')]);
  const patient = createPatientJournal(journal, { isPatient: () => true, clock, logger: silentLogger });

  await expect(patient.append(batch)).rejects.toMatchObject({ code: 'STORE_FULL' });
});
