import { beforeEach, describe, expect, it } from 'vitest';
import { createDirectory, type SlackAccount } from '../../src/bot/directory.ts';
import { testConfig, testConfigSource } from '../support/config.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { silentLogger } from '../support/journal.ts';

describe('the name of a person', () => {
  let asked: string[];
  beforeEach(() => {
    asked = [];
  });

  function directoryOf(account: Partial<SlackAccount> | null) {
    const client = {
      apiCall: async (_method: string, args?: Record<string, unknown>) => {
        asked.push(String(args?.user));
        if (account === null) throw new Error('slack is away');
        return { ok: true, user: { id: String(args?.user), name: 'handle', ...account } };
      },
    };
    const clock = createFakeClock();
    return {
      clock,
      directory: createDirectory({ client, config: testConfigSource(testConfig()), clock, logger: silentLogger }),
    };
  }

  it.each<[Partial<SlackAccount>, string]>([
    [{ profile: { display_name: 'Annie' }, real_name: 'Ana Souza' }, 'Annie'],
    [{ profile: { display_name: 'handle' }, real_name: 'Ana Souza' }, 'Ana Souza'],
    [{ profile: { display_name: ' ', real_name: 'Ana Souza' } }, 'Ana Souza'],
    [{}, 'handle'],
  ])('with the account %j is %s, by key and by account', async (account, name) => {
    const { directory } = directoryOf(account);

    await directory.warm();

    expect([directory.nameOf('ana'), directory.nameOfPerson('ana'), directory.nameOf('slack:U01ONCALL')]).toEqual([
      name,
      name,
      name,
    ]);
  });

  it('is the key while Slack is away, and Slack is not asked again for each message', async () => {
    const { directory, clock } = directoryOf(null);

    const names = Array.from({ length: 50 }, () => directory.nameOf('ana'));
    clock.advance(61_000);
    directory.nameOf('slack:U01ONCALL');

    expect(new Set(names)).toEqual(new Set(['ana']));
    expect(asked).toEqual(['U01ONCALL', 'U01ONCALL']);
  });

  it.each([
    ['local', 'the command line'],
    ['auto', 'Gianna Ops'],
    ['slack:U99', 'U99'],
    ['__proto__', '__proto__'],
  ])('of %s, who is nobody of oncall.yml, is %s', (actor, name) => {
    expect(directoryOf(null).directory.nameOf(actor)).toBe(name);
  });
});
