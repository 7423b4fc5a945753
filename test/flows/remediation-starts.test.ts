import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RemediationRule } from '../../src/core/config/config.ts';
import { createRemediationWorld, type RemediationWorld, RULE } from '../support/remediation-world.ts';

describe('a rule asks for its run', () => {
  let world: RemediationWorld;
  beforeEach(async () => {
    world = await createRemediationWorld();
  });
  afterEach(() => world.close());

  it('once the alert has fired for as long as it says, and not before', async () => {
    await world.fire();
    await world.pass(119);
    const before = await world.runs();
    await world.pass(1);

    expect(before).toEqual([]);
    expect(await world.commands()).toEqual([
      {
        v: 1,
        verb: 'run',
        by: 'auto',
        at: world.clock.now(),
        via: 'rule',
        incident: 'GI-1',
        args: { runbook: 'restart', parameters: { service: 'gianna' }, reason: 'rule restart-when-down' },
      },
    ]);
    expect(await world.timeline()).toEqual(['rule restart-when-down started RUN-1']);
    expect(await world.remediation().list()).toMatchObject([
      { rule: 'restart-when-down', state: 'on', runs: 1, open: [{ run: 'RUN-1', incident: 'GI-1' }] },
    ]);
  });

  it('as it happens, without anybody asking it to look', async () => {
    world.remediation().start();
    world.incidents.set('GI-1', {
      id: 'GI-1',
      severity: 'P0',
      service: 'gianna',
      status: 'firing',
      firing: [{ labels: { alertname: 'GiannaServiceDown' }, since: world.clock.now() }],
    });
    await world.fire('GI-2', { status: 'resolved' });

    await world.strike(120);

    expect((await world.journal().effects({ kinds: ['remediation'] })).map(({ incident }) => incident)).toEqual([
      'GI-1',
    ]);
  });

  it.each<[string, Partial<RemediationRule>]>([
    ['when it is off', { isOn: false }],
    ['for an alert that it does not mean', { match: { alertname: { kind: 'values', values: ['Other'] } } }],
    ['for one label of two', { match: { ...RULE.match, team: { kind: 'pattern', pattern: 'a|b' } } }],
  ])('never %s', async (_when, change) => {
    world.rules({ ...RULE, ...change });

    await world.fire();
    await world.pass(3600);

    expect(await world.commands()).toEqual([]);
    expect(await world.types()).toEqual([]);
  });

  it('never when the alert ends before its time', async () => {
    await world.fire();
    await world.pass(60);
    await world.fire('GI-1', { status: 'recovered', firing: [] });

    await world.pass(3600);

    expect(await world.commands()).toEqual([]);
  });

  it('after the whole time again when the alert began anew', async () => {
    await world.fire();
    await world.pass(60);
    const labels = { alertname: 'GiannaServiceDown' };
    await world.fire('GI-1', { firing: [{ labels, since: world.clock.now() }] });

    await world.pass(119);
    expect(await world.runs()).toEqual([]);
    await world.pass(1);

    expect(await world.runs()).toHaveLength(1);
  });

  it('when its configuration comes into force while the alert fires', async () => {
    world.rules();
    await world.fire();
    await world.pass(600);

    world.rules(RULE);
    await world.pass(60);

    expect(await world.runs()).toHaveLength(1);
  });
});

describe('a rule does not run, and says why once', () => {
  let world: RemediationWorld;
  beforeEach(async () => {
    world = await createRemediationWorld();
  });
  afterEach(() => world.close());

  it('while its precheck disagrees; it looks again, less and less often, and runs once that agrees', async () => {
    let looks = 0;
    world.probe = 'warn';
    world.onProbe = async () => {
      looks += 1;
    };
    await world.fire();
    await world.pass(120 + 3600);
    const looked = looks;
    world.probe = 'fail';
    await world.pass(600);

    expect(looked).toBe(9);
    expect(await world.timeline()).toEqual([
      'rule restart-when-down does not run now: gianna-health says warn, not fail',
      'rule restart-when-down started RUN-1',
    ]);
  });

  it('on an ok, even if a rule wanted nothing else', async () => {
    world.rules({ ...RULE, precheck: { probe: 'gianna-health', results: [] } });
    world.probe = 'ok';
    await world.fire();

    await world.pass(3600);

    expect(await world.commands()).toEqual([]);
  });

  it('once somebody has acknowledged: a person owns it', async () => {
    await world.fire();
    await world.fire('GI-1', { status: 'acknowledged' });
    await world.pass(3600);

    expect(await world.commands()).toEqual([]);
    expect(await world.timeline()).toEqual([
      'rule restart-when-down does not run now: somebody acknowledged it and decides',
    ]);
  });

  it('when somebody acknowledges while the precheck runs', async () => {
    world.onProbe = async () => world.acknowledge('GI-1');
    await world.fire();

    await world.pass(3600);

    expect(await world.commands()).toEqual([]);
    expect(await world.types()).toEqual(['skipped']);
  });

  it('but goes on when nobody owns it any more', async () => {
    await world.fire();
    await world.fire('GI-1', { status: 'acknowledged' });
    await world.pass(600);

    await world.fire('GI-1', { status: 'firing' });
    await world.pass(1);

    expect(await world.runs()).toHaveLength(1);
  });

  it('what is more than R2, whatever the configuration says', async () => {
    const { runbooks } = world.config.current();
    const restart = runbooks.restart;
    if (restart === undefined) throw new Error('no runbook');
    world.config.swap({ ...world.config.current(), runbooks: { ...runbooks, restart: { ...restart, risk: 'R3' } } });
    await world.fire();

    await world.pass(7200);

    expect(await world.commands()).toEqual([]);
    expect(await world.timeline()).toEqual([
      'rule restart-when-down does not run now: restart is R3: only R1 and R2 run by themselves',
    ]);
  });

  it('while it is frozen, in the words of the freeze', async () => {
    const reason = 'freeze window weekend until Mon 06:00 (UTC)';
    world.freezes = [{ kind: 'freeze', rule: 'weekend', reason, isOverridable: true }];
    await world.fire();
    await world.pass(1200);
    world.freezes = [];
    await world.pass(600);

    expect(await world.timeline()).toEqual([
      `rule restart-when-down does not run now: ${reason}`,
      'rule restart-when-down started RUN-1',
    ]);
  });

  it('twice at a time on one service, nor before it has rested', async () => {
    await world.fire();
    await world.pass(120);
    await world.fire('GI-2');
    await world.pass(900);
    const during = (await world.runs()).length;
    await world.endRun('RUN-1', 'fixed');
    await world.fire('GI-1', { status: 'recovered', firing: [] });
    await world.pass(599);
    const rested = (await world.runs()).length;
    await world.pass(61);

    expect([during, rested]).toEqual([1, 1]);
    expect((await world.runs()).map(({ incident }) => incident)).toEqual(['GI-1', 'GI-2']);
    expect(await world.timeline('GI-2')).toEqual([
      'rule restart-when-down does not run now: RUN-1 for GI-1 is not over',
      expect.stringMatching(/^rule restart-when-down does not run now: it ran a short time ago; again in/),
      'rule restart-when-down started RUN-2',
    ]);
  });

  it('more often in any hour than its budget, on whatever service', async () => {
    world.rules({ ...RULE, mostPerHour: 2, cooldownSeconds: 0 });
    for (const [id, service] of [
      ['GI-1', 'gianna'],
      ['GI-2', 'redis'],
      ['GI-3', 'worker'],
    ]) {
      await world.fire(id, { service: service ?? null });
    }
    await world.pass(120 + 3599);
    const spent = await world.runs();
    await world.pass(61);

    expect(spent).toHaveLength(2);
    expect(await world.runs()).toHaveLength(3);
    const told = (await world.journal().eventsAfter(0, 100)).filter(({ type }) => type === 'remediation.skipped');
    expect(told.map(({ data }) => data.skip)).toEqual(['budget']);
  });

  it('what the engine refuses: it is told, spends nothing, and is asked again later as another run', async () => {
    world.rules({ ...RULE, mostPerHour: 1 });
    world.refusal = {
      kind: 'refused',
      code: 'ALREADY_RUNNING',
      text: 'Already running: RUN-9 by ana.',
      remedy: 'Wait.',
    };
    await world.fire();
    await world.pass(125);
    world.refusal = null;
    await world.pass(60);

    expect(await world.timeline()).toEqual([
      'rule restart-when-down asked for a run, which was refused: Already running: RUN-9 by ana.',
      'rule restart-when-down started RUN-1',
    ]);
  });
});
