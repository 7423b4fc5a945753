import { describe, expect, it } from 'vitest';
import { createDirectory } from '../../src/bot/directory.ts';
import { testConfigSource } from '../support/config.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { silentLogger } from '../support/journal.ts';

function directoryWith(answer: (method: string) => Promise<unknown>) {
  const clock = createFakeClock();
  const calls: string[] = [];
  const client = {
    apiCall: (method: string) => {
      calls.push(method);
      return answer(method);
    },
  } as unknown as Parameters<typeof createDirectory>[0]['client'];
  const directory = createDirectory({ client, config: testConfigSource(), clock, logger: silentLogger });
  return { clock, calls, directory };
}

const ANA = { ok: true, user: { id: 'U7', real_name: 'Ana Souza', profile: { email: 'ana@company.com' } } };

describe('asking Slack who somebody is', () => {
  it('asks Slack once for an account that many look at', async () => {
    const { directory, calls } = directoryWith(async () => ANA);

    const found = await Promise.all(Array.from({ length: 20 }, () => directory.account('U7')));

    expect(found.every((account) => account?.id === 'U7')).toBe(true);
    expect(calls).toEqual(['users.info']);
    expect(directory.nameOf('slack:U7')).toBe('Ana Souza');
  });

  it('does not ask again at once for what Slack refused to tell', async () => {
    const { directory, calls, clock } = directoryWith(async () => {
      throw new Error('user_not_found');
    });

    for (let look = 0; look < 50; look += 1) directory.nameOf('slack:U8');
    expect(await directory.account('U8')).toBeNull();
    const early = calls.length;
    clock.advance(6_000);
    await directory.account('U8');

    expect(early).toBe(1);
    expect(calls).toHaveLength(2);
  });

  it('gives up on a silent Slack within a second, for groups and accounts, so that a click is answered in time', async () => {
    const { directory, clock } = directoryWith(() => new Promise(() => undefined));

    const asked = Promise.all([directory.account('U7'), directory.membersOf('sre'), directory.membersOf('dba')]);
    clock.advance(1_000);

    expect(await asked).toEqual([null, null, null]);
  });

  it('uses an old answer while Slack is away', async () => {
    let isAway = false;
    const { directory, clock } = directoryWith(async () => {
      if (isAway) throw new Error('away');
      return ANA;
    });
    await directory.account('U7');

    isAway = true;
    clock.advance(3_600_000);

    expect((await directory.account('U7'))?.real_name).toBe('Ana Souza');
  });
});
