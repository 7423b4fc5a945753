import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listIncidents } from '../../src/alerts/views.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Command } from '../../src/core/command.ts';
import { createSubmit } from '../../src/journal/submit.ts';
import { type DrainedDesk, openDrainedDesk } from '../support/drained-desk.ts';

describe('the desk behind the real inbox', () => {
  let desk: DrainedDesk;
  beforeEach(async () => {
    desk = await openDrainedDesk();
  });
  afterEach(async () => {
    expect(await desk.verifyAndRemove()).toMatchObject({ ok: true, states: { wrong: [] } });
  });

  it('makes one incident of fifty parallel identical payloads', async () => {
    await Promise.all(Array.from({ length: 50 }, () => desk.put([{}])));
    await desk.drain.idle();

    expect(await listIncidents(desk.journal, { now: 0 })).toHaveLength(1);
    expect((await desk.journal.head()).seq).toBe(1);
    expect(desk.journal.parkedCount()).toBe(0);
  });

  it('gives each of many groups its own number, and one acknowledgement wins', async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        desk.put([{ fingerprint: `g${index}` }], { groupLabels: { g: String(index) } }),
      ),
    );
    await desk.drain.idle();
    const submit = createSubmit({ journal: desk.journal, drain: desk.drain, clock: systemClock });
    const asked = await Promise.all(
      Array.from({ length: 10 }, (_, index) => submit(`click-${index}`, ack(`slack:U${index}`))),
    );
    const outcomes = await Promise.all(asked.map((each) => each.outcome));

    const ids = (await listIncidents(desk.journal, { now: 0 })).map((incident) => incident.id);

    expect(ids).toEqual(Array.from({ length: 30 }, (_, index) => `GI-${30 - index}`));
    expect(outcomes.filter((outcome) => outcome.kind === 'done')).toHaveLength(1);
  });
});

function ack(by: Command['by']): Command {
  return { v: 1, verb: 'ack', by, at: 0, via: 'button', incident: 'GI-1', args: {} };
}
