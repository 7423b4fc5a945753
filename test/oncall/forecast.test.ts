import { describe, expect, it } from 'vitest';
import type { Severity } from '../../src/core/config/config.ts';
import { loadBusinessClock } from '../../src/oncall/business-time.ts';
import { SLACK_MEANS } from '../../src/oncall/escalation-context.ts';
import { type ForecastStep, forecastPages } from '../../src/oncall/forecast.ts';
import { testConfig } from '../support/config.ts';
import { MONDAY_TEN, openEscalationRoom } from './escalation-room.ts';

const config = testConfig();
const SATURDAY = MONDAY_TEN + 5 * 86_400_000;

async function forecast(severity: Severity, at = MONDAY_TEN, policyContact: string | null = null) {
  const business = await loadBusinessClock(config.oncall.businessTime);
  return forecastPages({ severity, policyContact }, { now: at, config, business, means: SLACK_MEANS });
}

function brief({ afterSeconds, level, round, exhausted }: ForecastStep): string {
  return `${afterSeconds} ${exhausted ? 'exhausted' : `${level}.${round}`}`;
}

describe('forecastPages', () => {
  it('names every level, every repeat and the end, counted from the opening', async () => {
    const { steps, respondBy } = await forecast('P0');

    expect(steps.map(brief)).toEqual([
      '0 1.0',
      '300 2.0',
      '600 3.0',
      '900 4.0',
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((round) => `${900 + round * 900} 4.${round}`),
      '9000 exhausted',
    ]);
    expect(respondBy).toBe(MONDAY_TEN + 900_000);
  });

  it('says who is reached by which means, and what the matrix asks for and nobody gets', async () => {
    const [first] = (await forecast('P0')).steps;

    expect(first?.pages).toEqual([
      { means: 'thread', people: ['ana', 'marco'], targets: [] },
      { means: 'dm', people: ['ana'], targets: [] },
      { means: 'dm', people: ['marco'], targets: [] },
    ]);
    expect(first?.skipped).toContainEqual({
      target: 'schedule:primary',
      person: 'ana',
      means: 'sms',
      reason: 'not-configured',
    });
  });

  it('waits for business time where the policy does', async () => {
    const { steps } = await forecast('P2', SATURDAY);

    expect(steps.map(({ at, deferred }) => [new Date(at).toISOString(), deferred])).toEqual([
      ['2026-11-30T12:00:00.000Z', true],
    ]);
  });

  it('follows a handoff between two levels', async () => {
    const beforeHandoff = Date.UTC(2026, 10, 30, 11, 50);

    const { steps } = await forecast('P0', beforeHandoff);

    const dms = steps.slice(0, 3).map(({ pages }) => pages.find(({ means }) => means === 'dm')?.people[0]);
    expect(dms).toEqual(['ana', 'ana', 'ben']);
  });

  it('adds the contact of the route to every level', async () => {
    const { steps } = await forecast('P1', MONDAY_TEN, 'security');

    expect(steps.every(({ skipped }) => skipped.some(({ target }) => target === 'contact:security'))).toBe(true);
  });

  it.each([
    ['P0', MONDAY_TEN],
    ['P1', MONDAY_TEN],
    ['P2', MONDAY_TEN],
    ['P2', SATURDAY],
  ] as const)('foretells exactly the pages that the escalation of a %s asks for', async (severity, startAt) => {
    const room = await openEscalationRoom({ startAt });

    await room.move({ severity });
    await room.pass(4 * 86_400);

    const asked = (await room.effects()).map(({ askedAt, data }) => ({
      at: askedAt,
      level: data.level,
      round: data.round,
      means: data.means,
      people: data.people,
      targets: data.targets,
    }));
    const { steps } = await forecast(severity, startAt);
    const foretold = steps.flatMap(({ at, level, round, pages }) =>
      pages.map((page) => ({ at, level, round, ...page })),
    );
    expect(foretold).toEqual(asked);
    await room.close();
  });
});
