import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readNotice } from '../../src/journal/notice.ts';
import { type IncidentWorld, openIncidentWorld } from '../support/incident-world.ts';
import { T0 } from '../support/payloads.ts';

const MINUTE = 60_000;
const CRITICAL = { alertname: 'DatabaseConnectionIssue', severity: 'critical', component: 'database' };

describe('an incident that is given to somebody pages nobody else', () => {
  let world: IncidentWorld;
  beforeEach(async () => {
    world = await openIncidentWorld();
    await world.deliver([{ labels: CRITICAL }]);
  });
  afterEach(() => world.close());

  it('stops its pages, shows its owner and tells them', async () => {
    const answer = await world.ask('assign', 'GI-1', { to: 'ben' });
    await world.pass(3 * 3600_000);
    const [told] = await world.journal.effects({ kinds: ['notice'] });

    expect(answer.text).toBe('GI-1 assigned to ben. Paging has stopped.');
    expect(await world.incident('GI-1')).toMatchObject({ status: 'acknowledged', owner: 'slack:U03DEV' });
    expect(await world.wanted('GI-1')).toEqual([]);
    expect(await world.nextPageAt('GI-1')).toBeNull();
    expect(told === undefined ? null : await readNotice(world.journal, told)).toMatchObject({
      to: { actor: 'slack:U03DEV' },
      title: 'ana assigned GI-1 to you',
      incident: 'GI-1',
    });
    expect(await world.texts('GI-1')).toContain('assigned to slack:U03DEV');
  });

  it('changes hands, also after an acknowledgement and while it has recovered', async () => {
    await world.ask('ack', 'GI-1');
    await world.ask('assign', 'GI-1', { to: 'slack:U02MGR' });
    await world.deliver([{ labels: CRITICAL, status: 'resolved', endsAt: T0 + MINUTE }]);
    await world.ask('assign', 'GI-1', { to: 'ben' });
    const recovered = await world.incident('GI-1');
    await world.deliver([{ labels: CRITICAL, startsAt: T0 + 2 * MINUTE }]);

    expect(recovered).toMatchObject({ status: 'recovered', owner: 'slack:U03DEV' });
    expect(await world.incident('GI-1')).toMatchObject({ status: 'acknowledged', owner: 'slack:U03DEV' });
  });

  it('tells nobody who takes it themselves', async () => {
    await world.ask('assign', 'GI-1', { to: 'ana' });

    expect((await world.incident('GI-1')).owner).toBe('slack:U01ONCALL');
    expect(await world.journal.effects({ kinds: ['notice'] })).toEqual([]);
  });

  it('refuses somebody unknown with who there is, and who has it already', async () => {
    const unknown = await world.ask('assign', 'GI-1', { to: 'anna' });
    const nobody = await world.ask('assign', 'GI-1', {});
    await world.ask('assign', 'GI-1', { to: 'ben' });
    const again = await world.ask('assign', 'GI-1', { to: 'slack:U03DEV' });

    expect(unknown).toMatchObject({
      code: 'PERSON_UNKNOWN',
      text: '"anna" is nobody of oncall.yml. Nothing was changed.',
      remedy: 'Did you mean ana? People: ana, ben, marco',
    });
    expect(nobody.code).toBe('PERSON_UNKNOWN');
    expect(again).toMatchObject({ code: 'ALREADY_ASSIGNED', text: "GI-1 is ben's already." });
  });
});
