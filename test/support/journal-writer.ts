import { openSync, writeSync } from 'node:fs';
import { systemClock } from '../../src/core/clock.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { silentLogger } from './journal.ts';

/**
 * A process that is meant to be killed: keeps 64 writes in flight and notes each one in a file once it was
 * acknowledged. Arguments: database, file of acknowledgements, name of this round.
 */
const [path = '', acknowledged = '', round = ''] = process.argv.slice(2);
const LANES = 32;

const journal = await openSqliteJournal({ path, clock: systemClock, logger: silentLogger, maxWaiting: 10_000_000 });
const file = openSync(acknowledged, 'a');
const note = (line: string): void => {
  writeSync(file, `${line}\n`);
};

async function putForEver(lane: number): Promise<void> {
  for (let n = 0; ; n += 1) {
    const key = `${round}-${lane}-${n}`;
    await journal.put({ lane: 'machines', source: 'alertmanager', key, receivedAt: n, body: Buffer.alloc(300, 'x') });
    note(`put ${key}`);
  }
}

async function appendForEver(lane: number): Promise<void> {
  const id = `TH-${round}-${lane}`;
  for (let version = 1; ; version += 1) {
    const result = await journal.append({
      at: version,
      actor: 'auto',
      aggregates: [
        {
          kind: 'thing',
          id,
          expected: version - 1,
          key: id,
          state: { raised: version },
          events: [{ type: 'thing.raised', v: 1, data: { version } }],
        },
      ],
      timers: [{ op: 'set', kind: 'thing', id, purpose: 'escalate', dueAt: version, data: {} }],
    });
    if (result.kind === 'conflict') throw new Error('a conflict without a rival');
    note(`append ${id} ${version}`);
  }
}

const lanes = Array.from({ length: LANES }, (_, lane) => lane);
process.stdout.write('ready\n');
await Promise.all(lanes.flatMap((lane) => [putForEver(lane), appendForEver(lane)]));
