import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportJournal } from '../../src/journal/export.ts';
import { openJournalForReading } from '../../src/journal/sqlite.ts';
import { type PagedRow, readPaged } from '../../src/oncall/proof/paged.ts';
import { callCli } from '../cli/call.ts';
import { foldPaged } from '../oncall/proof/paged-oracle.ts';
import { type OncallWorld, openOncallWorld } from '../support/oncall-world.ts';
import { seededRandom } from '../support/random.ts';

const random = seededRandom('PAGED_SEED', 'lives of incidents');
const LIVES = 80;

describe('who was paged for an incident', () => {
  let world: OncallWorld;
  beforeEach(async () => {
    world = await openOncallWorld();
  });
  afterEach(() => world.close());

  const rowsOf = async (incident: string) => (await readPaged(world.journal(), incident)) ?? [];
  const brief = ({ level, round, people, targets, means, outcome, why, answer }: PagedRow) => [
    `${level}.${round}`,
    [...people, ...targets].join(),
    means,
    outcome,
    why,
    answer === null ? null : `${answer.kind} by ${answer.by} after ${answer.afterSeconds}`,
  ];

  it('stands there with when it was asked for and sent, by what, and what was answered how soon', async () => {
    const incident = await world.open('P0');
    world.clock.advance(2_000);
    await world.endPages();
    await world.pass(300);
    await world.ask('ack', incident);

    const rows = await rowsOf(incident);

    expect(rows.filter(({ outcome }) => outcome !== 'skipped').map(brief)).toEqual([
      ['1.0', 'ana,marco', 'thread', 'sent', null, 'acknowledged by slack:U01ONCALL after 300'],
      ['1.0', 'ana', 'dm', 'sent', null, 'acknowledged by slack:U01ONCALL after 300'],
      ['1.0', 'marco', 'dm', 'sent', null, 'acknowledged by slack:U01ONCALL after 300'],
      ['2.0', 'ana', 'thread', 'dropped', 'answered', 'acknowledged by slack:U01ONCALL after 2'],
      ['2.0', 'ana', 'dm', 'dropped', 'answered', 'acknowledged by slack:U01ONCALL after 2'],
    ]);
    expect(rows[0]).toMatchObject({ lateSeconds: 0, reference: 'C1/1.1', deliveredAt: null, folded: 1 });
    expect((rows[0]?.sentAt ?? 0) - (rows[0]?.askedAt ?? 0)).toBe(2_000);
    expect(rows.filter(({ outcome }) => outcome === 'skipped').map(brief)[0]).toEqual([
      ...['1.0', 'ana', 'sms', 'skipped', 'not-configured'],
      null,
    ]);
  });

  it('says what failed, what was superseded, and that nobody answered one that ended by itself', async () => {
    const incident = await world.open('P1');
    await world.endPages({ outcome: 'failed', error: 'channel_not_found', reference: null });
    await world.pass(1800);
    await world.endPages({ outcome: 'superseded', error: null, reference: null });

    expect((await rowsOf(incident)).map(brief)).toEqual([
      ['1.0', 'ana', 'thread', 'failed', 'channel_not_found', null],
      ['1.0', 'ana', 'dm', 'failed', 'channel_not_found', null],
      ['1.0', 'channel:ops', 'thread', 'superseded', null, null],
      ['2.0', 'ana', 'thread', 'superseded', null, null],
      ['2.0', 'ana', 'dm', 'superseded', null, null],
    ]);
  });

  it('is read by the command line without a bot, as text and as JSON', async () => {
    const incident = await world.open('P1');
    await world.endPages();
    await world.ask('ack', incident);
    const env = { GIANNA_SOCKET: '/nonexistent/ops.sock', GIANNA_DATABASE_URL: `sqlite:${world.path()}` };

    const human = await callCli(['paged', incident], env);
    const json = await callCli(['paged', incident, '--json'], env);
    const nothing = await callCli(['paged', 'GI-404', '--json'], env);

    expect(human.out).toContain('acknowledged by slack:U01ONCALL after 0s');
    expect(JSON.parse(json.out)).toMatchObject([
      { level: 1, repeat: 0, people: ['ana'], means: 'thread', outcome: 'sent', answer: { by: 'slack:U01ONCALL' } },
      { level: 1, repeat: 0, people: ['ana'], means: 'dm', outcome: 'sent', sentAt: '2026-11-23T13:00:00.000Z' },
    ]);
    expect(JSON.parse(nothing.err)).toMatchObject({ error: { code: 'INCIDENT_UNKNOWN' } });
  });

  it(`is what the exported journal folds to, over ${LIVES} lives (seed ${random.seed})`, async () => {
    const { pick, between } = random;
    const seen = new Map<string, number>();
    for (let life = 0; life < LIVES; life += 1) {
      const incident = await world.open(pick(['P0', 'P1']));
      for (let step = 0; step < 6; step += 1) {
        await world.pass(between(0, 1200));
        const act = pick([
          'sent',
          'failed',
          'unknown',
          'superseded',
          'ack',
          'resolve',
          'raise',
          'reopen',
          'wait',
        ] as const);
        if (act === 'ack' || act === 'resolve') await world.ask(act, incident);
        else if (act === 'raise') await world.ask('severity', incident, { to: 'P0', severity: 'P0', reason: 'worse' });
        else if (act === 'reopen') await world.ask('reopen', incident, { reason: 'again' });
        else if (act !== 'wait') await world.endPages({ outcome: act });
      }
      await world.ask('resolve', incident);
    }
    const reader = await openJournalForReading(world.path());
    const exported: string[] = [];
    for await (const line of exportJournal(reader)) exported.push(line);
    await reader.close();

    for (let life = 1; life <= LIVES; life += 1) {
      const rows = (await rowsOf(`GI-${life}`)).filter(({ outcome, beyond }) => ENDED.has(outcome) && beyond === null);
      const told = rows.map((row) => {
        const { cycle, level, round, means, people, targets, outcome, sentAt, answer } = row;
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
        if (answer !== null) seen.set('answered', (seen.get('answered') ?? 0) + 1);
        const place = [cycle, level, round, means, JSON.stringify(people), JSON.stringify(targets)].join(' ');
        const said = answer === null ? '-' : `${answer.by} ${answer.at}`;
        return `${place} ${outcome} ${sentAt ?? '-'} ${said}`;
      });
      expect(told.sort()).toEqual(foldPaged(exported, `GI-${life}`));
    }
    for (const outcome of ['sent', 'failed', 'unknown', 'superseded', 'answered']) {
      expect(seen.get(outcome) ?? 0, outcome).toBeGreaterThan(10);
    }
  }, 60_000);
});

const ENDED: ReadonlySet<string> = new Set(['sent', 'failed', 'unknown', 'superseded']);
