import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStepWorld, type StepWorld } from '../../support/step-world.ts';

const line = (address: string, status: number) =>
  `${address} - - [22/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" ${status} 12`;

describe('a step that looks for addresses in a log', () => {
  let world: StepWorld;
  let file: string;
  beforeEach(() => {
    world = createStepWorld();
    file = join(world.folder, 'access.log');
  });
  afterEach(() => world.end());
  const look = async (rest: Record<string, unknown> = {}) => {
    const [outcome] = await world.run('log.addresses', { file, match: '" 401 ', least: 2, ...rest });
    return outcome;
  };

  it('names those that stand in most of the lines that hold a text, the most frequent first', async () => {
    const lines = [
      ...Array.from({ length: 3 }, () => line('203.0.113.7', 401)),
      ...Array.from({ length: 5 }, () => line('2001:db8::7', 401)),
      ...Array.from({ length: 9 }, () => line('203.0.113.8', 200)),
      line('203.0.113.9', 401),
    ];
    writeFileSync(file, lines.join('\n'));

    const outcome = await look();

    expect(outcome).toMatchObject({
      status: 'done',
      results: { addresses: '2001:db8::7 203.0.113.7', top: '2001:db8::7 (5), 203.0.113.7 (3)', count: 2 },
    });
  });

  it('leaves out whom nobody may block, what is private, and what is no address', async () => {
    const odd = ['127.0.0.1', '10.0.0.7', '::1', '010.0.0.1', '999.1.1.1', '10:00:00', '1.2.3'];
    writeFileSync(file, odd.flatMap((each) => [line(each, 401), line(each, 401)]).join('\n'));

    const outcome = await look();

    expect(outcome).toMatchObject({ status: 'done', results: { addresses: '', count: 0 } });
  });

  it.each([[{ match: '-e' }], [{ match: '$(touch /tmp/never)' }], [{ match: 'nothing like it' }]])(
    'takes %j as it stands, and finds nothing',
    async (rest) => {
      writeFileSync(file, [line('203.0.113.7', 401), line('203.0.113.7', 401)].join('\n'));

      expect(await look(rest)).toMatchObject({ status: 'done', results: { count: 0 } });
    },
  );

  it('fails for a log that is not there', async () => {
    const outcome = await look({ file: '/var/log/none-of-ours.log' });

    expect(outcome).toMatchObject({ status: 'failed', summary: expect.stringContaining('cannot be read') });
  });
});
