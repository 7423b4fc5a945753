import { afterEach, describe, expect, it } from 'vitest';
import type { ContextPart } from '../../src/alerts/context/context.ts';
import type { ContextSource } from '../../src/alerts/context/source.ts';
import { refuse } from '../../src/core/errors.ts';
import { chart, RUNBOOKS, SIMILAR } from '../bot/render/context.ts';
import { type ContextDesk, openContextDesk } from '../support/context-desk.ts';

const NEVER = new Promise<never>(() => undefined);

function source(
  name: string,
  gather: () => Promise<ContextPart | null>,
  rest: Partial<ContextSource> = {},
): ContextSource {
  return { name, title: name, gather, ...rest };
}
const QUICK = source('quick', async () => RUNBOOKS);
const alert = (name: string, severity = 'warning', rest: object = {}) => ({
  fingerprint: name,
  labels: { alertname: name, severity, component: 'application' },
  ...rest,
});
const P0 = 'critical';

describe('context of an incident', () => {
  let desk: ContextDesk;
  afterEach(() => desk.verifyAndRemove());

  it('is gathered by itself when it opens, together with the diagnosis, once', async () => {
    desk = await openContextDesk([QUICK]);

    await desk.deliver([alert('Slow')]);
    await desk.until(async () => (await desk.context('GI-1')) !== null);
    await desk.deliver([alert('Slow')]);
    await desk.pass(10_000);

    expect(await desk.context('GI-1')).toMatchObject({ parts: [RUNBOOKS], missing: [], pending: [] });
    expect((await desk.events('incident.context')).length).toBe(1);
    expect(desk.diagnosed).toEqual(['gianna']);
  });

  it('is not gathered for what has no thread', async () => {
    desk = await openContextDesk([QUICK]);

    await desk.deliver([alert('Idle', 'info')]);
    await desk.pass(10_000);

    expect([...(await desk.effects('context')), ...(await desk.effects('diagnose'))]).toEqual([]);
  });

  it('asks all sources at the same time', async () => {
    const begun: string[] = [];
    const slow = (name: string) =>
      source(name, async () => {
        begun.push(name);
        return NEVER;
      });
    desk = await openContextDesk([slow('a'), slow('b'), slow('c')]);

    await desk.deliver([alert('Slow')]);
    await desk.until(() => begun.length === 3);

    expect(begun).toEqual(['a', 'b', 'c']);
  });

  it('shows what answered without waiting for the rest, and then all of it', async () => {
    let answer: (part: ContextPart) => void = () => undefined;
    const late = new Promise<ContextPart>((resolve) => {
      answer = resolve;
    });
    desk = await openContextDesk([source('late', () => late), QUICK]);

    await desk.deliver([alert('Slow')]);
    await desk.until(async () => (await desk.context('GI-1')) !== null);
    const first = await desk.context('GI-1');
    answer(SIMILAR);
    await desk.until(async () => (await desk.context('GI-1'))?.pending.length === 0);

    expect(first).toMatchObject({ parts: [RUNBOOKS], pending: ['late'] });
    expect(await desk.context('GI-1')).toMatchObject({ parts: [SIMILAR, RUNBOOKS], missing: [], pending: [] });
    expect((await desk.events('incident.context')).length).toBe(2);
  });

  it.each([
    ['does not answer', () => NEVER, 'no answer within 5 s'],
    [
      'refuses',
      () => Promise.reject(refuse('X', 'Prometheus refused (400): parse error.', '')),
      'Prometheus refused (400): parse error.',
    ],
    ['fails as a bug', () => Promise.reject(new TypeError('secret detail')), 'it failed; see the log'],
    [
      'throws at once',
      () => {
        throw new Error('secret detail');
      },
      'it failed; see the log',
    ],
  ])('costs one named line when a source %s', async (_name, gather, reason) => {
    desk = await openContextDesk([source('Chart', gather), QUICK]);

    await desk.deliver([alert('Slow')]);
    await desk.until(async () => (await desk.context('GI-1'))?.pending.length === 0);

    expect(await desk.context('GI-1')).toMatchObject({ parts: [RUNBOOKS], missing: [{ title: 'Chart', reason }] });
    const waited = (await desk.effects('context'))[0];
    expect((waited?.closedAt ?? 0) - (waited?.askedAt ?? 0)).toBeLessThan(7_000);
  });

  it('is gathered again when the severity rises and when it fires again after its end', async () => {
    desk = await openContextDesk([QUICK]);

    await desk.deliver([alert('Slow')]);
    await desk.deliver([alert('Slow'), alert('Slower', P0)], { groupLabels: { alertname: 'Slow' } });
    await desk.command('resolve', 'GI-1');
    await desk.deliver([alert('Slower', P0, { startsAt: desk.clock.now() + 1_000 })], {
      groupLabels: { alertname: 'Slow' },
    });
    await desk.until(async () => (await desk.effects('context')).every(({ state }) => state === 'done'));

    const reasons = (await desk.effects('context')).map(({ data }) => data.reason);
    expect(reasons.filter((reason) => reason !== 'over')).toEqual(['opened', 'raised', 'reopened']);
  });

  it('keeps the values of the firing, with the last ones, when it is over', async () => {
    const charts = [chart(), chart({ overAt: 7, series: [{ ...chart().series[0], last: 41 } as never] })];
    desk = await openContextDesk([source('chart', async () => charts.shift() ?? null, { atEnd: true }), QUICK]);
    const labels = alert('Slow');

    await desk.deliver([labels]);
    await desk.until(async () => (await desk.context('GI-1')) !== null);
    await desk.pass(60_000);
    await desk.deliver([{ ...labels, status: 'resolved', endsAt: desk.clock.now() }]);
    await desk.until(async () => (await desk.events('incident.context')).length === 2);

    const context = await desk.context('GI-1');
    expect(context?.parts[0]).toMatchObject({
      kind: 'chart',
      overAt: 7,
      series: [{ atFiring: 85.2, peak: 97.1, last: 41 }],
    });
    expect(context?.parts[1]).toEqual(RUNBOOKS);
  });

  it('keeps what it had when the last values cannot be read', async () => {
    const answers = [async () => chart(), () => Promise.reject(refuse('X', 'away', ''))];
    desk = await openContextDesk([source('chart', () => answers.shift()?.() ?? NEVER, { atEnd: true })]);
    const labels = alert('Slow');

    await desk.deliver([labels]);
    await desk.until(async () => (await desk.context('GI-1')) !== null);
    await desk.deliver([{ ...labels, status: 'resolved', endsAt: desk.clock.now() }]);
    await desk.until(async () => (await desk.effects('context')).filter(({ state }) => state === 'done').length === 2);

    expect((await desk.context('GI-1'))?.parts).toEqual([chart()]);
  });

  it('is looked for again after the bot was stopped in the middle of it', async () => {
    let begun = 0;
    desk = await openContextDesk([
      source('hangs', () => {
        begun += 1;
        return NEVER;
      }),
    ]);

    await desk.deliver([alert('Slow')]);
    await desk.until(() => begun === 1);
    await desk.stop();

    expect((await desk.effects('context')).map(({ state }) => state)).toEqual(['wanted']);
    expect(await desk.context('GI-1')).toBeNull();
  });
});

describe('context in a storm', () => {
  let desk: ContextDesk;
  afterEach(() => desk.verifyAndRemove());

  it('is gathered for P0 at once and for a few others, and later for those that last', async () => {
    desk = await openContextDesk([QUICK]);

    for (let index = 0; index < 60; index += 1) await desk.deliver([alert(`Warns${index}`)]);
    await desk.deliver([alert('Down', P0)]);
    const atOnce = await desk.effects('context');
    for (let index = 30; index < 60; index += 1) {
      await desk.deliver([{ ...alert(`Warns${index}`), status: 'resolved', endsAt: desk.clock.now() }]);
    }
    await desk.pass(30 * 60_000);

    expect(atOnce.length).toBe(11);
    expect(atOnce.at(-1)?.incident).toBe('GI-61');
    const gathered = (await desk.events('incident.context')).map(({ id }) => id);
    expect(new Set(gathered).size).toBe(31);
    expect(gathered).not.toContain('GI-60');
  }, 60_000);

  it('looks at two incidents at once, the most urgent first', async () => {
    let atOnce = 0;
    let most = 0;
    const order: string[] = [];
    const busy: ContextSource = {
      name: 'busy',
      title: 'busy',
      gather: async ({ alertname }) => {
        order.push(alertname);
        atOnce += 1;
        most = Math.max(most, atOnce);
        await new Promise<void>((resolve) => desk.clock.after(1_000, resolve));
        atOnce -= 1;
        return RUNBOOKS;
      },
    };
    desk = await openContextDesk([busy]);

    for (let index = 0; index < 6; index += 1) await desk.deliver([alert(`Warns${index}`)]);
    await desk.until(() => order.length === 2);
    await desk.deliver([alert('Down', P0)]);
    await desk.until(async () => (await desk.effects('context')).every(({ state }) => state === 'done'));

    expect(most).toBe(2);
    expect(order.slice(2, 3)).toEqual(['Down']);
    expect(order.length).toBe(7);
  });
});
