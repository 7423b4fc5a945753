import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entriesOf } from '../../src/alerts/timeline.ts';
import { viewIncident } from '../../src/alerts/views.ts';
import { listDrills } from '../../src/oncall/drills/drill-json.ts';
import { readPaged } from '../../src/oncall/proof/paged.ts';
import { createReadNumbers } from '../../src/oncall/reports/read-numbers.ts';
import { callCli } from '../cli/call.ts';
import { MONDAY_TEN, type OncallWorld, openOncallWorld } from '../support/oncall-world.ts';

describe('a drill', () => {
  let world: OncallWorld;
  beforeEach(async () => {
    world = await openOncallWorld();
  });
  afterEach(() => world.close());

  const drill = async (args: Record<string, string | boolean> = {}) => {
    const outcome = await world.ask('drill', null, { severity: 'P1', ...args }, 'slack:U02MGR');
    if (outcome.kind !== 'done' || outcome.incident === undefined) throw new Error(outcome.text);
    return outcome.incident;
  };
  const texts = async (incident: string) =>
    (await entriesOf(world.journal(), await world.journal().eventsAbout(incident), [world.oncall.describe])).map(
      ({ text }) => text,
    );

  it('is marked wherever it shows, and pages for real', async () => {
    const id = await drill({ note: 'new phones', service: 'redis' });

    const view = await viewIncident(world.journal(), id);
    expect(view).toMatchObject({ flags: ['drill'], service: 'redis', byHand: true });
    expect(view?.about).toMatchObject({ title: '[DRILL] new phones', alertname: 'drill' });
    expect((await world.pages(id, ['wanted'])).map(({ data }) => data.means)).toEqual(['thread', 'dm']);
  });

  it('on paper pages nobody, and writes down who would have been', async () => {
    const id = await drill({ paper: true });
    await world.pass(1800);

    expect(await world.pages(id, ['wanted', 'claimed', 'done'])).toEqual([]);
    const rows = (await readPaged(world.journal(), id)) ?? [];
    expect(rows.map(({ level, people, means, outcome, why }) => [level, people, means, outcome, why])).toEqual([
      [1, ['ana'], 'thread', 'paper', null],
      [1, ['ana'], 'dm', 'paper', null],
      [2, ['ana'], 'thread', 'paper', null],
      [2, ['ana'], 'dm', 'paper', null],
    ]);
    expect(await texts(id)).toContain('would have paged ana (level 1)');
  });

  it('tells its times when it ends, beside the last ones of the same severity', async () => {
    const first = await drill();
    await world.endPages();
    await world.pass(180);
    await world.ask('ack', first);
    await world.pass(420);
    await world.ask('resolve', first);
    await world.pass(86_400);
    const other = await drill({ severity: 'P0' });
    await world.ask('resolve', other);
    const second = await drill();
    await world.endPages();
    await world.pass(1900);
    await world.ask('resolve', second);

    expect(await texts(first)).toContain(
      'drill over: acknowledged after 3m, ended after 10m, level 1 reached; it is the first of this severity',
    );
    expect(await texts(second)).toContain(
      `drill over: nobody acknowledged, ended after 31m40s, level 2 reached; before it ${first}: acknowledged after 3m, ended after 10m (2026-11-23)`,
    );
    const list = await listDrills(world.journal());
    expect(list.map(({ id, ackSeconds, endSeconds, level }) => [id, ackSeconds, endSeconds, level])).toEqual([
      [second, null, 1900, 2],
      [other, null, 0, 1],
      [first, 180, 600, 1],
    ]);
    expect(list[0]?.before).toEqual({ id: first, ackSeconds: 180, endSeconds: 600 });
    const env = { GIANNA_SOCKET: '/nonexistent/ops.sock', GIANNA_DATABASE_URL: `sqlite:${world.path()}` };
    expect((await callCli(['drills'], env)).out).toContain(`${first}: acknowledged after 3m, ended after 10m`);
  });

  it('ends by itself after an hour, also when the process was killed meanwhile', async () => {
    const id = await drill();
    await world.kill(1800);
    await world.pass(1799);
    const before = (await viewIncident(world.journal(), id))?.status;
    await world.pass(1);

    expect(before).toBe('firing');
    expect(await viewIncident(world.journal(), id)).toMatchObject({ status: 'resolved', resolvedBy: 'auto' });
    expect(await world.pages(id, ['wanted'])).toEqual([]);
  });

  it('counts in no number', async () => {
    const id = await drill();
    await world.endPages();
    await world.pass(60);
    await world.ask('ack', id);
    await world.ask('resolve', id);

    const read = createReadNumbers({ journal: world.journal(), isFix: () => false });
    const window = { since: MONDAY_TEN - 1, until: world.clock.now() + 1 };
    const numbers = await read(world.config.current(), window);

    expect(numbers).toMatchObject({ opened: { P1: 0 }, pages: [], noise: [] });
    expect(numbers.times.acknowledge.P1.n).toBe(0);
  });

  it('is merged with no real incident, and is not reopened', async () => {
    const id = await drill();
    const real = await world.open('P1');

    const into = await world.ask('merge', id, { into: real, reason: 'same' });
    const from = await world.ask('merge', real, { into: id, reason: 'same' });
    await world.ask('resolve', id);
    const again = await world.ask('reopen', id, { reason: 'once more' });

    expect([into, from, again].map((outcome) => (outcome.kind === 'refused' ? outcome.code : ''))).toEqual([
      'MERGE_DRILL',
      'MERGE_DRILL',
      'DRILL_OVER',
    ]);
  });

  it('is refused where nobody would be paged, or something is unknown', async () => {
    const nobody = await world.ask('drill', null, { severity: 'P3' });
    const severity = await world.ask('drill', null, { severity: 'urgent' });
    const service = await world.ask('drill', null, { severity: 'P1', service: 'gianan' });
    const long = await world.ask('drill', null, { severity: 'P1', note: 'x'.repeat(201) });

    expect([nobody, severity, service, long].map((each) => (each.kind === 'refused' ? each.code : ''))).toEqual([
      'DRILL_PAGES_NOBODY',
      'SEVERITY_UNKNOWN',
      'SERVICE_UNKNOWN',
      'NOTE_TOO_LONG',
    ]);
  });
});
