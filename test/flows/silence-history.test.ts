import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlastRadius } from '../../src/alerts/silences/blast.ts';
import { type Counted, createBlastOracle, type OracleMatcher } from '../support/blast-oracle.ts';
import { T0 } from '../support/payloads.ts';
import { seededRandom } from '../support/random.ts';
import { openSilenceRoom, type SilenceRoom } from '../support/silence-desk.ts';
import { alertsOfDays, type Sent } from '../support/week-of-alerts.ts';

const DAY = 86_400_000;
const QUESTIONS = 60;

/** Nine days: what lies before the last seven must not be counted. */
describe('the blast radius over a store that nine days of payloads have filled', () => {
  const random = seededRandom('GIANNA_SILENCE_SEED', 'a week of alerts');
  const end = T0 + 9 * DAY;
  let room: SilenceRoom;
  let sent: Sent[];
  let oracle: ReturnType<typeof createBlastOracle>;

  beforeAll(async () => {
    room = await openSilenceRoom();
    sent = alertsOfDays(random, 9, end);
    oracle = createBlastOracle(sent);
    for (const { at, group, alerts } of sent) {
      await room.pass(Math.max(0, at - room.clock.now()) / 1000);
      await room.deliver(alerts, { groupLabels: { alertname: group } });
    }
    await room.pass((end - room.clock.now()) / 1000);
  }, 240_000);
  afterAll(() => room.close());

  const preview = (matchers: readonly OracleMatcher[], seconds = 3600) =>
    room.desk().ask.preview({ matchers, seconds, reason: 'a known cause' });

  it('counts alerts and incidents by severity and by service as the payloads say', async () => {
    let counted = 0;
    for (let each = 0; each < QUESTIONS; each += 1) {
      const matchers = randomMatchers();
      const expected = oracle(matchers, end - 7 * DAY, end);
      const expectedNow = oracle(matchers, end + 1, end);

      const { now, lastSevenDays } = await preview(matchers);

      const question = JSON.stringify(matchers);
      expect({ question, ...asCounted(lastSevenDays) }).toEqual({ question, ...expected });
      expect({ question, ...asCounted(now) }).toEqual({ question, ...expectedNow });
      counted += expected.alerts;
    }
    expect(counted).toBeGreaterThan(QUESTIONS);
  });

  it('says the same numbers in words', async () => {
    const matchers = [{ name: 'service', value: 'redis', isRegex: false, isEqual: true }];
    const { alerts, incidents, bySeverity } = oracle(matchers, end - 7 * DAY, end);

    const { lines } = await preview(matchers);

    expect(lines[1]).toBe(`In the last 7 days it would have muted ${alerts} alerts in ${incidents} incidents.`);
    expect(lines).toContain(`P1: ${bySeverity.P1?.alerts} alerts in 1 incident`);
    expect(lines).toContain(`P2: ${bySeverity.P2?.alerts} alerts in ${bySeverity.P2?.incidents} incidents`);
    expect(lines.at(-1)).toBe(`By service: redis ${alerts}.`);
  });

  it('refuses exactly what would mute a P0, or more than one service', async () => {
    for (let each = 0; each < QUESTIONS; each += 1) {
      const matchers = randomMatchers();
      const { bySeverity, byService } = oracle(matchers, end - 7 * DAY, end);

      const { refused } = await preview(matchers, 60);

      const question = JSON.stringify(matchers);
      const code = refused?.code ?? null;
      if (bySeverity.P0 !== undefined) expect([question, code]).toEqual([question, 'WOULD_MUTE_P0']);
      else if (Object.keys(byService).length > 1)
        expect([question, code]).toEqual([question, 'WOULD_MUTE_OTHER_SERVICE']);
      else expect([question, code]).toEqual([question, null]);
    }
  });

  function randomMatchers(): OracleMatcher[] {
    const names = [
      'LlmDown',
      'LlmSlow',
      'CacheMisses',
      'CacheFull',
      'RedisSlow',
      'QueueLong',
      'BuildOld',
      'DiskFilling',
    ];
    const equal = (name: string, value: string, isEqual = true) => ({ name, value, isRegex: false, isEqual });
    const regex = (name: string, value: string, isEqual = true) => ({ name, value, isRegex: true, isEqual });
    const main = random.pick([
      () => equal('alertname', random.pick(names)),
      () => regex('alertname', `${random.pick(names)}|${random.pick(names)}|ApiErrors`),
      () => regex('alertname', random.pick(['Llm.*', 'Cache.*', '.*Slow', '.*(Down|Full)'])),
      () => equal('service', random.pick(['redis', 'worker'])),
      () => regex('component', random.pick(['llm|cache', 'llm', 'system|business', 'application|llm'])),
      () => equal('instance', random.pick(['a:1', 'b:1', 'c:1', 'd:1'])),
    ])();
    const further = [
      () => equal('severity', random.pick(['critical', 'warning', 'info']), random.next() < 0.5),
      () => regex('instance', random.pick(['[ab]:1', '.*', 'c.*']), random.next() < 0.7),
      () => equal('component', '', random.next() < 0.5),
    ];
    const second = random.pick(further)();
    return random.next() < 0.4 || second.name === main.name ? [main] : [main, second];
  }
});

function asCounted({ alerts, incidents, bySeverity, byService }: BlastRadius): Counted {
  return {
    alerts,
    incidents,
    bySeverity: Object.fromEntries(bySeverity.map(({ severity, ...counts }) => [severity, counts])),
    byService: Object.fromEntries(byService.map(({ service, ...counts }) => [String(service), counts])),
  };
}
