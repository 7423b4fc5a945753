import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AckWorld, ANA, openAckWorld } from '../support/ack-world.ts';

const HOUR_MS = 3600_000;
const MINUTE = 60;

describe.each([
  ['an hour ahead', HOUR_MS],
  ['an hour back', -HOUR_MS],
  ['a day ahead', 24 * HOUR_MS],
  ['seven minutes back', -7 * 60_000],
])('a wall clock that jumps %s', (_which, byMs) => {
  let world: AckWorld;
  beforeEach(async () => {
    world = await openAckWorld();
  });
  afterEach(() => world.close());

  /** Elapsed seconds at which something was asked for, by the clock that nobody can set; a step is a second. */
  async function ringsOver(incidents: readonly string[], seconds: number): Promise<number[]> {
    const rings: number[] = [];
    let known = await countOf(incidents);
    for (let second = 1; second <= seconds; second += 1) {
      world.clock.advance(1000);
      await world.ring();
      const count = await countOf(incidents);
      if (count > known) rings.push(second);
      known = count;
    }
    return rings;
  }
  async function countOf(incidents: readonly string[]): Promise<number> {
    const pages = await Promise.all(incidents.map((incident) => world.pages(incident, Number.NEGATIVE_INFINITY)));
    return pages.flat().length;
  }
  async function jump(): Promise<void> {
    world.clock.jumpTo(world.clock.now() + byMs);
    await world.ring();
  }

  it('pages nobody early and nobody late: the next levels come when they would have', async () => {
    const incident = await world.open();
    await ringsOver([incident], 2 * MINUTE);
    const before = await countOf([incident]);

    await jump();

    expect(await countOf([incident]), 'the jump itself pages nobody').toBe(before);
    expect(await ringsOver([incident], 14 * MINUTE)).toEqual([3 * MINUTE, 8 * MINUTE, 13 * MINUTE]);
    expect(await world.types(incident)).toContain('escalation.shifted');
    expect((await world.events(incident)).filter(({ data }) => Number(data.lateSeconds ?? 0) > 5)).toEqual([]);
  });

  it('is no mass page, however many are open', async () => {
    const incidents = await world.openMany(20);
    await ringsOver(incidents, MINUTE);
    const before = await countOf(incidents);

    await jump();
    await ringsOver(incidents, 3 * MINUTE);

    expect(await countOf(incidents)).toBe(before);
  });

  it('leaves the clock of an acknowledgement its time', async () => {
    const incident = await world.open();
    await world.say('ack', incident, ANA);
    await ringsOver([incident], 10 * MINUTE);

    await jump();

    const asked = (await world.state(incident))?.ack?.next.at ?? 0;
    expect(Math.round((asked - world.clock.now()) / 1000)).toBe(20 * MINUTE);
  });

  it('counts what opens after it by the new time', async () => {
    await jump();
    const incident = await world.open();

    expect(await ringsOver([incident], 6 * MINUTE)).toEqual([5 * MINUTE]);
  });
});
