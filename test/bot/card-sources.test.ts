import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeIncidentEvent } from '../../src/alerts/describe.ts';
import { alertsOf } from '../../src/bot/alerts-of.ts';
import { createCardSources } from '../../src/bot/card-sources.ts';
import { renderIncident } from '../../src/bot/render/incident.ts';
import { renderTimeline } from '../../src/bot/render/timeline.ts';
import { openTestDesk, type TestDesk } from '../support/alert-desk.ts';
import { testRunbook } from '../support/config.ts';

const nameOf = (actor: string): string => (actor === 'slack:U01ONCALL' ? 'Ana' : actor);

describe('what the messages of an incident are made of', () => {
  let desk: TestDesk;
  beforeEach(async () => {
    desk = await openTestDesk();
    for (const number of [1, 2]) {
      const labels = { alertname: `Slow${number}`, severity: 'warning', instance: `web-${number}` };
      await desk.deliver([{ fingerprint: `00000000c0ffee0${number}`, labels }], { groupLabels: { g: String(number) } });
    }
  });
  afterEach(() => desk.verifyAndRemove());

  const sources = () =>
    createCardSources({
      journal: desk.journal,
      config: desk.config,
      describers: [describeIncidentEvent],
      escalationOf: async () => null,
      run: async () => null,
      nameOf,
      maySilence: () => true,
    });
  async function shown(id: string) {
    const card = await sources().incident(id);
    if (card === null) throw new Error(`no ${id}`);
    return {
      parent: JSON.stringify(renderIncident(card, nameOf)),
      timeline: JSON.stringify(renderTimeline(card, nameOf)),
    };
  }

  it('has the reason of the snooze that holds, and none once it is over', async () => {
    await desk.ask('snooze', 'GI-1', { args: { seconds: 600, reason: 'first thought' } });
    await desk.ask('snooze', 'GI-1', { args: { seconds: 1200, reason: 'vendor is at it' } });
    const snoozed = await shown('GI-1');

    await desk.ask('unsnooze', 'GI-1');
    const awake = await shown('GI-1');

    expect(snoozed.parent).toMatch(/Snoozed\* until .* by Ana: vendor is at it/);
    expect(snoozed.parent).not.toContain('first thought');
    expect(snoozed.timeline).toContain('vendor is at it – Ana');
    expect(awake.parent).not.toContain('vendor');
  });

  it('offers the runbooks that its route names and that there are, but the restart, which has a button', async () => {
    const config = desk.config.current();
    const routes = config.routing.routes.map((route) => ({ ...route, runbooks: ['restart', 'scale-out', 'gone'] }));
    const runbooks = { ...config.runbooks, 'scale-out': testRunbook('scale-out') };
    desk.config.swap({ ...config, runbooks, routing: { ...config.routing, routes } });
    await desk.deliver([{ fingerprint: '00000000c0ffee03', labels: { alertname: 'New', severity: 'warning' } }]);

    const { parent } = await shown('GI-3');

    expect(parent).toContain('Scale out…');
    expect(parent).toContain('\\"verb\\":\\"run\\",\\"b\\":\\"scale-out\\"');
    expect(parent).not.toContain('gone');
    expect(parent.match(/\\"b\\":/g)).toHaveLength(1);
  });

  it('has the severity that a person chose last, and what it was before', async () => {
    await desk.ask('severity', 'GI-1', { args: { to: 'P3', reason: 'only the preview' } });
    const chosen = await shown('GI-1');

    await desk.ask('severity', 'GI-1', { args: { to: 'P1', reason: 'nobody can pay' } });
    const again = await shown('GI-1');

    expect(chosen.parent).toContain('*Severity* was P2, changed by Ana: only the preview');
    expect(again.parent).toContain('*Severity* was P3, changed by Ana: nobody can pay');
  });

  it('tells on both sides of a merge', async () => {
    await desk.ask('merge', 'GI-2', { args: { into: 'GI-1', reason: 'one disk' } });

    expect((await shown('GI-2')).parent).toContain('*Folded beneath GI-1*: merged by Ana: one disk');
    expect((await shown('GI-1')).parent).toMatch(/\*Folded beneath\*: GI-2 /);
  });

  it('lists the alerts of an incident, one a fingerprint, those that fire first', async () => {
    const labels = { alertname: 'Slow1', severity: 'warning', instance: 'web-9' };
    await desk.deliver([{ fingerprint: '00000000c0ffee09', labels }], { groupLabels: { g: '1' } });
    const ended = { alertname: 'Slow1', severity: 'warning', instance: 'web-1' };
    desk.clock.advance(1000);
    await desk.deliver(
      [{ fingerprint: '00000000c0ffee01', labels: ended, status: 'resolved', endsAt: desk.clock.now() }],
      { groupLabels: { g: '1' } },
    );

    const alerts = await alertsOf(desk.journal, 'GI-1');

    expect(alerts.map(({ fingerprint, isFiring }) => [fingerprint, isFiring])).toEqual([
      ['00000000c0ffee09', true],
      ['00000000c0ffee01', false],
    ]);
    expect(alerts[0]?.labels.instance).toBe('web-9');
  });
});
