import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRemediationWorld, type RemediationWorld, RULE } from '../support/remediation-world.ts';

describe('a rule is judged by what its runs came to', () => {
  let world: RemediationWorld;
  beforeEach(async () => {
    world = await createRemediationWorld();
    await world.fire();
    await world.pass(120);
  });
  afterEach(() => world.close());

  /** Rests, and lets the rule run again for the incident that still fires. */
  const again = () => world.pass(660);

  it('a run that fixed it forgives what was missed before', async () => {
    await world.endRun('RUN-1', 'no-effect');
    await again();
    await world.endRun('RUN-2', 'fixed');
    await again();
    await world.endRun('RUN-3', 'no-effect');

    expect(await world.remediation().list()).toMatchObject([{ state: 'on', misses: 1, runs: 3 }]);
  });

  it.each([
    ['no-effect', 'failed', 'it had no effect'],
    ['worse', 'failed', 'it is worse than before'],
    [null, 'succeeded', 'nothing proves that it helped'],
    [null, 'interrupted', 'it was interrupted'],
  ] as const)(
    'one that did not help (%s, %s) escalates at once, in words, and once',
    async (verdict, status, words) => {
      await world.endRun('RUN-1', verdict, status);
      await world.crash();

      expect(world.escalated).toEqual([
        {
          key: expect.any(String),
          incident: 'GI-1',
          words: `RUN-1 (restart, by rule restart-when-down) did not help: ${words}. A person has to look.`,
        },
      ]);
      expect(await world.remediation().list()).toMatchObject([{ state: 'on', misses: 1, open: [] }]);
    },
  );

  it('one that was refused before it began is no miss', async () => {
    await world.endRun('RUN-1', null, 'refused');

    expect(world.escalated).toEqual([]);
    expect(await world.remediation().list()).toMatchObject([{ misses: 0, open: [] }]);
  });

  it('a run of somebody else is none of its business', async () => {
    await world.endRun('RUN-1', 'fixed');
    await again();
    const before = await world.types();
    await world.endRun('RUN-1', 'worse');

    expect(await world.types()).toEqual(before);
  });

  describe('after so many misses in a row it switches itself off', () => {
    beforeEach(async () => {
      await world.endRun('RUN-1', 'no-effect');
      await again();
      await world.endRun('RUN-2', 'worse');
    });

    it('says so, and runs no more, across restarts', async () => {
      await again();
      await world.crash();
      await world.pass(24 * 3600);

      expect(await world.runs()).toHaveLength(2);
      expect(world.escalated).toHaveLength(2);
      expect(await world.remediation().list()).toMatchObject([{ state: 'off', misses: 2 }]);
      expect(await world.notices()).toMatchObject([
        { to: { channel: 'ops' }, title: 'Automatic remediation "restart-when-down" switched itself off' },
      ]);
      expect((await world.timeline()).at(-1)).toBe(
        'rule restart-when-down switched itself off: 2 runs in a row did not help',
      );
    });

    it('until an admin switches it on', async () => {
      world.admin = false;
      const refused = await world.switchOn(RULE.name);
      world.admin = true;
      const outcome = await world.switchOn(RULE.name);
      await world.pass(720);

      expect(refused).toMatchObject({ kind: 'refused', code: 'NOT_ALLOWED' });
      expect(outcome).toEqual({ kind: 'done', text: 'restart-when-down runs again.' });
      expect(await world.runs()).toHaveLength(3);
      expect(await world.remediation().list()).toMatchObject([{ state: 'on', misses: 0 }]);
    });

    it('or until the rule is changed', async () => {
      world.rules({ ...RULE, afterSeconds: 180 });
      await world.pass(720);

      expect(await world.runs()).toHaveLength(3);
      expect(await world.types()).toContain('on');
    });
  });

  it('a rule that is on, or that there is not, cannot be switched on', async () => {
    const outcomes = [await world.switchOn(RULE.name), await world.switchOn('other')];

    expect(outcomes).toMatchObject([{ code: 'RULE_ON' }, { code: 'RULE_UNKNOWN' }]);
  });
});
