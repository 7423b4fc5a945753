import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evolvers } from '../../../src/cli/evolvers.ts';
import type { Actor, Command, Outcome } from '../../../src/core/command.ts';
import { decideUntilAppended } from '../../../src/journal/decide.ts';
import { verifyJournal } from '../../../src/journal/verify.ts';
import { listTokens, verifyToken } from '../../../src/oncall/tokens/read-tokens.ts';
import { createTokens } from '../../../src/oncall/tokens/token-commands.ts';
import { makeToken, type NewToken } from '../../../src/oncall/tokens/token-text.ts';
import { openTestJournal, type TestJournal } from '../../support/journal.ts';

const ANA: Actor = 'slack:U01ONCALL';
const BEN: Actor = 'slack:U03DEV';
const DAY = 86_400;

describe('personal tokens of the command line', () => {
  let store: TestJournal;
  beforeEach(async () => {
    store = await openTestJournal();
  });
  afterEach(() => store.remove());

  async function ask(verb: string, args: Command['args'], by: Actor = ANA): Promise<Outcome> {
    const decide = createTokens({ journal: store.journal }).commands?.[verb];
    let outcome: Outcome | null = null;
    await decideUntilAppended(store.journal, async () => {
      const command: Command = { v: 1, verb, by, at: store.clock.now(), via: 'slash', args };
      const decided = await decide?.(command);
      outcome = decided?.outcome ?? null;
      return decided?.batch ?? null;
    });
    if (outcome === null) throw new Error(`nobody decides ${verb}`);
    return outcome;
  }
  const make = (token: NewToken, seconds = 30 * DAY, by = ANA) =>
    ask('cli-token', { id: token.id, hash: token.hash, seconds }, by);
  const verify = (token: NewToken) => verifyToken(store.journal, token.text, store.clock.now());

  it('say whose they are, after a restart too, until they expire', async () => {
    const token = makeToken();
    await make(token, DAY);
    store = await store.restart();

    expect(await verify(token)).toMatchObject({ id: token.id, owner: ANA, expiresAt: store.clock.now() + DAY * 1000 });
    store.clock.advance(DAY * 1000);
    await expect(verify(token)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
  });

  it('open nothing once they are revoked', async () => {
    const token = makeToken();
    await make(token);

    const outcome = await ask('cli-token-revoke', { id: token.id });

    expect(outcome).toMatchObject({ kind: 'done' });
    await expect(verify(token)).rejects.toMatchObject({ code: 'TOKEN_REVOKED' });
    expect(await ask('cli-token-revoke', { id: token.id })).toMatchObject({ code: 'ALREADY_OVER' });
  });

  it.each<[string, Partial<NewToken>]>([
    ['another secret', { text: `gops_0000000000_${'A'.repeat(43)}` }],
    ['what is none', { text: 'hunter2' }],
  ])('are not %s', async (_name, wrong) => {
    const token = makeToken();
    await make(token);
    const presented = { ...token, ...wrong, text: wrong.text?.replace('0000000000', token.id) ?? '' };

    await expect(verify(presented)).rejects.toMatchObject({ code: 'TOKEN_UNKNOWN' });
  });

  it('are listed for their owner alone, with what became of each', async () => {
    const [good, old, gone, theirs] = [makeToken(), makeToken(), makeToken(), makeToken()] as const;
    await make(old, 60);
    store.clock.advance(61_000);
    await make(good);
    await make(gone);
    await make(theirs, DAY, BEN);
    await ask('cli-token-revoke', { id: gone.id });

    const listed = await listTokens(store.journal, ANA, store.clock.now());

    expect(Object.fromEntries(listed.map(({ id, status }) => [id, status]))).toEqual({
      [good.id]: 'good',
      [old.id]: 'expired',
      [gone.id]: 'revoked',
    });
  });

  it('are taken back by their owner or the host, and by nobody else', async () => {
    const token = makeToken();
    await make(token);

    expect(await ask('cli-token-revoke', { id: token.id }, BEN)).toMatchObject({ code: 'TOKEN_UNKNOWN' });
    expect(await verify(token)).toMatchObject({ owner: ANA });
    expect(await ask('cli-token-revoke', { id: token.id }, 'local')).toMatchObject({ kind: 'done' });
  });

  it.each<[string, Actor, Command['args'], string]>([
    ['by the command line', 'local', {}, 'TOKEN_NOT_YOURS'],
    ['by a person without an account', 'person:ana', {}, 'TOKEN_NOT_YOURS'],
    ['for longer than 90 days', ANA, { seconds: 90 * DAY + 1 }, 'TOKEN_TOO_LONG'],
    ['for no time', ANA, { seconds: 0 }, 'TOKEN_TOO_LONG'],
    ['with a secret where its hash belongs', ANA, { hash: makeToken().text }, 'TOKEN_MALFORMED'],
    ['under a strange id', ANA, { id: '../x' }, 'TOKEN_MALFORMED'],
  ])('are not made %s', async (_name, by, args, code) => {
    const { id, hash } = makeToken();

    const outcome = await ask('cli-token', { id, hash, seconds: DAY, ...args }, by);

    expect(outcome).toMatchObject({ kind: 'refused', code });
    expect(await listTokens(store.journal, by, store.clock.now())).toEqual([]);
  });

  it('are not made a second time under the same id', async () => {
    const token = makeToken();
    await make(token);

    expect(await make({ ...makeToken(), id: token.id }, DAY, BEN)).toMatchObject({ code: 'TOKEN_TAKEN' });
    expect(await verify(token)).toMatchObject({ owner: ANA });
  });

  it('leave their secret nowhere in the store, and the store verifies', async () => {
    const token = makeToken();
    await make(token);
    await ask('cli-token-revoke', { id: token.id });

    const bytes = ['', '-wal'].map((end) => readFileSync(`${store.path}${end}`, 'latin1')).join('');

    expect(bytes).toContain(token.hash);
    expect(bytes).not.toContain(token.text.split('_')[2]?.slice(0, 20));
    expect(await verifyJournal({ path: store.path, evolvers })).toMatchObject({ ok: true });
  });
});
